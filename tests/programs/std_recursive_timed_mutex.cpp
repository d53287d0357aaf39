/* std::recursive_timed_mutex in both orders, taken once more inside.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include <mutex>
#include "tests/programs/support.h"

static std::recursive_timed_mutex lock_a, lock_b;

static void a_then_b()
{
    std::lock_guard<std::recursive_timed_mutex> outer(lock_a);
    std::lock_guard<std::recursive_timed_mutex> again(lock_a);
    std::lock_guard<std::recursive_timed_mutex> inner(lock_b);
}

static void b_then_a()
{
    std::lock_guard<std::recursive_timed_mutex> outer(lock_b);
    std::lock_guard<std::recursive_timed_mutex> inner(lock_a);
    std::lock_guard<std::recursive_timed_mutex> again(lock_a);
}

int main()
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
