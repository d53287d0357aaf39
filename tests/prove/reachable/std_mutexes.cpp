/* Two mutexes of the standard library in two orders.
 * verdict: finding locks=*first,*second
 * cases: mutex recursive timed recursive_timed shared shared_timed */
#include <mutex>
#include <shared_mutex>
#include <thread>
#include "tests/prove/prove.h"

static long sum; // protected by both mutexes of the pair used

template <typename Mutex> struct Pair {
    static inline Mutex first, second;

    static void forwards()
    {
        std::lock_guard<Mutex> outer(first);
        std::lock_guard<Mutex> inner(second);
        sum += 1;
    }

    static void backwards()
    {
        sleep_ms(APART_MS);
        std::unique_lock<Mutex> outer(second);
        std::unique_lock<Mutex> inner(first);
        sum += 2;
    }

    static int run()
    {
        std::thread one(forwards), other(backwards);
        one.join();
        other.join();
        return finish(sum, 3);
    }
};

/* One reads what the other writes. */
template <typename Mutex> struct SharedPair {
    static inline Mutex first, second;

    static void read_then_write()
    {
        std::shared_lock<Mutex> outer(first);
        std::lock_guard<Mutex> inner(second);
        sum += 1;
    }

    static void write_both()
    {
        sleep_ms(APART_MS);
        std::lock_guard<Mutex> outer(second);
        std::lock_guard<Mutex> inner(first);
        sum += 2;
    }

    static int run()
    {
        std::thread one(read_then_write), other(write_both);
        one.join();
        other.join();
        return finish(sum, 3);
    }
};

int main(int argc, char **argv)
{
    if (is_case(argc, argv, "recursive"))
        return Pair<std::recursive_mutex>::run();
    if (is_case(argc, argv, "timed"))
        return Pair<std::timed_mutex>::run();
    if (is_case(argc, argv, "recursive_timed"))
        return Pair<std::recursive_timed_mutex>::run();
    if (is_case(argc, argv, "shared"))
        return SharedPair<std::shared_mutex>::run();
    if (is_case(argc, argv, "shared_timed"))
        return SharedPair<std::shared_timed_mutex>::run();
    return Pair<std::mutex>::run();
}
