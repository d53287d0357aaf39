/* The inversion happens in destructors of thread_local objects, after the threads' functions
 * returned.
 * verdict: finding locks=lock_a,lock_b */
#include <mutex>
#include "tests/programs/support.h"

static std::mutex lock_a;
static std::mutex lock_b;

class NestsWhenDestroyed
{
  public:
    NestsWhenDestroyed() = default;
    NestsWhenDestroyed(const NestsWhenDestroyed &) = delete;
    NestsWhenDestroyed &operator=(const NestsWhenDestroyed &) = delete;
    ~NestsWhenDestroyed()
    {
        std::lock_guard<std::mutex> first(*outer);
        std::lock_guard<std::mutex> second(*inner);

        end_turn();
    }

    std::mutex *outer = nullptr;
    std::mutex *inner = nullptr;
};

static thread_local NestsWhenDestroyed at_end;

static void *a_then_b_at_end(void *)
{
    at_end.outer = &lock_a;
    at_end.inner = &lock_b;
    return nullptr;
}

static void *b_then_a_at_end(void *)
{
    at_end.outer = &lock_b;
    at_end.inner = &lock_a;
    wait_for_turn(1);
    return nullptr;
}

int main()
{
    pthread_t first, second;

    must(pthread_create(&first, nullptr, a_then_b_at_end, nullptr), "pthread_create");
    must(pthread_create(&second, nullptr, b_then_a_at_end, nullptr), "pthread_create");
    must(pthread_join(first, nullptr), "pthread_join");
    must(pthread_join(second, nullptr), "pthread_join");
    std::puts("done");
    return 0;
}
