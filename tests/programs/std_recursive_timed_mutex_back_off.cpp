/* std::recursive_timed_mutex in both orders, but one thread gives its second up after a while, and
 * takes its first once more under the second, which nobody else can want then.
 * verdict: clean dismissed=timed */
#include <chrono>
#include <mutex>
#include "tests/programs/support.h"

static std::recursive_timed_mutex lock_a, lock_b;

static void a_then_b_then_a()
{
    std::lock_guard<std::recursive_timed_mutex> outer(lock_a);

    must_be(lock_b.try_lock_for(std::chrono::seconds(10)), "lock_b comes in time");
    lock_a.lock();
    lock_a.unlock();
    lock_b.unlock();
}

static void b_then_a()
{
    std::lock_guard<std::recursive_timed_mutex> outer(lock_b);
    std::lock_guard<std::recursive_timed_mutex> inner(lock_a);
}

int main()
{
    RUN_IN_TURN(a_then_b_then_a, b_then_a);
    puts("done");
    return 0;
}
