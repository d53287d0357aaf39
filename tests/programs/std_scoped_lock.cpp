/* std::scoped_lock takes the two mutexes as they are named, in both orders; it waits for one and
 * tries the other.
 * verdict: clean dismissed=trylock */
#include <mutex>
#include "tests/programs/support.h"

static std::mutex lock_a;
static std::mutex lock_b;

static void a_then_b()
{
    std::scoped_lock both(lock_a, lock_b);
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
