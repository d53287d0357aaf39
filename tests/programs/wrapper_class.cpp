/* A guard class around a mutex class around the mutex: at -O0 every lock is taken by the same call
 * at the same depth, three frames below the function that matters.
 * levels: O0
 * verdict: finding locks=lock_a*,lock_b*
 * verdict: finding locks=lock_c*,lock_d*
 * step: holds=lock_a* requests=lock_b* in=first_caller not=second_caller
 * step: holds=lock_c* requests=lock_d* in=second_caller not=first_caller
 * step: holds=lock_b* requests=lock_a* in=b_then_a not=d_then_c
 * step: holds=lock_d* requests=lock_c* in=d_then_c not=b_then_a */
#include "tests/programs/support.h"

class Mutex
{
  public:
    void acquire()
    {
        must(pthread_mutex_lock(&mutex_), "lock");
    }
    void release()
    {
        must(pthread_mutex_unlock(&mutex_), "unlock");
    }

  private:
    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
};

class Guard
{
  public:
    explicit Guard(Mutex &mutex) : mutex_(mutex)
    {
        mutex_.acquire();
    }
    Guard(const Guard &) = delete;
    Guard &operator=(const Guard &) = delete;
    ~Guard()
    {
        mutex_.release();
    }

  private:
    Mutex &mutex_;
};

static Mutex lock_a, lock_b, lock_c, lock_d;

static void first_caller()
{
    Guard outer(lock_a);
    Guard inner(lock_b);
}

static void second_caller()
{
    Guard outer(lock_c);
    Guard inner(lock_d);
}

static void b_then_a()
{
    Guard outer(lock_b);
    Guard inner(lock_a);
}

static void d_then_c()
{
    Guard outer(lock_d);
    Guard inner(lock_c);
}

static void both_callers()
{
    first_caller();
    second_caller();
}

static void both_inversions()
{
    b_then_a();
    d_then_c();
}

int main()
{
    RUN_IN_TURN(both_callers, both_inversions);
    puts("done");
    return 0;
}
