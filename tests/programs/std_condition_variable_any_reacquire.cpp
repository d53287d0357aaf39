/* Everybody takes lock_b before lock_a; but who waits on a condition_variable_any with lock_b and
 * keeps lock_a takes lock_b again, after lock_a, when it wakes.
 * verdict: finding locks=lock_a,lock_b
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=wait_with_a
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include <condition_variable>
#include <mutex>
#include "tests/programs/support.h"

static std::mutex lock_a;
static std::recursive_mutex lock_b;
static std::condition_variable_any changed;
static bool ready;

static void wait_with_a()
{
    std::unique_lock<std::recursive_mutex> hold(lock_b);
    std::lock_guard<std::mutex> inner(lock_a);

    end_turn();
    changed.wait(hold, [] { return ready; });
}

static void notify_with_b()
{
    std::lock_guard<std::recursive_mutex> hold(lock_b);

    ready = true;
    changed.notify_all();
}

static void b_then_a()
{
    std::lock_guard<std::recursive_mutex> outer(lock_b);
    std::lock_guard<std::mutex> inner(lock_a);
}

int main()
{
    RUN_IN_TURN(b_then_a, wait_with_a, notify_with_b);
    puts("done");
    return 0;
}
