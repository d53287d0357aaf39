/* std::lock takes two mutexes in both orders, over and over: it tries and gives way.
 * verdict: silent */
#include <mutex>
#include "tests/live/live.h"

static std::mutex lock_a, lock_b;

static void a_and_b()
{
    for (int i = 0; i < 20000; i++)
        std::scoped_lock both(lock_a, lock_b);
}

static void b_and_a()
{
    for (int i = 0; i < 20000; i++)
        std::scoped_lock both(lock_b, lock_a);
}

int main()
{
    RUN_TOGETHER(a_and_b, b_and_a, a_and_b, b_and_a);
    return end();
}
