// Destructors of thread_local objects lock, at the end of a thread that returns, exits or is
// cancelled, and of the main thread, and run in the reverse order of construction.
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <unistd.h>

#include <mutex>
#include <shared_mutex>
#include <thread>

namespace
{

std::mutex mutex;
std::shared_mutex shared;
std::recursive_mutex recursive;

struct Local {
    const char *name;
    explicit Local(const char *who) : name(who)
    {
        std::scoped_lock all(mutex, recursive, shared);
    }
    ~Local()
    {
        std::scoped_lock all(recursive, mutex);
        std::shared_lock reading(shared);
        fact_say("%s is gone", name);
    }
};

thread_local Local first("first");

void touch_both()
{
    thread_local Local second("second");
    fact_say("%s and %s", first.name, second.name);
}

void *return_normally(void *unused)
{
    touch_both();
    return unused;
}

void *leave_early(void *)
{
    touch_both();
    pthread_exit(nullptr);
}

void *be_cancelled(void *unused)
{
    touch_both();
    pthread_cancel(pthread_self());
    pthread_testcancel();
    return unused;
}

} // namespace

int main()
{
    for (auto body : {return_normally, leave_early, be_cancelled}) {
        pthread_t thread;
        int created = pthread_create(&thread, nullptr, body, nullptr);
        FACT_RESULT(0, pthread_join(thread, nullptr));
        FACT_VALUE(0, created);
        FACT_VALUE(1, mutex.try_lock());
        mutex.unlock();
        FACT_VALUE(1, shared.try_lock());
        shared.unlock();
    }
    touch_both();
    return fact_status();
}
