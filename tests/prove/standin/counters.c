/* Many threads count under locks that are one, taken in any order and by every function there is.
 */
#include <errno.h>
#include <sched.h>
#include <semaphore.h>

#include "scene.h"

enum { THREADS = 6, ROUNDS = 2000, LOCKS = 4 };

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spin;
sem_t semaphore;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static volatile long counts[LOCKS];
static volatile long total; /* under all of them */

static void take(unsigned lock, unsigned how)
{
    struct timespec deadline = after_ms(CLOCK_MONOTONIC, 20000);
    switch (lock) {
    case 0:
        while (how % 3 == 0 && pthread_mutex_trylock(&mutex) == EBUSY)
            sched_yield();
        if (how % 3 == 1)
            CHECK(pthread_mutex_lock(&mutex) == 0);
        if (how % 3 == 2)
            CHECK(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &deadline) == 0);
        break;
    case 1:
        CHECK((how % 2 ? pthread_rwlock_wrlock(&rwlock)
                       : pthread_rwlock_clockwrlock(&rwlock, CLOCK_MONOTONIC, &deadline)) == 0);
        break;
    case 2:
        CHECK(pthread_spin_lock(&spin) == 0);
        break;
    default:
        if (how % 3 == 0)
            CHECK(sem_wait(&semaphore) == 0);
        if (how % 3 == 1)
            CHECK(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &deadline) == 0);
        while (how % 3 == 2 && sem_trywait(&semaphore) != 0)
            CHECK(errno == EAGAIN && sched_yield() == 0);
    }
}

static void give(unsigned lock)
{
    switch (lock) {
    case 0:
        CHECK(pthread_mutex_unlock(&mutex) == 0);
        break;
    case 1:
        CHECK(pthread_rwlock_unlock(&rwlock) == 0);
        break;
    case 2:
        CHECK(pthread_spin_unlock(&spin) == 0);
        break;
    default:
        CHECK(sem_post(&semaphore) == 0);
    }
}

static void *count(void *seed)
{
    unsigned random = *(unsigned *)seed;
    for (int i = 0; i < ROUNDS; i++) {
        random = random * 1103515245 + 12345;
        unsigned first = random >> 8 & 3, second = random >> 10 & 3, how = random >> 12;
        take(first, how);
        if (second != first)
            take(second, how >> 4);
        counts[first]++;
        total++;
        if (second != first)
            give(random >> 20 & 1 ? first : second);
        give(second == first || !(random >> 20 & 1) ? first : second);
        if (i % 100 == 0) {
            struct timespec soon = after_ms(CLOCK_REALTIME, 0);
            CHECK(pthread_mutex_lock(&mutex) == 0);
            pthread_cond_broadcast(&turned);
            pthread_cond_timedwait(&turned, &mutex, &soon);
            counts[0]++;
            total++;
            CHECK(pthread_mutex_unlock(&mutex) == 0);
        }
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    unsigned seeds[THREADS];
    long sum = 0;
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    sem_init(&semaphore, 0, 1);
    for (unsigned i = 0; i < THREADS; i++) {
        seeds[i] = i;
        CHECK(pthread_create(&threads[i], NULL, count, &seeds[i]) == 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < LOCKS; i++)
        sum += counts[i];
    CHECK(sum == total && total == THREADS * (ROUNDS + ROUNDS / 100));
    return 0;
}
