/* Two locks, or one, taken so that the threads deadlock: lock_A and lock_B of each kind there is.
 * Usage: inversions KIND. The sum is right if each section excluded the others. */
#include <errno.h>
#include <semaphore.h>
#include <threads.h>

#include "scene.h"

enum { ROUNDS = 200 };

static flag has_a, has_b;
static long sum;

pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER, lock_B = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t checked_A, checked_B, adaptive_A, adaptive_B, recursive_A, recursive_B;
pthread_rwlock_t rwlock_A = PTHREAD_RWLOCK_INITIALIZER, rwlock_B = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spin_A, spin_B;
sem_t semaphore_A, semaphore_B;
mtx_t mtx_A, mtx_B;

/* What each kind is taken and given back with. */
#define KIND(name, A, B, LOCK_A, LOCK_B, UNLOCK)                                                   \
    static NOINLINE void name##_take_a(void)                                                       \
    {                                                                                              \
        CHECK(LOCK_A(&A) == 0);                                                                    \
    }                                                                                              \
    static NOINLINE void name##_take_b(void)                                                       \
    {                                                                                              \
        CHECK(LOCK_B(&B) == 0);                                                                    \
    }                                                                                              \
    static void *name##_one(void *unused)                                                          \
    {                                                                                              \
        (void)unused;                                                                              \
        for (int i = 0; i < ROUNDS; i++) {                                                         \
            name##_take_a();                                                                       \
            if (i == 0) {                                                                          \
                reached(&has_a);                                                                   \
                meet(&has_b);                                                                      \
            }                                                                                      \
            name##_take_b();                                                                       \
            sum++;                                                                                 \
            CHECK(UNLOCK(&B) == 0);                                                                \
            CHECK(UNLOCK(&A) == 0);                                                                \
        }                                                                                          \
        return NULL;                                                                               \
    }                                                                                              \
    static void *name##_other(void *unused)                                                        \
    {                                                                                              \
        (void)unused;                                                                              \
        for (int i = 0; i < ROUNDS; i++) {                                                         \
            name##_take_b();                                                                       \
            if (i == 0) {                                                                          \
                reached(&has_b);                                                                   \
                meet(&has_a);                                                                      \
            }                                                                                      \
            name##_take_a();                                                                       \
            sum++;                                                                                 \
            CHECK(UNLOCK(&B) == 0);                                                                \
            CHECK(UNLOCK(&A) == 0);                                                                \
        }                                                                                          \
        return NULL;                                                                               \
    }

KIND(mutex, lock_A, lock_B, pthread_mutex_lock, pthread_mutex_lock, pthread_mutex_unlock)
KIND(checked, checked_A, checked_B, pthread_mutex_lock, pthread_mutex_lock, pthread_mutex_unlock)
KIND(adaptive, adaptive_A, adaptive_B, pthread_mutex_lock, pthread_mutex_lock, pthread_mutex_unlock)
KIND(recursive, recursive_A, recursive_B, pthread_mutex_lock, pthread_mutex_lock,
     pthread_mutex_unlock)
KIND(rwlock, rwlock_A, rwlock_B, pthread_rwlock_wrlock, pthread_rwlock_wrlock,
     pthread_rwlock_unlock)
KIND(spin, spin_A, spin_B, pthread_spin_lock, pthread_spin_lock, pthread_spin_unlock)
KIND(semaphore, semaphore_A, semaphore_B, sem_wait, sem_wait, sem_post)
KIND(c11, mtx_A, mtx_B, mtx_lock, mtx_lock, mtx_unlock)

static const struct {
    const char *name;
    void *(*one)(void *), *(*other)(void *);
} kinds[] = {
    {"mutex", mutex_one, mutex_other},
    {"checked", checked_one, checked_other},
    {"adaptive", adaptive_one, adaptive_other},
    {"recursive", recursive_one, recursive_other},
    {"rwlock", rwlock_one, rwlock_other},
    {"spin", spin_one, spin_other},
    {"semaphore", semaphore_one, semaphore_other},
    {"c11", c11_one, c11_other},
};

static void init_as(pthread_mutex_t *one, pthread_mutex_t *other, int type)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutex_init(one, &attributes);
    pthread_mutex_init(other, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

int main(int count, char **arguments)
{
    init_as(&checked_A, &checked_B, PTHREAD_MUTEX_ERRORCHECK);
    init_as(&adaptive_A, &adaptive_B, PTHREAD_MUTEX_ADAPTIVE_NP);
    init_as(&recursive_A, &recursive_B, PTHREAD_MUTEX_RECURSIVE);
    pthread_spin_init(&spin_A, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_init(&spin_B, PTHREAD_PROCESS_PRIVATE);
    sem_init(&semaphore_A, 0, 1);
    sem_init(&semaphore_B, 0, 1);
    for (int i = 0; i < 2; i++) { /* a semaphore is known as a lock when it was used as one */
        CHECK(sem_wait(&semaphore_A) == 0 && sem_wait(&semaphore_B) == 0);
        CHECK(sem_post(&semaphore_B) == 0 && sem_post(&semaphore_A) == 0);
    }
    mtx_init(&mtx_A, mtx_plain);
    mtx_init(&mtx_B, mtx_plain);
    for (size_t i = 0; count == 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(arguments[1], kinds[i].name) != 0)
            continue;
        run_two(kinds[i].one, kinds[i].other);
        CHECK(sum == 2 * ROUNDS);
        return 0;
    }
    return 2;
}
