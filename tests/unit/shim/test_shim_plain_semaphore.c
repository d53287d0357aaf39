/* A semaphore taken and given back in place is the same semaphore to the real functions. */
#include "tests/unit/shim/random.h"

#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "shim/platform/plain_semaphore.h"
#include "shim/platform/real.h"

enum { STEPS = 100000, ROUNDS = 100000, THREADS = 4 };

static int start(void **state)
{
    (void)state;
    real_resolve();
    plain_semaphore_start();
    return 0;
}

static void it_is_in_use_with_this_c_library(void **state)
{
    (void)state;
    assert_true(plain_semaphore_works);
}

/* Any mixture of ours and theirs leaves a semaphore as theirs alone would. */
static void agrees_with_the_real_functions(void **state)
{
    sem_t mixed, real;
    struct random random = random_from(5);
    (void)state;
    memset(&mixed, 0, sizeof(mixed));
    memset(&real, 0, sizeof(real));
    REAL(sem_init)(&mixed, 0, INT_MAX - 5);
    REAL(sem_init)(&real, 0, INT_MAX - 5);
    for (random.step = 0; random.step < STEPS; random.step++) {
        bool ours = random_once_in(&random, 2), up = random_once_in(&random, 2);
        int wanted = up ? REAL(sem_post)(&real) : REAL(sem_trywait)(&real);
        bool done;
        if (up)
            done = ours ? plain_semaphore_give_back(&mixed) : REAL(sem_post)(&mixed) == 0;
        else
            done = ours ? plain_semaphore_take(&mixed) : REAL(sem_trywait)(&mixed) == 0;
        assert_agrees(&random, done == (wanted == 0));
        assert_agrees(&random, memcmp(&mixed, &real, sizeof(real)) == 0);
    }
}

static void none_is_taken_from_an_empty_one(void **state)
{
    sem_t empty;
    (void)state;
    REAL(sem_init)(&empty, 0, 0);
    assert_false(plain_semaphore_take(&empty));
    assert_true(plain_semaphore_give_back(&empty));
    assert_true(plain_semaphore_take(&empty));
    assert_false(plain_semaphore_take(&empty));
}

static sem_t shared;
static int counter;

/* Waiters sleep in the real function: giving back in place must not leave one asleep. */
static void *count_under_it(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (!plain_semaphore_take(&shared))
            REAL(sem_wait)(&shared);
        counter++;
        if (!plain_semaphore_give_back(&shared))
            REAL(sem_post)(&shared);
    }
    return unused;
}

static void it_keeps_threads_apart_and_wakes_them(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    REAL(sem_init)(&shared, 0, 1);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_under_it, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(counter, THREADS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_in_use_with_this_c_library),
        cmocka_unit_test(agrees_with_the_real_functions),
        cmocka_unit_test(none_is_taken_from_an_empty_one),
        cmocka_unit_test(it_keeps_threads_apart_and_wakes_them),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
