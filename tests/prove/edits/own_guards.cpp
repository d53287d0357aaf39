/* A guard of the program's own: the lines can change places.
 * complete: reorder */
#include <pthread.h>
#include <thread>
#include "demos/demo.h"

class Mutex
{
public:
    void acquire() { pthread_mutex_lock(&mutex_); }
    void release() { pthread_mutex_unlock(&mutex_); }

private:
    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
};

class Guard
{
public:
    explicit Guard(Mutex &mutex) : mutex_(mutex) { mutex_.acquire(); }
    ~Guard() { mutex_.release(); }

private:
    Mutex &mutex_;
};

static Mutex lock_A;
static Mutex lock_B;

static void f1()
{
    demo_wait_turn(0);
    {
        Guard outer(lock_A);
        Guard inner(lock_B);
        printf("f1 has both\n");
    }
    demo_end_turn();
}

static void f2()
{
    demo_wait_turn(1);
    {
        Guard outer(lock_B);
        Guard inner(lock_A);
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
