/* Programs that stand still, each in one way, without a circle that can be seen: stall CASE
 * [COUNT]. In the first no thread can ever go on; the others are no hangs at all. See hang.c. */
#include "tests/diagnose/hang.h"

#include <poll.h>
#include <semaphore.h>
#include <time.h>

static pthread_rwlock_t catalogue = PTHREAD_RWLOCK_INITIALIZER;
static sem_t sem_A, sem_B;
static pthread_spinlock_t spin_A, spin_B;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int counter;

static void *upgrade(void *argument)
{
    pthread_rwlock_rdlock(&catalogue);
    wait_together();
    pthread_rwlock_wrlock(&catalogue);
    return argument;
}

static void rwlock_upgrade(int count)
{
    (void)count;
    meet(2);
    start(0, upgrade, NULL);
    start(1, upgrade, NULL);
    pthread_join(threads[0], NULL);
}

static void *wait_ready(void *argument)
{
    pthread_mutex_lock(&lock_A);
    pthread_cond_wait(&ready, &lock_A);
    return argument;
}

static void lost_wakeup(int count)
{
    (void)count;
    pthread_cond_signal(&ready);
    start(0, wait_ready, NULL);
    pthread_join(threads[0], NULL);
}

static void *take_semaphores(void *argument)
{
    sem_wait(argument == &sem_A ? &sem_A : &sem_B);
    wait_together();
    sem_wait(argument == &sem_A ? &sem_B : &sem_A);
    return argument;
}

static void semaphore_pair(int count)
{
    (void)count;
    sem_init(&sem_A, 0, 1);
    sem_init(&sem_B, 0, 1);
    meet(2);
    start(0, take_semaphores, &sem_A);
    start(1, take_semaphores, &sem_B);
    pthread_join(threads[0], NULL);
}

static void *take_spinlocks(void *argument)
{
    pthread_spin_lock(argument == &spin_A ? &spin_A : &spin_B);
    wait_together();
    pthread_spin_lock(argument == &spin_A ? &spin_B : &spin_A);
    return argument;
}

static void spin_pair(int count)
{
    (void)count;
    pthread_spin_init(&spin_A, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_init(&spin_B, PTHREAD_PROCESS_PRIVATE);
    meet(2);
    start(0, take_spinlocks, (void *)&spin_A);
    start(1, take_spinlocks, (void *)&spin_B);
    pthread_join(threads[0], NULL);
}

static void barrier_missing(int count)
{
    (void)count;
    meet(2);
    wait_together();
}

static struct timespec one_day_from(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_sec += 86400;
    return time;
}

static void *take_pair_timed(void *argument)
{
    const struct pair *pair = argument;
    struct timespec until = one_day_from(CLOCK_REALTIME);
    pthread_mutex_lock(pair->first);
    wait_together();
    pthread_mutex_timedlock(pair->second, &until);
    return NULL;
}

/* From here on nothing is stuck for ever. */
static void timed_pair(int count)
{
    static struct pair pairs[2] = {{&lock_A, &lock_B}, {&lock_B, &lock_A}};
    (void)count;
    meet(2);
    start(0, take_pair_timed, &pairs[0]);
    start(1, take_pair_timed, &pairs[1]);
    pthread_join(threads[0], NULL);
}

static void held_by_sleeper(int count)
{
    (void)count;
    meet(2);
    start(0, hold_A, NULL);
    wait_together();
    pthread_mutex_lock(&lock_A);
}

static void *spin(void *argument)
{
    for (;;) {
        __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED);
    }
    return argument;
}

static void busy(int count)
{
    (void)count;
    start(0, spin, NULL);
    poll(NULL, 0, -1);
}

static void *hand_over(void *argument)
{
    for (;;) {
        pthread_mutex_lock(&lock_A);
        usleep(1000);
        pthread_mutex_unlock(&lock_A);
    }
    return argument;
}

static void slow(int count)
{
    for (int i = 0; i < count; i++) {
        start((size_t)i, hand_over, NULL);
    }
    pthread_join(threads[0], NULL);
}

static const struct hang_case cases[] = {
    HANG_CASE(rwlock_upgrade),  HANG_CASE(lost_wakeup), HANG_CASE(semaphore_pair),
    HANG_CASE(barrier_missing), HANG_CASE(spin_pair),   HANG_CASE(timed_pair),
    HANG_CASE(held_by_sleeper), HANG_CASE(busy),        HANG_CASE(slow),
};

int main(int argc, char **argv)
{
    return hang_run(cases, sizeof cases / sizeof cases[0], argc, argv);
}
