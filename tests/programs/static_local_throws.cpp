/* The initialiser of a static local fails once: what its thread locks afterwards is not locked
 * inside it. The second try, under a lock, succeeds and takes another.
 * verdict: clean */
#include <mutex>
#include <stdexcept>
#include "tests/programs/support.h"

static std::mutex lock_a, lock_b;
static int tries;

struct Single {
    Single()
    {
        if (++tries == 1)
            throw std::runtime_error("not yet");
        std::lock_guard<std::mutex> hold(lock_b);
    }
};

static NOINLINE Single &get()
{
    static Single single;
    return single;
}

static void fail_then_take_a()
{
    try {
        get();
    } catch (const std::runtime_error &error) {
        puts(error.what());
    }
    std::lock_guard<std::mutex> hold(lock_a);
}

static void get_with_a()
{
    std::lock_guard<std::mutex> hold(lock_a);
    get();
}

int main()
{
    RUN_IN_TURN(fail_then_take_a, get_with_a, get_with_a);
    printf("%d\n", tries);
    return 0;
}
