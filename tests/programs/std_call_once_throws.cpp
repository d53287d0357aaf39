/* A function that throws leaves std::call_once unlocked: what its thread locks afterwards is not
 * locked inside it.
 * verdict: clean */
#include <mutex>
#include <stdexcept>
#include "tests/programs/support.h"

static std::once_flag flag;
static std::mutex lock_a;

static void fail()
{
    throw std::runtime_error("not yet");
}

static void fail_then_take_a()
{
    try {
        std::call_once(flag, fail);
    } catch (const std::runtime_error &error) {
        puts(error.what());
    }
    std::lock_guard<std::mutex> hold(lock_a);
}

static void succeed()
{
    puts("initialised");
}

static void call_with_a()
{
    std::lock_guard<std::mutex> hold(lock_a);
    std::call_once(flag, succeed);
}

int main()
{
    RUN_IN_TURN(fail_then_take_a, call_with_a);
    puts("done");
    return 0;
}
