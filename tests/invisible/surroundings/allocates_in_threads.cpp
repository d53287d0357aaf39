// Every form of new and delete, plain, sized, aligned, array and nothrow, from threads that share
// containers under standard locks; the replaced operators of an allocator included.
#include "tests/invisible/fact.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

namespace
{

constexpr int threads = 4, rounds = 2000;

struct alignas(256) Wide {
    std::mutex mutex;
    int number = 0;
};

struct Entry {
    std::mutex mutex;
    std::string text;
};

std::shared_mutex table_lock;
std::map<int, std::shared_ptr<Entry>> table;

std::shared_ptr<Entry> find_or_make(int key)
{
    {
        std::shared_lock<std::shared_mutex> reading(table_lock);
        auto found = table.find(key);
        if (found != table.end())
            return found->second;
    }
    std::unique_lock<std::shared_mutex> writing(table_lock);
    auto &slot = table[key];
    if (!slot)
        slot = std::make_shared<Entry>();
    return slot;
}

// Not every allocator keeps to the alignment asked for: each is compared with itself only.
bool use_each_form()
{
    std::unique_ptr<Wide> wide(new Wide);
    std::unique_ptr<Wide[]> array(new Wide[3]);
    std::unique_ptr<std::mutex> plain(new (std::nothrow) std::mutex);
    bool aligned = reinterpret_cast<std::uintptr_t>(wide.get()) % 256 == 0;
    std::scoped_lock all(wide->mutex, array[1].mutex, *plain);
    void *raw = ::operator new(100, std::align_val_t(512));
    aligned = aligned && reinterpret_cast<std::uintptr_t>(raw) % 512 == 0;
    ::operator delete(raw, 100, std::align_val_t(512));
    return aligned && ++wide->number == 1;
}

void work(int seed, int *bad)
{
    for (int i = 0; i < rounds; i++) {
        auto entry = find_or_make(i % 17);
        {
            std::lock_guard<std::mutex> lock(entry->mutex);
            entry->text += static_cast<char>('a' + seed);
        }
        *bad += !use_each_form();
    }
}

} // namespace

int main()
{
    std::vector<std::thread> running;
    std::vector<int> bad(threads);
    for (int i = 0; i < threads; i++)
        running.emplace_back(work, i, &bad[i]);
    for (auto &thread : running)
        thread.join();
    std::size_t length = 0;
    for (auto &entry : table)
        length += entry.second->text.size();
    FACT_VALUE(threads * rounds, length);
    for (int count : bad)
        fact_say("misaligned in %d of %d rounds", count, rounds);
    return fact_status();
}
