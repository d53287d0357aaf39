/* std::shared_mutex in both orders: each thread reads one and writes the other.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include <mutex>
#include <shared_mutex>
#include "tests/programs/support.h"

static std::shared_mutex lock_a;
static std::shared_mutex lock_b;

static void a_then_b()
{
    std::shared_lock<std::shared_mutex> outer(lock_a);
    std::unique_lock<std::shared_mutex> inner(lock_b);
}

static void b_then_a()
{
    std::shared_lock<std::shared_mutex> outer(lock_b);
    std::unique_lock<std::shared_mutex> inner(lock_a);
}

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
