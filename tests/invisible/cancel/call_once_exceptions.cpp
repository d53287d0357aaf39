// An exception out of std::call_once, pthread_once or a static's initialiser leaves it to be run
// again by the next caller, also when other threads wait for it meanwhile.
#include "tests/invisible/fact.h"

#include <pthread.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace
{

std::atomic<int> tries, successes, caught;
std::mutex inside;
pthread_once_t once = PTHREAD_ONCE_INIT;

void fail_three_times()
{
    std::lock_guard<std::mutex> lock(inside);
    if (++tries <= 3)
        throw std::runtime_error("not yet");
    ++successes;
}

struct Singleton {
    Singleton()
    {
        fail_three_times();
    }
};

template <class Call> void from_eight_threads(Call call)
{
    std::vector<std::thread> threads;
    tries = successes = caught = 0;
    for (int i = 0; i < 8; i++) {
        threads.emplace_back([&call] {
            try {
                call();
            } catch (const std::runtime_error &) {
                ++caught;
            }
        });
    }
    for (auto &thread : threads)
        thread.join();
    FACT_VALUE(4, tries);
    FACT_VALUE(1, successes);
    FACT_VALUE(3, caught);
}

} // namespace

int main()
{
    std::once_flag flag;
    from_eight_threads([&flag] { std::call_once(flag, fail_three_times); });
    from_eight_threads([] { static Singleton single; });
    from_eight_threads([] { pthread_once(&once, fail_three_times); });
    return fact_status();
}
