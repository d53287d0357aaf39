/* std::shared_timed_mutex: one thread asks for its second for a time only, for reading; another
 * pair is only ever read by both.
 * verdict: clean dismissed=timed,readers */
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include "tests/programs/support.h"

static std::shared_timed_mutex lock_a, lock_b, lock_c, lock_d;

static void forwards()
{
    {
        std::lock_guard<std::shared_timed_mutex> outer(lock_a);
        std::shared_lock<std::shared_timed_mutex> inner(lock_b, std::chrono::seconds(10));
        must_be(inner.owns_lock(), "lock_b comes in time");
    }
    std::shared_lock<std::shared_timed_mutex> outer(lock_c);
    std::shared_lock<std::shared_timed_mutex> inner(lock_d);
}

static void backwards()
{
    {
        std::lock_guard<std::shared_timed_mutex> outer(lock_b);
        std::lock_guard<std::shared_timed_mutex> inner(lock_a);
    }
    std::shared_lock<std::shared_timed_mutex> outer(lock_d);
    std::shared_lock<std::shared_timed_mutex> inner(lock_c);
}

int main()
{
    RUN_IN_TURN(forwards, backwards);
    puts("done");
    return 0;
}
