/* What a thread requested while it held nothing: kept aside, recorded once somebody awaits the
 * thread, and counted where it could not be kept. */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shim/core/lock_table.h"
#include "shim/platform/recording.h"
#include "tests/unit/shim/scene.h"
#include "trace/reader.h"

enum { KEPT = LONE_REQUEST_SETS * LONE_REQUEST_WAYS, LOCKS = 3 * KEPT };

static pthread_mutex_t locks[LOCKS];

static void lock_alone(size_t which, size_t site, uint16_t mode)
{
    const struct manner manner = {TRACE_LOCK_MUTEX, mode};
    const void *object = &locks[which];
    enum acquire_result result = acquire_request(object, manner, SCENE_SITE(site));
    assert_int_equal(result, ACQUIRE_NEW);
    acquire_had(result, object, manner, SCENE_SITE(site));
    assert_true(acquire_release(object));
}

static void await(struct shim_thread *self)
{
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    lone_requests_await(self);
    thread_unguard(self);
}

struct found {
    size_t dependencies, with_held, tries;
    uint64_t lost;
    uint32_t last_segment;
};

static struct found read_back(void)
{
    struct found found = {0};
    struct trace_reader reader;
    const struct trace_record *record;
    size_t bytes;
    recording_set_state(TRACE_EXITED, 0);
    void *data = scene_read(recording_path(), &bytes);
    assert_int_equal(trace_reader_open(&reader, data, bytes), TRACE_OK);
    while (trace_reader_next(&reader, &record) == TRACE_OK) {
        const struct trace_dependency *dependency = (const void *)record;
        if (record->kind != TRACE_DEPENDENCY)
            continue;
        found.dependencies++;
        found.with_held += dependency->held_count != 0;
        found.tries += (dependency->mode & TRACE_MODE_TRY) != 0;
        found.last_segment = dependency->segment;
    }
    found.lost = trace_reader_header(&reader)->lost[TRACE_LOST_lone_request];
    free(data);
    return found;
}

static void records_nothing_until_the_thread_is_awaited(void **state)
{
    (void)state;
    struct shim_thread *self = scene_thread();
    lock_alone(0, 0, 0);
    assert_int_equal(read_back().dependencies, 0);
    await(self);
    assert_int_equal(read_back().dependencies, 1);
}

static void records_each_lock_once_in_each_mode_with_its_segment(void **state)
{
    (void)state;
    struct shim_thread *self = scene_thread();
    size_t before = read_back().dependencies;
    lock_alone(1, 1, 0);
    lock_alone(1, 2, 0);
    lock_alone(1, 3, TRACE_MODE_TRY);
    struct found found = read_back();
    assert_int_equal(found.dependencies, before + 2);
    assert_int_equal(found.with_held, 0);
    assert_int_equal(found.tries, 1);
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    thread_advance_segment(self);
    thread_unguard(self);
    lock_alone(2, 4, 0);
    assert_int_equal(read_back().last_segment, self->segment);
}

static void makes_one_lock_of_the_end_of_a_thread(void **state)
{
    (void)state;
    struct shim_thread *self = scene_thread();
    struct lock_entry entry;
    await(self);
    uint32_t id = lock_table_find(self);
    assert_int_not_equal(id, 0);
    await(self);
    assert_int_equal(lock_table_find(self), id);
    assert_true(lock_table_get(self, id, &entry));
    assert_int_equal(entry.kind, TRACE_LOCK_THREAD);
    assert_int_equal(entry.init_thread, self->id);
}

static void reuses_the_places_of_dead_locks_and_counts_what_it_forgets(void **state)
{
    (void)state;
    struct shim_thread *self = scene_thread();
    memset(&self->lone, 0, sizeof(self->lone));
    for (size_t i = 0; i < LOCKS; i++) {
        lock_alone(i, 5, 0);
        lock_table_retire(&locks[i]);
    }
    assert_false(self->lone.has_forgotten);
    for (size_t i = 0; i < LOCKS; i++)
        lock_alone(i, 6, 0);
    assert_true(self->lone.has_forgotten);
    struct found before = read_back();
    await(self);
    struct found after = read_back();
    assert_int_equal(before.lost, 0);
    assert_int_equal(after.lost, 1);
    assert_int_equal(after.dependencies - before.dependencies, KEPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_nothing_until_the_thread_is_awaited),
        cmocka_unit_test(records_each_lock_once_in_each_mode_with_its_segment),
        cmocka_unit_test(makes_one_lock_of_the_end_of_a_thread),
        cmocka_unit_test(reuses_the_places_of_dead_locks_and_counts_what_it_forgets),
    };
    scene_make_folder();
    scene_record();
    recording_open_now();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scene_remove_folder();
    return failed;
}
