/* A mutex is held while its thread sleeps, for longer than is allowed.
 * misuse: held-too-long object=lock in=bad,main
 * options: +held-too-long=300
 * silent: fixed waiting_for_it in_a_wait */
#include "tests/misuse/misuse.h"

#define TOO_LONG_US 400000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static NOINLINE void bad(void)
{
    pthread_mutex_lock(&lock);
    usleep(TOO_LONG_US);
    pthread_mutex_unlock(&lock);
}

static void fixed(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    usleep(TOO_LONG_US);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

static void *wait_for_lock(void *spin)
{
    end_turn();
    pthread_spin_lock((pthread_spinlock_t *)spin);
    pthread_spin_unlock((pthread_spinlock_t *)spin);
    return NULL;
}

/* A spinlock whose word says that it is held, by nobody who could be judged. */
static void waiting_for_it(void)
{
    static pthread_spinlock_t spin;
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    __atomic_store_n((volatile int *)&spin, 0, __ATOMIC_SEQ_CST);
    pthread_t thread = start(wait_for_lock, (void *)&spin);
    wait_for_turn(1);
    usleep(TOO_LONG_US);
    __atomic_store_n((volatile int *)&spin, 1, __ATOMIC_SEQ_CST);
    join(thread);
}

/* A condition wait gives the mutex back. */
static void in_a_wait(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TOO_LONG_US * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lock);
    while (pthread_cond_timedwait(&condition, &lock, &until) == 0) {
    }
    pthread_mutex_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"waiting_for_it", waiting_for_it},
         {"in_a_wait", in_a_wait})
