/* How many wait on a condition or at a barrier, and how many of them are woken: in every order that
 * signals, broadcasts, time and spurious returns can bring about. */
#include "tests/unit/unit.h"

#include <pthread.h>

#include "shim/core/lock_table.h"
#include "shim/core/wakes.h"
#include "shim/platform/recording.h"
#include "tests/unit/shim/scene.h"

static pthread_cond_t conditions[8];
static pthread_barrier_t barrier;

static struct wake_record *enter(size_t which)
{
    return wakes_enter(&conditions[which], TRACE_LOCK_CONDITION, SCENE_SITE(0));
}

static void wake(size_t which, bool all)
{
    wakes_signal(&conditions[which], TRACE_LOCK_CONDITION, all, SCENE_SITE(1));
}

static void wait_here(struct wake_record *record, size_t count)
{
    for (size_t i = 0; i < count; i++)
        wakes_wait_begin(record);
}

static void assert_counts(const struct wake_record *record, uint32_t waiting, uint32_t woken)
{
    uint64_t now = atomic_load(&record->now);
    assert_int_equal(wakes_waiting(now), waiting);
    assert_int_equal(wakes_woken(now), woken);
}

static void a_signal_wakes_one_that_is_not_woken(void **state)
{
    (void)state;
    struct wake_record *record = enter(0);
    wait_here(record, 2);
    wake(0, false);
    assert_counts(record, 2, 1);
    wake(0, false);
    wake(0, false);
    assert_counts(record, 2, 2);
    wakes_wait_end(record, true);
    assert_counts(record, 1, 1);
    wakes_wait_end(record, true);
    assert_counts(record, 0, 0);
}

static void a_signal_that_nobody_waits_for_is_lost(void **state)
{
    (void)state;
    struct wake_record *record = enter(1);
    wake(1, false);
    wake(1, true);
    wait_here(record, 1);
    assert_counts(record, 1, 0);
    assert_int_equal(atomic_load(&record->wakes), 2);
    assert_int_equal(atomic_load(&record->waiting), 0);
}

static void a_broadcast_wakes_those_who_wait_and_no_later_one(void **state)
{
    (void)state;
    struct wake_record *record = enter(2);
    wait_here(record, 3);
    wake(2, true);
    assert_int_equal(atomic_load(&record->waiting), 3);
    wait_here(record, 1);
    assert_counts(record, 4, 3);
    for (int i = 0; i < 3; i++)
        wakes_wait_end(record, true);
    assert_counts(record, 1, 0);
}

static void never_more_are_woken_than_wait(void **state)
{
    (void)state;
    struct wake_record *record = enter(3);
    wait_here(record, 1);
    wake(3, false);
    wakes_wait_end(record, false); /* its time was over first */
    assert_counts(record, 0, 0);
    wait_here(record, 1);
    wakes_wait_end(record, true); /* spurious */
    wakes_wait_end(record, true); /* more than began, as after a fork */
    assert_counts(record, 0, 0);
}

static void the_last_to_come_to_a_barrier_wakes_the_others(void **state)
{
    (void)state;
    struct wake_record *record = wakes_enter(&barrier, TRACE_LOCK_BARRIER, SCENE_SITE(0));
    atomic_store(&record->needed, 3);
    assert_false(wakes_arrive(record));
    assert_false(wakes_arrive(record));
    assert_counts(record, 2, 0);
    assert_true(wakes_arrive(record));
    assert_counts(record, 3, 3);
    wakes_wait_end(record, true);
    assert_false(wakes_arrive(record)); /* the next round, while the last one still leaves */
    wakes_wait_end(record, true);
    wakes_wait_end(record, true);
    assert_counts(record, 1, 0);
}

static void another_condition_at_the_place_begins_anew(void **state)
{
    (void)state;
    wait_here(enter(4), 2);
    struct shim_thread *self = scene_thread();
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    lock_table_retire(&conditions[4]);
    thread_unguard(self);
    assert_null(wakes_find(&conditions[4]));
    assert_counts(enter(4), 0, 0);
}

static void a_lock_takes_the_place_of_a_condition(void **state)
{
    (void)state;
    const struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX};
    struct lock_entry entry;
    enter(5);
    struct shim_thread *self = scene_thread();
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    uint32_t id = lock_table_enter(&conditions[5], &birth);
    thread_unguard(self);
    assert_false(lock_id_is_signal(id));
    assert_true(lock_table_get(&conditions[5], id, &entry));
    assert_int_equal(entry.kind, TRACE_LOCK_MUTEX);
    assert_null(wakes_find(&conditions[5]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_wakes_one_that_is_not_woken),
        cmocka_unit_test(a_signal_that_nobody_waits_for_is_lost),
        cmocka_unit_test(a_broadcast_wakes_those_who_wait_and_no_later_one),
        cmocka_unit_test(never_more_are_woken_than_wait),
        cmocka_unit_test(the_last_to_come_to_a_barrier_wakes_the_others),
        cmocka_unit_test(another_condition_at_the_place_begins_anew),
        cmocka_unit_test(a_lock_takes_the_place_of_a_condition),
    };
    scene_make_folder();
    scene_record();
    recording_open_now();
    scene_thread();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scene_remove_folder();
    return failed;
}
