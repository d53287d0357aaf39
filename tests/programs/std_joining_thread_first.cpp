/* As std_joining_thread, but the thread is declared first: the mutex is given back before the join.
 * verdict: clean */
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
    std::lock_guard<std::mutex> hold(lock_a);
}

static NOINLINE void use_before_lock()
{
    joining_thread thread(take_a);
    std::lock_guard<std::mutex> hold(lock_a);
}

int main()
{
    use_before_lock();
    puts("done");
    return 0;
}
