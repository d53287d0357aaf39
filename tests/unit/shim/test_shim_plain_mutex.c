/* A plain mutex taken and given back in place is the same mutex to the real functions. */
#include "tests/unit/shim/random.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/platform/plain_mutex.h"
#include "shim/platform/real.h"

enum { STEPS = 100000, ROUNDS = 200000 };

static uint32_t own_tid(void)
{
    return (uint32_t)syscall(SYS_gettid);
}

static int start(void **state)
{
    (void)state;
    real_resolve();
    plain_mutex_start();
    return 0;
}

static void it_is_in_use_with_this_c_library(void **state)
{
    (void)state;
    assert_int_equal(plain_mutex_kind, PTHREAD_MUTEX_TIMED_NP);
}

static void agrees_on(pthread_mutex_t made)
{
    pthread_mutex_t mixed = made, real = made;
    struct random random = random_from(3);
    assert_true(plain_mutex_is(&mixed));
    for (random.step = 0; random.step < STEPS; random.step++) {
        bool ours = random_once_in(&random, 2);
        if (random_once_in(&random, 2)) {
            int wanted = REAL(pthread_mutex_trylock)(&real);
            bool taken = ours ? plain_mutex_take(&mixed, own_tid())
                              : REAL(pthread_mutex_trylock)(&mixed) == 0;
            assert_agrees(&random, taken == (wanted == 0));
        } else if (real.__data.__lock) {
            REAL(pthread_mutex_unlock)(&real);
            assert_agrees(&random, ours ? plain_mutex_give_back(&mixed)
                                        : REAL(pthread_mutex_unlock)(&mixed) == 0);
        }
        assert_agrees(&random, memcmp(&mixed, &real, sizeof(real)) == 0);
    }
}

/* Any mixture of ours and theirs leaves a mutex as theirs alone would. */
static void agrees_with_the_real_functions(void **state)
{
    const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ADAPTIVE_NP};
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    (void)state;
    agrees_on((pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER);
    agrees_on((pthread_mutex_t)PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_settype(&attributes, types[i]);
        assert_int_equal(pthread_mutex_init(&mutex, &attributes), 0);
        agrees_on(mutex);
        pthread_mutexattr_destroy(&attributes);
    }
}

static void other_kinds_are_left_alone(void **state)
{
    const int kinds[] = {PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK};
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) + 3; i++) {
        pthread_mutexattr_init(&attributes);
        if (i < sizeof(kinds) / sizeof(kinds[0]))
            pthread_mutexattr_settype(&attributes, kinds[i]);
        else if (i % 3 == 0)
            pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
        else if (i % 3 == 1)
            pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        else
            pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
        assert_int_equal(pthread_mutex_init(&mutex, &attributes), 0);
        assert_false(plain_mutex_take(&mutex, own_tid()));
        assert_int_equal(pthread_mutex_lock(&mutex), 0);
        assert_false(plain_mutex_give_back(&mutex));
        assert_int_equal(pthread_mutex_unlock(&mutex), 0);
        pthread_mutex_destroy(&mutex);
        assert_false(plain_mutex_take(&mutex, own_tid())); /* destroyed */
        pthread_mutexattr_destroy(&attributes);
    }
}

static pthread_mutex_t contended = PTHREAD_MUTEX_INITIALIZER;
static uint64_t guarded, in_place;

/* As the lock hook does it, against a thread that uses the real functions alone: waiters sleep and
 * are woken, and no increment is lost. */
static void *count_in_place(void *argument)
{
    uint32_t tid = own_tid();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        bool taken = plain_mutex_take(&contended, tid);
        if (!taken)
            REAL(pthread_mutex_lock)(&contended);
        in_place += taken;
        guarded++;
        if (!plain_mutex_give_back(&contended))
            REAL(pthread_mutex_unlock)(&contended);
    }
    return argument;
}

static void *count_with_the_real_functions(void *argument)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        REAL(pthread_mutex_lock)(&contended);
        guarded++;
        REAL(pthread_mutex_unlock)(&contended);
    }
    return argument;
}

static void excludes_threads_and_wakes_waiters(void **state)
{
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL,
                                        i % 2 ? count_in_place : count_with_the_real_functions,
                                        NULL),
                         0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(guarded, 4 * (uint64_t)ROUNDS);
    assert_true(in_place > 0);
    assert_int_equal(contended.__data.__lock, 0);
    assert_int_equal(contended.__data.__nusers, 0);
    assert_int_equal(pthread_mutex_destroy(&contended), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_in_use_with_this_c_library),
        cmocka_unit_test(agrees_with_the_real_functions),
        cmocka_unit_test(other_kinds_are_left_alone),
        cmocka_unit_test(excludes_threads_and_wakes_waiters),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
