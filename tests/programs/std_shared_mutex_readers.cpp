/* std::shared_mutex in both orders, only ever shared.
 * verdict: clean dismissed=readers */
#include <mutex>
#include <shared_mutex>
#include "tests/programs/support.h"

static std::shared_mutex lock_a;
static std::shared_mutex lock_b;

static void a_then_b()
{
    std::shared_lock<std::shared_mutex> outer(lock_a);
    std::shared_lock<std::shared_mutex> inner(lock_b);
}

static void b_then_a()
{
    std::shared_lock<std::shared_mutex> outer(lock_b);
    std::shared_lock<std::shared_mutex> inner(lock_a);
}

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
