/* The mark in a lock object: it survives whatever the real functions do, and construction alone
 * takes it away. */
#include "tests/unit/shim/random.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "shim/platform/birth_mark.h"
#include "shim/platform/real.h"

enum { STEPS = 20000 };

static int start(void **state)
{
    (void)state;
    real_resolve();
    birth_mark_start();
    return 0;
}

static void it_is_in_use_with_this_c_library(void **state)
{
    (void)state;
    assert_true(birth_mark_enabled);
}

static const struct timespec past = {0};

static void use_mutex(struct random *random, pthread_mutex_t *mutex)
{
    switch (random_below(random, 4)) {
    case 0:
        assert_int_equal(pthread_mutex_lock(mutex), 0);
        break;
    case 1:
        assert_int_equal(pthread_mutex_trylock(mutex), 0);
        break;
    case 2:
        assert_int_equal(pthread_mutex_timedlock(mutex, &past), 0);
        break;
    default:
        assert_int_equal(pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &past), 0);
        break;
    }
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    if (random_once_in(random, 8))
        assert_int_equal(pthread_cond_timedwait(&condition, mutex, &past), ETIMEDOUT);
    assert_int_equal(pthread_mutex_unlock(mutex), 0);
}

static void a_mutex_of_any_private_kind_keeps_it(void **state)
{
    const int kinds[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK,
                         PTHREAD_MUTEX_ADAPTIVE_NP};
    struct random random = random_from(5);
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        pthread_mutexattr_t attributes;
        pthread_mutex_t mutex;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_settype(&attributes, kinds[i]);
        pthread_mutex_init(&mutex, &attributes);
        assert_true(birth_mark_is_missing(TRACE_LOCK_MUTEX, &mutex));
        birth_mark_set(TRACE_LOCK_MUTEX, &mutex);
        for (random.step = 0; random.step < STEPS; random.step++) {
            use_mutex(&random, &mutex);
            assert_agrees(&random, !birth_mark_is_missing(TRACE_LOCK_MUTEX, &mutex));
        }
        assert_int_equal(pthread_mutex_destroy(&mutex), 0);
        pthread_mutex_init(&mutex, &attributes);
        assert_true(birth_mark_is_missing(TRACE_LOCK_MUTEX, &mutex));
        pthread_mutexattr_destroy(&attributes);
    }
}

static void a_rwlock_keeps_it(void **state)
{
    pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
    struct random random = random_from(7);
    (void)state;
    assert_true(birth_mark_is_missing(TRACE_LOCK_RWLOCK, &rwlock));
    birth_mark_set(TRACE_LOCK_RWLOCK, &rwlock);
    for (random.step = 0; random.step < STEPS; random.step++) {
        bool reads = random_once_in(&random, 2);
        assert_int_equal(reads ? pthread_rwlock_rdlock(&rwlock) : pthread_rwlock_wrlock(&rwlock),
                         0);
        assert_int_equal(pthread_rwlock_trywrlock(&rwlock), EBUSY);
        assert_int_equal(pthread_rwlock_unlock(&rwlock), 0);
        assert_agrees(&random, !birth_mark_is_missing(TRACE_LOCK_RWLOCK, &rwlock));
    }
    rwlock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
    assert_true(birth_mark_is_missing(TRACE_LOCK_RWLOCK, &rwlock));
}

/* Robust lists run through the link of such a mutex, and others see the shared ones. */
static void robust_and_shared_locks_are_never_marked(void **state)
{
    pthread_mutexattr_t attributes;
    pthread_rwlockattr_t shared;
    pthread_mutex_t mutex, before;
    pthread_rwlock_t rwlock;
    (void)state;
    for (int i = 0; i < 3; i++) {
        pthread_mutexattr_init(&attributes);
        if (i == 0)
            pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
        else if (i == 1)
            pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        else
            pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
        memset(&mutex, 0, sizeof(mutex));
        pthread_mutex_init(&mutex, &attributes);
        before = mutex;
        birth_mark_set(TRACE_LOCK_MUTEX, &mutex);
        assert_memory_equal(&mutex, &before, sizeof(mutex));
        assert_false(birth_mark_is_missing(TRACE_LOCK_MUTEX, &mutex));
        pthread_mutexattr_destroy(&attributes);
    }
    pthread_rwlockattr_init(&shared);
    pthread_rwlockattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_rwlock_init(&rwlock, &shared);
    assert_null(birth_mark_word(TRACE_LOCK_RWLOCK, &rwlock));
    assert_null(birth_mark_word(TRACE_LOCK_SPIN, &rwlock));
    pthread_rwlockattr_destroy(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_in_use_with_this_c_library),
        cmocka_unit_test(a_mutex_of_any_private_kind_keeps_it),
        cmocka_unit_test(a_rwlock_keeps_it),
        cmocka_unit_test(robust_and_shared_locks_are_never_marked),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
