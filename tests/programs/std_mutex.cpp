/* std::mutex in both orders, by lock_guard and by unique_lock.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
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
    std::unique_lock<std::mutex> outer(lock_b);
    std::unique_lock<std::mutex> inner(lock_a);
}

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
