/* Two std::mutex.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include <mutex>
#include "tests/live/live.h"

static std::mutex lock_a, lock_b;

static void take_both(std::mutex &outer, std::mutex &inner)
{
    outer.lock();
    meet(2);
    inner.lock();
    inner.unlock();
    outer.unlock();
}

static void a_then_b()
{
    take_both(lock_a, lock_b);
}

static void b_then_a()
{
    if (is_fixed)
        a_then_b();
    else
        take_both(lock_b, lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
