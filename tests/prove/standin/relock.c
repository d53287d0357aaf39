/* A thread that asks again for what it has. Usage: relock KIND. */
#include <errno.h>
#include <semaphore.h>
#include <threads.h>

#include "scene.h"

enum { ROUNDS = 100 };

pthread_mutex_t mutex_S = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t checked_S;
pthread_rwlock_t upgraded_S = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spin_S;
sem_t semaphore_S;
mtx_t c11_S;

static flag never;
static long sum;

/* The lock is free afterwards, and excluded others: a second thread does the same. */
#define KIND(name, OBJECT, LOCK, LOCK_AGAIN, UNLOCK)                                               \
    static void *name##_body(void *unused)                                                         \
    {                                                                                              \
        (void)unused;                                                                              \
        for (int i = 0; i < ROUNDS; i++) {                                                         \
            CHECK(LOCK(&OBJECT) == 0);                                                             \
            long before = sum;                                                                     \
            if (i == 0)                                                                            \
                meet(&never);                                                                      \
            CHECK(LOCK_AGAIN(&OBJECT) == 0);                                                       \
            CHECK(UNLOCK(&OBJECT) == 0);                                                           \
            CHECK(sum == before);                                                                  \
            sum = before + 1;                                                                      \
            CHECK(UNLOCK(&OBJECT) == 0);                                                           \
        }                                                                                          \
        return NULL;                                                                               \
    }

KIND(mutex, mutex_S, pthread_mutex_lock, pthread_mutex_lock, pthread_mutex_unlock)
KIND(upgraded, upgraded_S, pthread_rwlock_rdlock, pthread_rwlock_wrlock, pthread_rwlock_unlock)
KIND(spin, spin_S, pthread_spin_lock, pthread_spin_lock, pthread_spin_unlock)
KIND(semaphore, semaphore_S, sem_wait, sem_wait, sem_post)
KIND(c11, c11_S, mtx_lock, mtx_lock, mtx_unlock)

/* A program may rely on being told. */
static void *checked_body(void *unused)
{
    (void)unused;
    CHECK(pthread_mutex_lock(&checked_S) == 0);
    CHECK(pthread_mutex_lock(&checked_S) == EDEADLK);
    CHECK(pthread_mutex_trylock(&checked_S) == EBUSY);
    sum += ROUNDS;
    CHECK(pthread_mutex_unlock(&checked_S) == 0);
    CHECK(pthread_mutex_unlock(&checked_S) == EPERM);
    return NULL;
}

static const struct {
    const char *name;
    void *(*body)(void *);
} kinds[] = {
    {"mutex", mutex_body},         {"upgraded", upgraded_body}, {"spin", spin_body},
    {"semaphore", semaphore_body}, {"c11", c11_body},           {"checked", checked_body},
};

int main(int count, char **arguments)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked_S, &attributes);
    pthread_spin_init(&spin_S, PTHREAD_PROCESS_PRIVATE);
    sem_init(&semaphore_S, 0, 1);
    for (int i = 0; i < 2; i++) /* a semaphore is known as a lock when it was used as one */
        CHECK(sem_wait(&semaphore_S) == 0 && sem_post(&semaphore_S) == 0);
    mtx_init(&c11_S, mtx_plain);
    for (size_t i = 0; count == 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(arguments[1], kinds[i].name) != 0)
            continue;
        run_two(kinds[i].body, kinds[i].body);
        CHECK(sum == 2 * ROUNDS);
        return 0;
    }
    return 2;
}
