/* The function of a std::call_once wants a mutex whose holder calls the same one.
 * verdict: deadlock
 * threads: 2
 * wait: wants=lock_a in=initialise
 * wait: thread=main holds=lock_a in=call_under_a */
#include <mutex>
#include "tests/live/live.h"

static std::once_flag flag;
static std::mutex lock_a;

static NOINLINE void initialise()
{
    meet(2);
    std::lock_guard<std::mutex> guard(lock_a);
}

static void call_first()
{
    std::call_once(flag, initialise);
}

static void call_under_a()
{
    if (is_fixed)
        call_first();
    std::lock_guard<std::mutex> guard(lock_a);
    meet(2);
    std::call_once(flag, initialise);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(call_first, call_under_a);
    return end();
}
