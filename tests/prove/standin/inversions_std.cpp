// The same for the locks of C++. Usage: inversions_std KIND.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "scene.h"

static const int rounds = 200;

static flag has_a, has_b;
static long sum;

std::mutex std_A, std_B;
std::recursive_mutex std_recursive_A, std_recursive_B;
std::timed_mutex std_timed_A, std_timed_B;
std::shared_mutex std_shared_A, std_shared_B;
static std::condition_variable filled;

template <typename Lock> static void ordered(Lock &first, Lock &second, flag &mine, flag &others)
{
    for (int i = 0; i < rounds; i++) {
        std::lock_guard<Lock> outer(first);
        if (i == 0) {
            reached(&mine);
            meet(&others);
        }
        std::lock_guard<Lock> inner(second);
        sum++;
    }
}

template <typename Lock> static void invert(Lock &a, Lock &b)
{
    std::thread other([&] { ordered(b, a, has_b, has_a); });
    ordered(a, b, has_a, has_b);
    other.join();
    CHECK(sum == 2 * rounds);
}

// Waits with one of the locks while the other thread takes both.
static void wait_for_all()
{
    std::unique_lock<std::mutex> lock(std_A);
    CHECK(!filled.wait_for(lock, std::chrono::milliseconds(1), [] { return sum < 0; }));
    std::thread other([] {
        std::scoped_lock both(std_B, std_A);
        sum = rounds;
        filled.notify_all();
    });
    filled.wait(lock, [] { return sum == rounds; });
    lock.unlock();
    other.join();
    sum = 0;
}

int main(int count, char **arguments)
{
    const char *kind = count == 2 ? arguments[1] : "";
    if (strcmp(kind, "std") == 0) {
        wait_for_all();
        invert(std_A, std_B);
    } else if (strcmp(kind, "std_recursive") == 0) {
        invert(std_recursive_A, std_recursive_B);
    } else if (strcmp(kind, "std_timed") == 0) {
        invert(std_timed_A, std_timed_B);
    } else if (strcmp(kind, "std_shared") == 0) {
        invert(std_shared_A, std_shared_B);
    } else {
        return 2;
    }
    return 0;
}
