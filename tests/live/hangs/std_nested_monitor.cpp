/* The nested monitor with the standard library's classes.
 * verdict: deadlock
 * threads: 2
 * wait: holds=outer in=wait_inside
 * wait: thread=main wants=outer in=signal_inside */
#include <condition_variable>
#include <mutex>
#include "tests/live/live.h"

static std::mutex outer, inner;
static std::condition_variable changed;
static bool is_changed;

static void wait_inside()
{
    std::unique_lock<std::mutex> outside(outer);
    std::unique_lock<std::mutex> inside(inner);

    always_meet(2);
    if (is_fixed)
        outside.unlock();
    changed.wait(inside, [] { return is_changed; });
}

static void signal_inside()
{
    always_meet(2);
    std::lock_guard<std::mutex> outside(outer);
    std::lock_guard<std::mutex> inside(inner);
    is_changed = true;
    changed.notify_one();
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(wait_inside, signal_inside);
    return end();
}
