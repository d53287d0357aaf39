/* An exception leaves nested guards; both mutexes are free again afterwards, and the order counts.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b_then_throw
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include <mutex>
#include <stdexcept>
#include "tests/programs/support.h"

static std::mutex lock_a;
static std::mutex lock_b;

static NOINLINE void a_then_b_then_throw()
{
    std::lock_guard<std::mutex> outer(lock_a);
    std::lock_guard<std::mutex> inner(lock_b);

    throw std::runtime_error("thrown with both locks held");
}

static void catch_it()
{
    try {
        a_then_b_then_throw();
    } catch (const std::runtime_error &error) {
        std::puts(error.what());
    }
}

static void b_then_a()
{
    std::lock_guard<std::mutex> outer(lock_b);
    std::lock_guard<std::mutex> inner(lock_a);
}

int main()
{
    RUN_IN_TURN(catch_it, b_then_a);
    std::puts("done");
    return 0;
}
