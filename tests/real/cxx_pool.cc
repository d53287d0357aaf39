// A threaded C++ program as people write them: a thread pool behind a condition variable,
// std::async, readers and writers, locks taken in a consistent order or all at once, exceptions
// through locked code, thread_local destructors that lock. It has no lock-order bug and prints the
// same in every run.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <queue>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace
{

class Pool
{
  public:
    explicit Pool(unsigned size)
    {
        for (unsigned i = 0; i < size; i++)
            threads.emplace_back([this] { work(); });
    }

    ~Pool()
    {
        {
            std::lock_guard<std::mutex> hold(lock);
            stopping = true;
        }
        wake.notify_all();
        for (std::thread &thread : threads)
            thread.join();
    }

    template <class Task> auto submit(Task task) -> std::future<decltype(task())>
    {
        auto packaged = std::make_shared<std::packaged_task<decltype(task())()>>(std::move(task));
        {
            std::lock_guard<std::mutex> hold(lock);
            tasks.push([packaged] { (*packaged)(); });
        }
        wake.notify_one();
        return packaged->get_future();
    }

  private:
    void work()
    {
        for (;;) {
            std::unique_lock<std::mutex> hold(lock);
            wake.wait(hold, [this] { return stopping || !tasks.empty(); });
            if (tasks.empty())
                return;
            std::function<void()> task = std::move(tasks.front());
            tasks.pop();
            hold.unlock();
            task();
        }
    }

    std::mutex lock;
    std::condition_variable wake;
    std::queue<std::function<void()>> tasks;
    std::vector<std::thread> threads;
    bool stopping = false;
};

struct Account {
    std::mutex lock;
    long balance = 1000;
};

class Cache
{
  public:
    long get(int key)
    {
        {
            std::shared_lock<std::shared_mutex> hold(lock);
            auto found = values.find(key);
            if (found != values.end())
                return found->second;
        }
        std::unique_lock<std::shared_mutex> hold(lock);
        return values.emplace(key, static_cast<long>(key) * key).first->second;
    }

  private:
    std::shared_mutex lock;
    std::map<int, long> values;
};

std::mutex ended_lock;
int ended = 0;

struct CountsItsThread {
    bool used = false;
    ~CountsItsThread()
    {
        std::lock_guard<std::mutex> hold(ended_lock);
        ended += used;
    }
};

thread_local CountsItsThread counts;

long transfer(std::vector<Account> &accounts, size_t from, size_t to)
{
    std::scoped_lock both(accounts[from].lock, accounts[to].lock);
    accounts[from].balance -= 1;
    accounts[to].balance += 1;
    return 1;
}

// An exception must leave the lock released and carry its text.
std::string throw_through_lock()
{
    static std::recursive_mutex lock;
    try {
        std::lock_guard<std::recursive_mutex> outer(lock);
        std::lock_guard<std::recursive_mutex> inner(lock);
        throw std::runtime_error("thrown");
    } catch (const std::exception &error) {
        std::unique_lock<std::recursive_mutex> free(lock, std::try_to_lock);
        return free.owns_lock() ? error.what() : "still locked";
    }
}

bool time_out()
{
    std::timed_mutex lock;
    std::lock_guard<std::timed_mutex> hold(lock);
    auto other = std::async(std::launch::async,
                            [&lock] { return lock.try_lock_for(std::chrono::milliseconds(5)); });
    return !other.get();
}

} // namespace

int main()
{
    std::vector<Account> accounts(8);
    Cache cache;
    long transfers = 0, squares = 0;
    {
        Pool pool(6);
        std::vector<std::future<long>> results;
        for (size_t i = 0; i < 4000; i++) {
            results.push_back(pool.submit([&accounts, i] {
                counts.used = true;
                return transfer(accounts, i % 8,
                                (i * 5 + 3) % 8 == i % 8 ? (i + 1) % 8 : (i * 5 + 3) % 8);
            }));
        }
        for (auto &result : results)
            transfers += result.get();
        results.clear();
        for (int i = 0; i < 4000; i++)
            results.push_back(pool.submit([&cache, i] { return cache.get(i % 97); }));
        for (auto &result : results)
            squares += result.get();
        auto failing = pool.submit([]() -> long { throw std::out_of_range("from a task"); });
        try {
            failing.get();
        } catch (const std::out_of_range &error) {
            std::printf("caught: %s\n", error.what());
        }
    }
    long sum = 0;
    for (Account &account : accounts)
        sum += account.balance;
    std::once_flag once;
    int calls = 0;
    for (int i = 0; i < 3; i++)
        std::call_once(once, [&calls] { calls++; });
    std::printf("transfers %ld, money %ld, squares %ld\n", transfers, sum, squares);
    std::printf("threads ended %s, once %d, %s, timed out %d\n", ended > 0 ? "yes" : "no", calls,
                throw_through_lock().c_str(), time_out());
    return 3;
}
