/* Spin locks: results, errno and mutual exclusion of a counter between four threads. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <sched.h>

enum { THREADS = 4, ROUNDS = 2000 };

static pthread_spinlock_t lock;
static long counter;

static int try_lock(void *spin)
{
    int result = pthread_spin_trylock(spin);
    if (result == 0)
        pthread_spin_unlock(spin);
    return result;
}

static void *count(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 2)
            pthread_spin_lock(&lock);
        else
            while (pthread_spin_trylock(&lock) != 0)
                sched_yield();
        counter++;
        pthread_spin_unlock(&lock);
    }
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int shared = PTHREAD_PROCESS_PRIVATE; shared <= PTHREAD_PROCESS_SHARED; shared++) {
        FACT_RESULT(0, pthread_spin_init(&lock, shared));
        FACT_RESULT(0, pthread_spin_lock(&lock));
        FACT_RESULT(EBUSY, pthread_spin_trylock(&lock));
        FACT_RESULT(EBUSY, fact_elsewhere(try_lock, (void *)&lock));
        FACT_RESULT(0, pthread_spin_unlock(&lock));
        FACT_RESULT(0, fact_elsewhere(try_lock, (void *)&lock));
        FACT_RESULT(0, pthread_spin_trylock(&lock));
        FACT_RESULT(0, pthread_spin_unlock(&lock));
        FACT_RESULT(0, pthread_spin_destroy(&lock));
    }
    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, count, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    FACT_VALUE(THREADS * ROUNDS, counter);
    return fact_status();
}
