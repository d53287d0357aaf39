/* The same without guards.
 * complete: recursive-lock single-lock reorder gate-lock try-backoff */
#include <mutex>
#include <thread>
#include "demos/demo.h"

static std::mutex lock_A;
static std::mutex lock_B;

static void f1()
{
    demo_wait_turn(0);
    lock_A.lock();
    lock_B.lock();
    printf("f1 has both\n");
    lock_B.unlock();
    lock_A.unlock();
    demo_end_turn();
}

static void f2()
{
    demo_wait_turn(1);
    lock_B.lock();
    lock_A.lock();
    printf("f2 has both\n");
    lock_A.unlock();
    lock_B.unlock();
    demo_end_turn();
}

int main()
{
    std::thread first(f1), second(f2);
    first.join();
    second.join();
    return 0;
}
