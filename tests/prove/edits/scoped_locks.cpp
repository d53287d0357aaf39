/* The same with scoped_lock, which finds its type itself.
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
        std::scoped_lock outer(lock_A);
        std::scoped_lock inner(lock_B);
        printf("f1 has both\n");
    }
    demo_end_turn();
}

static void f2()
{
    demo_wait_turn(1);
    {
        std::scoped_lock outer(lock_B);
        std::scoped_lock inner(lock_A);
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
