/* The same with unique_lock.
 * complete: recursive-lock single-lock reorder gate-lock try-backoff */
#include <mutex>
#include <thread>
#include "demos/demo.h"

static std::mutex lock_A;
static std::mutex lock_B;

static void f1()
{
    demo_wait_turn(0);
    {
        std::unique_lock<std::mutex> outer(lock_A);
        std::unique_lock<std::mutex> inner(lock_B);
        printf("f1 has both\n");
    }
    demo_end_turn();
}

static void f2()
{
    demo_wait_turn(1);
    {
        std::unique_lock<std::mutex> outer(lock_B);
        std::unique_lock<std::mutex> inner(lock_A);
        printf("f2 has both\n");
    }
    demo_end_turn();
}

int main()
{
    std::thread first(f1), second(f2);
    first.join();
    second.join();
    return 0;
}
