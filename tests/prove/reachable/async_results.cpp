/* Work started by std::async, whose threads nobody sees, and a condition that they signal.
 * verdict: finding locks=*cache_lock,*store_lock */
#include <condition_variable>
#include <future>
#include <mutex>
#include "tests/prove/prove.h"

static std::mutex cache_lock, store_lock;
static std::condition_variable stored;
static long sum; // protected by both

static long store_through_cache()
{
    std::lock_guard<std::mutex> cache(cache_lock);
    std::lock_guard<std::mutex> store(store_lock);
    stored.notify_all();
    return sum += 1;
}

static long evict_to_store()
{
    sleep_ms(APART_MS);
    std::unique_lock<std::mutex> store(store_lock);
    stored.wait_for(store, std::chrono::milliseconds(1), [] { return sum > 0; });
    std::lock_guard<std::mutex> cache(cache_lock);
    return sum += 2;
}

int main()
{
    auto first = std::async(std::launch::async, store_through_cache);
    auto second = std::async(std::launch::async, evict_to_store);

    must_be(first.get() + second.get() > 0, "both have a result");
    return finish(sum, 3);
}
