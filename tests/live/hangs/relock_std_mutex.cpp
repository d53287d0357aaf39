/* A std::mutex is held by a guard when a function called under it takes it too.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include <mutex>
#include "tests/live/live.h"

static std::mutex lock_a;

static NOINLINE void take_again()
{
    std::lock_guard<std::mutex> guard(lock_a);
    puts("taken again");
}

static NOINLINE void take_twice()
{
    {
        std::lock_guard<std::mutex> guard(lock_a);
        if (!is_fixed)
            take_again();
    }
    take_again();
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    take_twice();
    return end();
}
