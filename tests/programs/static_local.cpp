/* The initialiser of a static local takes a mutex; another thread holds it when it comes to the
 * same static and finds the initialiser running.
 * verdict: finding locks=*single,lock_a
 * step: holds=*single requests=lock_a in=get
 * step: holds=lock_a requests=*single in=get_with_a */
#include <mutex>
#include "tests/programs/support.h"

static std::mutex lock_a;
static pid_t other;

struct Single {
    Single()
    {
        lock_a.lock();
        lock_a.unlock();
        end_turn();
        wait_until_asleep(&other);
    }
};

static NOINLINE Single &get()
{
    static Single single;
    return single;
}

static void get_first()
{
    get();
}

static void get_with_a()
{
    std::lock_guard<std::mutex> hold(lock_a);
    __atomic_store_n(&other, gettid(), __ATOMIC_SEQ_CST);
    get();
}

int main()
{
    RUN_IN_TURN(get_first, get_with_a);
    puts("done");
    return 0;
}
