/* Locks of a class of the program's own, taken by its guards in constructors.
 * verdict: finding locks=the_cache.mutex,the_index.mutex */
#include <thread>
#include "tests/prove/prove.h"

class Lock
{
  public:
    Lock()
    {
        must(pthread_mutex_init(&mutex, nullptr), "pthread_mutex_init");
    }
    ~Lock()
    {
        must(pthread_mutex_destroy(&mutex), "pthread_mutex_destroy");
    }
    void acquire()
    {
        must(pthread_mutex_lock(&mutex), "pthread_mutex_lock");
    }
    void release()
    {
        must(pthread_mutex_unlock(&mutex), "pthread_mutex_unlock");
    }

  private:
    pthread_mutex_t mutex;
};

class Guard
{
  public:
    explicit Guard(Lock &which) : lock(which)
    {
        lock.acquire();
    }
    ~Guard()
    {
        lock.release();
    }

  private:
    Lock &lock;
};

static Lock the_cache, the_index;
static long sum; // protected by both

static NOINLINE void look_up()
{
    Guard cache(the_cache);
    Guard index(the_index);
    sum += 1;
}

static NOINLINE void rebuild()
{
    Guard index(the_index);
    work(1000);
    Guard cache(the_cache);
    sum += 2;
}

int main()
{
    RUN_APART(APART_MS, look_up, rebuild);
    return finish(sum, 3);
}
