// Forced unwinding: pthread_cancel in a condition wait and pthread_exit run the destructors of the
// frames they leave, std::unique_lock among them, and pass through catch (...) that rethrows.
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cxxabi.h>
#include <mutex>
#include <shared_mutex>

namespace
{

std::mutex first;
std::shared_mutex second;
std::condition_variable changed;
std::condition_variable_any changed_any;
std::atomic<pid_t> tid;

struct Guest {
    const char *name;
    explicit Guest(const char *who) : name(who)
    {
    }
    ~Guest()
    {
        fact_say("%s leaves", name);
    }
};

void wait_in_frames(bool any)
{
    Guest outer("outer");
    std::shared_lock<std::shared_mutex> shared(second);
    try {
        Guest inner("inner");
        std::unique_lock<std::mutex> lock(first);
        tid = gettid();
        if (any)
            changed_any.wait(lock, [] { return false; });
        else
            changed.wait(lock, [] { return false; });
    } catch (abi::__forced_unwind &) {
        fact_say("forced unwind seen");
        throw;
    }
}

void *wait_plain(void *)
{
    wait_in_frames(false);
    return nullptr;
}

void *wait_any(void *)
{
    wait_in_frames(true);
    return nullptr;
}

void *exit_inside_locks(void *)
{
    Guest guest("exiting");
    std::lock_guard<std::mutex> one(first);
    std::unique_lock<std::shared_mutex> other(second);
    pthread_exit(reinterpret_cast<void *>(9));
}

void check_free()
{
    FACT_VALUE(1, first.try_lock());
    first.unlock();
    FACT_VALUE(1, second.try_lock());
    second.unlock();
}

void cancel(void *(*body)(void *))
{
    pthread_t thread;
    void *result = nullptr;
    tid = 0;
    pthread_create(&thread, nullptr, body, nullptr);
    while (tid == 0)
        usleep(100);
    fact_wait_asleep(tid);
    int cancelled = pthread_cancel(thread);
    FACT_RESULT(0, pthread_join(thread, &result));
    FACT_VALUE(0, cancelled);
    FACT_VALUE(1, result == PTHREAD_CANCELED);
    check_free();
}

} // namespace

int main()
{
    pthread_t thread;
    void *result = nullptr;
    cancel(wait_plain);
    cancel(wait_any);
    pthread_create(&thread, nullptr, exit_inside_locks, nullptr);
    FACT_RESULT(0, pthread_join(thread, &result));
    FACT_VALUE(9, reinterpret_cast<long>(result));
    check_free();
    return fact_status();
}
