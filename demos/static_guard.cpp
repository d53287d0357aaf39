/* A lock nobody wrote: the guard of a static variable.
 *
 * Wrong: C++ lets one thread at a time initialise a function's static variable; the others wait at
 * a guard. The logger's constructor takes config_lock, so the order is guard, config_lock; reload()
 * logs while it has config_lock, so the order is config_lock, guard. By default the constructor
 * happens to have read the configuration before the reload starts; `static_guard hang` lets the
 * reload come first.
 * Right: take no lock in the constructor, or log when config_lock has been let go.
 *
 * Expect: a finding, config_lock and the guard of the_logger in opposite orders.
 * verdict: finding locks=config_lock,*the_logger
 * step: requests=config_lock in=logger
 * step: holds=config_lock in=reload */
#include <mutex>
#include <thread>
#include <unistd.h>
#include "demos/demo.h"

static std::mutex config_lock;
static int config_level = 1; /* protected by config_lock */
static bool lucky;

/* Lets reload() take config_lock, and gives it time to reach the guard. */
static void meet_reload()
{
    demo_end_turn();
    demo_wait_turn(2);
    usleep(200000);
}

struct Logger {
    int level;

    Logger()
    {
        printf("the logger starts\n");
        if (!lucky)
            meet_reload();
        config_lock.lock();
        level = config_level;
        config_lock.unlock();
        if (lucky)
            meet_reload();
    }
};

static Logger &logger()
{
    static Logger the_logger;
    return the_logger;
}

static void reload()
{
    if (lucky)
        demo_hope_for_turn(1);
    else
        demo_wait_turn(1);
    std::lock_guard<std::mutex> hold(config_lock);
    config_level = 2;
    printf("a reload sets level %d\n", config_level);
    demo_end_turn();
    printf("the reload is logged at level %d\n", logger().level);
}

int main(int argc, char **argv)
{
    lucky = !demo_told_to_hang(argc, argv);
    std::thread first([] { printf("hello at level %d\n", logger().level); });
    std::thread second(reload);
    first.join();
    second.join();
    return 0;
}
