/* std::call_once: its function takes a mutex that another thread holds when it calls it.
 * verdict: finding locks=flag,lock_a
 * step: holds=flag requests=lock_a in=initialise_first
 * step: holds=lock_a requests=flag in=call_with_a */
#include <mutex>
#include "tests/programs/support.h"

static std::once_flag flag;
static std::mutex lock_a;

static void take_a()
{
    std::lock_guard<std::mutex> hold(lock_a);
}

static void initialise_first()
{
    std::call_once(flag, take_a);
}

static void call_with_a()
{
    std::lock_guard<std::mutex> hold(lock_a);
    std::call_once(flag, take_a);
}

int main()
{
    RUN_IN_TURN(initialise_first, call_with_a);
    puts("done");
    return 0;
}
