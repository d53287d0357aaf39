/* A static object's destructor, run at exit, takes the opposite order of a thread nobody joined.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=*NestsAtExit* */
#include <mutex>
#include "tests/programs/support.h"

static std::mutex lock_a;
static std::mutex lock_b;

class NestsAtExit
{
  public:
    NestsAtExit() = default;
    NestsAtExit(const NestsAtExit &) = delete;
    NestsAtExit &operator=(const NestsAtExit &) = delete;
    ~NestsAtExit()
    {
        std::lock_guard<std::mutex> outer(lock_b);
        std::lock_guard<std::mutex> inner(lock_a);
    }
};

static NestsAtExit at_exit;

static void *a_then_b(void *)
{
    {
        std::lock_guard<std::mutex> outer(lock_a);
        std::lock_guard<std::mutex> inner(lock_b);
    }
    end_turn();
    return nullptr;
}

int main()
{
    pthread_t thread;

    must(pthread_create(&thread, nullptr, a_then_b, nullptr), "pthread_create");
    must(pthread_detach(thread), "pthread_detach");
    wait_for_turn(1);
    std::puts("done");
    return 0;
}
