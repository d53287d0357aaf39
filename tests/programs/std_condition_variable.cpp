/* A std::condition_variable takes its mutex again after a wait in which the thread kept another
 * one.
 * verdict: finding locks=lock_a,lock_b
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=wait_with_a
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include <condition_variable>
#include <mutex>
#include "tests/programs/support.h"

static std::mutex lock_a;
static std::mutex lock_b;
static std::condition_variable condition;
static bool ready;

static void b_then_a()
{
    std::lock_guard<std::mutex> outer(lock_b);
    std::lock_guard<std::mutex> inner(lock_a);
}

static void wait_with_a()
{
    std::unique_lock<std::mutex> outer(lock_b);
    std::lock_guard<std::mutex> inner(lock_a);

    end_turn(); /* let the signal come while this thread waits */
    condition.wait(outer, [] { return ready; });
}

static void signal_with_b()
{
    std::lock_guard<std::mutex> outer(lock_b);

    ready = true;
    condition.notify_one();
}

int main()
{
    RUN_IN_TURN(b_then_a, wait_with_a, signal_with_b);
    puts("done");
    return 0;
}
