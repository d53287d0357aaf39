/* A static local's initialiser wants a mutex whose holder comes to the same static.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_a wants=*single in=get_under_a
 * wait: holds=*single wants=lock_a in=get */
#include <mutex>
#include "tests/live/live.h"

static std::mutex lock_a;

static NOINLINE int make_single()
{
    meet(2);
    std::lock_guard<std::mutex> guard(lock_a);
    return 1;
}

static NOINLINE int get()
{
    static int single = make_single();
    return single;
}

static void get_first()
{
    must_be(get() == 1, "it is made");
}

static void get_under_a()
{
    if (is_fixed)
        get_first();
    std::lock_guard<std::mutex> guard(lock_a);
    meet(2);
    get_first();
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(get_first, get_under_a);
    return end();
}
