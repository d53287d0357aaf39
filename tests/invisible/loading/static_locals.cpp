// A C++ plug-in whose static local is initialised from many threads at once, first in vain. The
// library is opened from a C program with RTLD_LOCAL: nobody else knows its C++ library.
#include "tests/invisible/fact.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace
{

std::atomic<int> tries, caught;

struct Single {
    int value;

    Single() : value(0)
    {
        int number = ++tries;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (number <= 3)
            throw std::runtime_error("not yet");
        value = 41;
    }
};

int get()
{
    static Single single;
    return single.value;
}

} // namespace

extern "C" __attribute__((visibility("default"))) int static_locals_work(void)
{
    std::vector<std::thread> threads;
    std::atomic<int> sum{0};
    for (int i = 0; i < 8; i++) {
        threads.emplace_back([&sum] {
            try {
                sum += get();
            } catch (const std::runtime_error &) {
                ++caught;
            }
        });
    }
    for (auto &thread : threads)
        thread.join();
    FACT_VALUE(4, tries);
    FACT_VALUE(3, caught);
    FACT_VALUE(5 * 41, sum);
    return get();
}
