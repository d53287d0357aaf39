/* std::lock as std::scoped_lock; one of the threads uses std::try_lock.
 * verdict: clean dismissed=trylock */
#include <mutex>
#include "tests/programs/support.h"

static std::mutex lock_a;
static std::mutex lock_b;

static void a_then_b()
{
    std::lock(lock_a, lock_b);
    lock_b.unlock();
    lock_a.unlock();
}

static void b_then_a()
{
    must_be(std::try_lock(lock_b, lock_a) == -1, "both are free");
    lock_b.unlock();
    lock_a.unlock();
}

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
