/* One thread holds 1,000 locks of three sorts at once, releases them in other orders than it took
 * them, and recurses 10,000 deep into one. */
#include "tests/invisible/fact.h"

#include <pthread.h>

enum { LOCKS = 1000, RECURSION = 10000 };

static pthread_mutex_t mutexes[LOCKS];
static pthread_rwlock_t rwlocks[LOCKS];
static pthread_spinlock_t spins[LOCKS];
static int bad;

static int hold_and_release(void *step_argument)
{
    int step = (int)(long)step_argument;
    for (int i = 0; i < LOCKS; i++) {
        bad += pthread_mutex_lock(&mutexes[i]) != 0;
        bad +=
            (i % 2 ? pthread_rwlock_rdlock(&rwlocks[i]) : pthread_rwlock_wrlock(&rwlocks[i])) != 0;
        bad += pthread_spin_lock(&spins[i]) != 0;
    }
    for (int i = 0; i < LOCKS; i++)
        bad += pthread_mutex_trylock(&mutexes[i]) != EBUSY;
    for (int i = 0; i < LOCKS; i++) {
        int victim = (int)((long)i * step % LOCKS);
        bad += pthread_mutex_unlock(&mutexes[victim]) != 0;
        bad += pthread_rwlock_unlock(&rwlocks[victim]) != 0;
        bad += pthread_spin_unlock(&spins[victim]) != 0;
    }
    return bad;
}

static int recurse(void *unused)
{
    pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    (void)unused;
    for (int i = 0; i < RECURSION; i++)
        bad += (i % 2 ? pthread_mutex_lock(&recursive) : pthread_mutex_trylock(&recursive)) != 0;
    for (int i = 0; i < RECURSION; i++)
        bad += pthread_mutex_unlock(&recursive) != 0;
    bad += pthread_mutex_unlock(&recursive) != EPERM;
    return bad;
}

int main(void)
{
    static const long steps[] = {1, LOCKS - 1, 7, 333};
    for (int i = 0; i < LOCKS; i++) {
        pthread_mutex_init(&mutexes[i], NULL);
        pthread_rwlock_init(&rwlocks[i], NULL);
        pthread_spin_init(&spins[i], PTHREAD_PROCESS_PRIVATE);
    }
    for (int i = 0; i < 4; i++) {
        FACT_RESULT(0, hold_and_release((void *)steps[i]));
        FACT_RESULT(0, fact_elsewhere(hold_and_release, (void *)steps[i]));
    }
    FACT_RESULT(0, recurse(NULL));
    FACT_RESULT(0, fact_elsewhere(recurse, NULL));
    return fact_status();
}
