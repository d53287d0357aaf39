/* std::shared_timed_mutex in both orders, but one thread gives its second up after a while.
 * verdict: clean dismissed=timed */
#include <mutex>
#include <chrono>
#include <shared_mutex>
#include "tests/programs/support.h"

static std::shared_timed_mutex lock_a;
static std::shared_timed_mutex lock_b;

static void a_then_b()
{
    std::unique_lock<std::shared_timed_mutex> outer(lock_a);

    must_be(lock_b.try_lock_shared_for(std::chrono::seconds(10)), "lock_b comes in time");
    lock_b.unlock_shared();
}

static void b_then_a()
{
    std::unique_lock<std::shared_timed_mutex> outer(lock_b);
    std::unique_lock<std::shared_timed_mutex> inner(lock_a);
}

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
