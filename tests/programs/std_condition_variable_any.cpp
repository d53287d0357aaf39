/* std::condition_variable_any with a shared_mutex, waited on with the lock alone.
 * verdict: clean */
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include "tests/programs/support.h"

static std::shared_mutex lock_a;
static std::mutex lock_b;
static std::condition_variable_any changed;
static bool ready;

static void wait()
{
    std::shared_lock<std::shared_mutex> hold(lock_a);

    end_turn();
    changed.wait(hold, [] { return ready; });
    std::lock_guard<std::mutex> inner(lock_b);
}

static void notify()
{
    std::lock_guard<std::shared_mutex> hold(lock_a);
    std::lock_guard<std::mutex> inner(lock_b);

    ready = true;
    changed.notify_all();
}

int main()
{
    RUN_IN_TURN(wait, notify);
    puts("done");
    return 0;
}
