/* A class whose destructor joins its thread, as std::jthread does, is destroyed while a lock_guard
 * declared before it still holds the mutex that the thread needs.
 * verdict: finding locks=lock_a,end?of?T2
 * step: thread=main holds=lock_a requests=end?of?T2
 * step: thread=T2 holds=end?of?T2 requests=lock_a */
#include <mutex>
#include <thread>
#include "tests/programs/support.h"

static std::mutex lock_a;

class joining_thread
{
  public:
    explicit joining_thread(void (*run)()) : thread(run)
    {
    }
    ~joining_thread()
    {
        thread.join();
    }

  private:
    std::thread thread;
};

static void take_a()
{
    {
        std::lock_guard<std::mutex> hold(lock_a);
    }
    end_turn();
}

static NOINLINE void use_under_lock()
{
    std::unique_lock<std::mutex> hold(lock_a, std::defer_lock);
    joining_thread thread(take_a);

    wait_for_turn(1);
    hold.lock();
}

int main()
{
    use_under_lock();
    puts("done");
    return 0;
}
