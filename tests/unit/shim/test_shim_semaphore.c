/* The rules that tell a semaphore used as a lock from a signal, each by the calls hooks make. */
#include "tests/unit/shim/random.h"

#include <errno.h>

#include "shim/core/lock_table.h"
#include "shim/core/semaphore.h"
#include "tests/unit/shim/scene.h"

enum { SOME_ERRNO = 4242 };

static const struct manner waiting = {TRACE_LOCK_SEMAPHORE, 0};
static const struct manner trying = {TRACE_LOCK_SEMAPHORE, TRACE_MODE_TRY};
static const struct manner timed = {TRACE_LOCK_SEMAPHORE, TRACE_MODE_TIMED};

static sem_t semaphore;

static void init(unsigned value)
{
    errno = SOME_ERRNO;
    sem_init(&semaphore, 0, value);
    semaphore_initialised(&semaphore, value, SCENE_SITE(0));
    assert_int_equal(errno, SOME_ERRNO);
}

static enum acquire_result wait_for(sem_t *which)
{
    errno = SOME_ERRNO;
    enum acquire_result requested = semaphore_request(which, 1, waiting, SCENE_SITE(1));
    assert_int_equal(sem_trywait(which), 0);
    semaphore_had(requested, which, waiting, SCENE_SITE(1));
    assert_int_equal(errno, SOME_ERRNO);
    return requested;
}

static bool post(sem_t *which)
{
    errno = SOME_ERRNO;
    bool held = semaphore_release(which, SCENE_SITE(2));
    assert_int_equal(sem_post(which), 0);
    assert_int_equal(errno, SOME_ERRNO);
    return held;
}

static uint16_t marks_of(const sem_t *which)
{
    struct lock_entry entry = {0};
    assert_true(lock_table_get(which, lock_table_find(which), &entry));
    return entry.marks;
}

static bool is_signal(const sem_t *which)
{
    return lock_id_is_signal(lock_table_find(which));
}

/* Signals are not held, and asking for them is no request. */
static void expect_signal(void)
{
    assert_true(is_signal(&semaphore));
    assert_true(marks_of(&semaphore) & TRACE_MARK_SIGNAL);
    assert_false(acquire_holds(&semaphore));
    assert_int_equal(semaphore_request(&semaphore, 1, waiting, SCENE_SITE(3)), ACQUIRE_UNSEEN);
    assert_int_equal(thread_held_count(thread_self), 0);
}

static void prove(void)
{
    init(1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(wait_for(&semaphore), ACQUIRE_NEW);
        assert_true(post(&semaphore));
    }
    assert_true(marks_of(&semaphore) & TRACE_MARK_PROVED);
}

static int start(void **state)
{
    (void)state;
    scene_thread();
    return 0;
}

static void another_value_than_one_makes_a_signal(void **state)
{
    (void)state;
    init(0);
    expect_signal();
    init(2);
    expect_signal();
    init(1);
    assert_false(is_signal(&semaphore));
}

static void released_and_acquired_again_proves_a_lock(void **state)
{
    (void)state;
    init(1);
    uint32_t id = lock_table_find(&semaphore);
    assert_true((int32_t)lock_table_find_first(&semaphore) <= 0);
    assert_int_equal(wait_for(&semaphore), ACQUIRE_NEW);
    assert_true(acquire_holds(&semaphore));
    assert_true(post(&semaphore));
    assert_false(acquire_holds(&semaphore));
    assert_false(marks_of(&semaphore) & TRACE_MARK_PROVED);
    assert_int_equal(wait_for(&semaphore), ACQUIRE_NEW);
    assert_true(marks_of(&semaphore) & TRACE_MARK_PROVED);
    assert_int_equal(lock_table_find(&semaphore), id);
    assert_int_equal(lock_table_find_first(&semaphore), id);
    assert_true(acquire_release(&semaphore));
}

static void a_post_by_a_thread_that_does_not_hold_it_makes_a_signal(void **state)
{
    (void)state;
    prove();
    uint32_t id = lock_table_find(&semaphore);
    assert_false(post(&semaphore));
    expect_signal();
    assert_int_not_equal(lock_table_find(&semaphore), id);
    static sem_t never_seen;
    sem_init(&never_seen, 0, 1);
    assert_false(post(&never_seen));
    assert_true(is_signal(&never_seen));
}

static void a_holder_that_waits_makes_a_signal(void **state)
{
    (void)state;
    init(1);
    wait_for(&semaphore);
    assert_int_equal(semaphore_request(&semaphore, 1, waiting, SCENE_SITE(1)), ACQUIRE_UNSEEN);
    expect_signal();
    prove();
    wait_for(&semaphore);
    assert_int_equal(semaphore_request(&semaphore, 1, timed, SCENE_SITE(1)), ACQUIRE_UNSEEN);
    expect_signal();
}

/* Waiting for ever for a proved lock is a self-deadlock, until somebody else ends it. */
static void a_holder_that_waits_for_ever_for_a_proved_lock_waits_for_itself(void **state)
{
    (void)state;
    prove();
    wait_for(&semaphore);
    assert_int_equal(semaphore_request(&semaphore, 1, waiting, SCENE_SITE(1)), ACQUIRE_HELD);
    assert_false(is_signal(&semaphore));
    semaphore_had(ACQUIRE_HELD, &semaphore, waiting, SCENE_SITE(1));
    expect_signal();
}

static void a_holder_that_gets_it_by_a_try_makes_a_signal(void **state)
{
    (void)state;
    prove();
    wait_for(&semaphore);
    assert_int_equal(semaphore_request(&semaphore, 0, trying, SCENE_SITE(1)), ACQUIRE_UNSEEN);
    expect_signal();
}

/* Its first holder's post was not seen: it came from a place we cannot look into. */
static void two_holders_at_a_time_make_a_signal(void **state)
{
    (void)state;
    init(1);
    wait_for(&semaphore);
    thread_guard(thread_self, (uintptr_t)__builtin_frame_address(0));
    acquire_forget(thread_self, &semaphore);
    thread_unguard(thread_self);
    sem_post(&semaphore);
    wait_for(&semaphore);
    expect_signal();
}

static void a_value_left_while_it_is_held_makes_a_signal(void **state)
{
    (void)state;
    init(1);
    sem_post(&semaphore);
    wait_for(&semaphore);
    expect_signal();
    init(1);
    wait_for(&semaphore);
    sem_post(&semaphore);
    assert_false(post(&semaphore));
    expect_signal();
}

static void one_never_initialised_in_our_sight_is_judged_by_its_value(void **state)
{
    static sem_t copies[4];
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        sem_init(&copies[i], 0, i % 3);
    assert_int_equal(semaphore_request(&copies[0], 1, waiting, SCENE_SITE(1)), ACQUIRE_UNSEEN);
    assert_int_equal(semaphore_request(&copies[2], 1, waiting, SCENE_SITE(1)), ACQUIRE_UNSEEN);
    assert_int_equal(wait_for(&copies[1]), ACQUIRE_NEW);
    assert_int_equal(semaphore_request(&copies[3], 0, trying, SCENE_SITE(1)), ACQUIRE_NEW);
    assert_true(is_signal(&copies[0]) && is_signal(&copies[2]));
    assert_true(post(&copies[1]));
}

static void a_named_one_ends_with_its_last_close(void **state)
{
    (void)state;
    sem_init(&semaphore, 1, 1);
    lock_table_retire(&semaphore);
    semaphore_opened(&semaphore, SCENE_SITE(0));
    uint32_t id = lock_table_find(&semaphore);
    struct lock_entry entry;
    assert_true(lock_table_get(&semaphore, id, &entry));
    assert_true(entry.flags & TRACE_LOCK_SHARED);
    semaphore_opened(&semaphore, SCENE_SITE(0));
    semaphore_closed(&semaphore);
    assert_int_equal(lock_table_find(&semaphore), id);
    semaphore_closed(&semaphore);
    assert_int_equal(lock_table_find(&semaphore), 0);
    semaphore_closed(&semaphore);
}

static void initialising_again_begins_anew(void **state)
{
    (void)state;
    init(0);
    expect_signal();
    prove();
    init(1);
    assert_false(marks_of(&semaphore) & TRACE_MARK_PROVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_value_than_one_makes_a_signal),
        cmocka_unit_test(released_and_acquired_again_proves_a_lock),
        cmocka_unit_test(a_post_by_a_thread_that_does_not_hold_it_makes_a_signal),
        cmocka_unit_test(a_holder_that_waits_makes_a_signal),
        cmocka_unit_test(a_holder_that_waits_for_ever_for_a_proved_lock_waits_for_itself),
        cmocka_unit_test(a_holder_that_gets_it_by_a_try_makes_a_signal),
        cmocka_unit_test(two_holders_at_a_time_make_a_signal),
        cmocka_unit_test(a_value_left_while_it_is_held_makes_a_signal),
        cmocka_unit_test(one_never_initialised_in_our_sight_is_judged_by_its_value),
        cmocka_unit_test(a_named_one_ends_with_its_last_close),
        cmocka_unit_test(initialising_again_begins_anew),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
