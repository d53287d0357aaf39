/* One thread nests by hand what another takes by std::scoped_lock, the other way round: the second
 * waits for lock_b holding nothing and only tries lock_a.
 * verdict: clean dismissed=trylock */
#include <mutex>
#include "tests/programs/support.h"

static std::mutex lock_a;
static std::mutex lock_b;

static void a_then_b()
{
    std::lock_guard<std::mutex> outer(lock_a);
    std::lock_guard<std::mutex> inner(lock_b);
}

static void b_then_a()
{
    std::scoped_lock both(lock_b, lock_a);
}

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
