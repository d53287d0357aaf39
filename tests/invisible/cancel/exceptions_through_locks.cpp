// Exceptions thrown while standard locks are held, inside a wait's predicate, from a thread into a
// future, and std::system_error from the locks themselves: caught where they should be, locks free.
#include "tests/invisible/fact.h"

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace
{

std::mutex plain;
std::recursive_mutex recursive;
std::timed_mutex timed;
std::shared_mutex shared;
std::condition_variable changed;

void check_free()
{
    FACT_VALUE(1, plain.try_lock());
    plain.unlock();
    FACT_VALUE(1, timed.try_lock_for(std::chrono::milliseconds(1)));
    timed.unlock();
    FACT_VALUE(1, shared.try_lock());
    shared.unlock();
}

void throw_with_all_held(int depth)
{
    std::lock_guard<std::recursive_mutex> again(recursive);
    if (depth > 0)
        throw_with_all_held(depth - 1);
    std::scoped_lock both(plain, timed);
    std::shared_lock<std::shared_mutex> reading(shared);
    throw std::runtime_error("all held");
}

void in_this_thread()
{
    try {
        throw_with_all_held(10);
    } catch (const std::runtime_error &error) {
        fact_say("caught %s", error.what());
    }
    check_free();
}

void in_predicate()
{
    std::unique_lock<std::mutex> lock(plain);
    try {
        changed.wait(lock, []() -> bool { throw std::logic_error("predicate"); });
    } catch (const std::logic_error &error) {
        fact_say("caught %s, owns %d", error.what(), lock.owns_lock());
    }
    try {
        changed.wait_for(lock, std::chrono::milliseconds(5), [calls = 0]() mutable -> bool {
            if (++calls == 2)
                throw 42;
            return false;
        });
    } catch (int number) {
        fact_say("caught %d, owns %d", number, lock.owns_lock());
    }
}

void across_threads()
{
    auto result = std::async(std::launch::async, [] { throw_with_all_held(3); });
    try {
        result.get();
    } catch (const std::runtime_error &error) {
        fact_say("future threw %s", error.what());
    }
    std::thread([] {
        try {
            throw_with_all_held(1);
        } catch (...) {
            fact_say("caught in its own thread");
        }
    }).join();
    check_free();
}

void from_the_locks()
{
    std::unique_lock<std::mutex> unowned(plain, std::defer_lock);
    try {
        unowned.unlock();
    } catch (const std::system_error &error) {
        fact_say("unlock: %d", error.code().value());
    }
    shared.lock();
    try {
        shared.lock();
    } catch (const std::system_error &error) {
        fact_say("relock: %d", error.code().value());
    }
    shared.unlock();
    try {
        std::thread nobody;
        nobody.join();
    } catch (const std::system_error &error) {
        fact_say("join: %d", error.code().value());
    }
}

} // namespace

int main()
{
    in_this_thread();
    in_predicate();
    check_free();
    across_threads();
    from_the_locks();
    return fact_status();
}
