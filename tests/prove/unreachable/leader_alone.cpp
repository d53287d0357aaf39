/* One thread is the leader by an atomic exchange, and works alone until it says otherwise; the
 * others take the locks the other way round, after it.
 * verdict: finding locks=*plan_lock,*tools_lock */
#include <atomic>
#include <mutex>
#include <thread>
#include "tests/prove/prove.h"

static std::atomic<bool> has_leader{false}, is_prepared{false};
static std::mutex plan_lock, tools_lock;
static long sum; // protected by both locks

static NOINLINE void prepare()
{
    std::lock_guard<std::mutex> plan(plan_lock);
    std::lock_guard<std::mutex> tools(tools_lock);
    sum = 1;
}

static NOINLINE void work_on()
{
    std::lock_guard<std::mutex> tools(tools_lock);
    std::lock_guard<std::mutex> plan(plan_lock);
    sum *= 2;
}

static void take_part()
{
    if (!has_leader.exchange(true)) {
        prepare();
        is_prepared = true;
        return;
    }
    while (!is_prepared)
        std::this_thread::yield();
    work_on();
}

int main()
{
    std::thread first(take_part), second(take_part), third(take_part);

    first.join();
    second.join();
    third.join();
    return finish(sum, 4);
}
