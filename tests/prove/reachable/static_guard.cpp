/* The constructor of a static variable takes a lock; a holder of that lock uses the variable.
 * verdict: finding locks=config_lock,*the_logger */
#include <mutex>
#include "tests/prove/prove.h"

static std::mutex config_lock;
static long level; // protected by config_lock

struct Logger {
    Logger()
    {
        {
            std::lock_guard<std::mutex> hold(config_lock);
            level += 1;
        }
        sleep_ms(2 * APART_MS); // what comes meanwhile waits at the guard
    }
    long shown() const
    {
        return 2;
    }
};

static Logger &logger()
{
    static Logger the_logger;
    return the_logger;
}

static void say_hello()
{
    must_be(logger().shown() == 2, "the logger is constructed");
}

static void reload()
{
    std::lock_guard<std::mutex> hold(config_lock);
    level += logger().shown();
}

int main()
{
    RUN_APART(APART_MS, say_hello, reload);
    return finish(level, 3);
}
