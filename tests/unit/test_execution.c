/* Loading a recording into an execution: what is found by id, what is dropped, what is refused. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/support/analyzed.h"

struct scene {
    struct recording_builder *rec;
    struct analyzed loaded;
    char folder[32];
};

static int set_up(void **state)
{
    static struct scene scene;

    scene = (struct scene){.rec = recording_builder_create(), .folder = "/tmp/unknot-test-XXXXXX"};
    if (!mkdtemp(scene.folder))
        return -1;
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    char path[64];

    snprintf(path, sizeof path, "%s/file", scene->folder);
    unlink(path);
    rmdir(scene->folder);
    recording_builder_free(scene->rec);
    analyzed_destroy(&scene->loaded);
    return 0;
}

static const struct execution *load(struct scene *scene)
{
    analyzed_load(&scene->loaded, scene->rec);
    return &scene->loaded.execution;
}

static void tells_the_program_and_its_arguments(void **state)
{
    struct scene *s = *state;
    recording_process(s->rec, "/usr/bin/prog", "/home", 2, (const char *const[]){"prog", "-v"});
    const struct execution *execution = load(s);

    assert_string_equal(execution->executable, "/usr/bin/prog");
    assert_string_equal(execution->directory, "/home");
    assert_int_equal(execution->argument_count, 2);
    assert_string_equal(execution->arguments[1], "-v");
    assert_int_equal(execution->pid, 4242);
    assert_int_equal(execution->parent_pid, 1);
    assert_true(execution->complete);
}

static void is_usable_without_a_process_record(void **state)
{
    const struct execution *execution = load(*state);

    assert_string_equal(execution->executable, "");
    assert_string_equal(execution->directory, "");
    assert_int_equal(execution->argument_count, 0);
    assert_int_equal(execution->pid, 4242);
}

static void finds_everything_by_id(void **state)
{
    struct scene *s = *state;
    uint32_t module = recording_module(s->rec, "/lib/x.so", 0x1000, 0x2000, 0x1000);
    uint32_t stack = recording_stack(s->rec, 2, (const trace_code_t[]){TRACE_CODE(1, 16), 7});
    uint32_t thread = recording_thread(s->rec, "first");
    uint32_t lock = recording_lock(s->rec, (struct trace_lock){.kind = TRACE_LOCK_SPIN,
                                                               .flags = TRACE_LOCK_SHARED,
                                                               .init_stack = stack});
    const struct execution *execution = load(s);

    assert_string_equal(execution_find_module(execution, module)->path, "/lib/x.so");
    assert_int_equal(execution_find_module(execution, module)->build_id_bytes, 4);
    assert_int_equal(execution_find_stack(execution, stack)->frame_count, 2);
    assert_int_equal(TRACE_CODE_OFFSET(execution_find_stack(execution, stack)->frames[0]), 16);
    assert_string_equal(execution_find_thread(execution, thread)->name, "first");
    assert_int_equal(execution_find_lock(execution, lock)->kind, TRACE_LOCK_SPIN);
    assert_int_equal(execution_find_lock(execution, lock)->flags, TRACE_LOCK_SHARED);
    assert_null(execution_find_module(execution, 99));
    assert_null(execution_find_stack(execution, 0));
    assert_null(execution_find_thread(execution, UINT32_MAX));
    assert_null(execution_find_lock(execution, 99));
}

static void takes_the_latest_thread_name(void **state)
{
    struct scene *s = *state;
    uint32_t thread = recording_thread(s->rec, "early");
    recording_thread_name(s->rec, thread, "late");
    assert_string_equal(execution_find_thread(load(s), thread)->name, "late");
}

static void an_unnamed_thread_has_an_empty_name(void **state)
{
    struct scene *s = *state;
    uint32_t thread = recording_thread(s->rec, NULL);
    assert_string_equal(execution_find_thread(load(s), thread)->name, "");
}

static void resolves_ids_defined_later_in_the_file(void **state)
{
    struct scene *s = *state;
    struct trace_thread_name name = {.thread = 1, .name = "early"};
    recording_raw(s->rec, TRACE_THREAD_NAME, (const char *)&name + 8, sizeof name - 8);
    recording_thread(s->rec, NULL);
    const struct execution *execution = load(s);

    assert_string_equal(execution_find_thread(execution, 1)->name, "early");
    assert_int_equal(execution->undefined_ids, 0);
}

static void gathers_the_marks_of_a_lock(void **state)
{
    struct scene *s = *state;
    uint32_t lock = recording_mutex(s->rec);
    recording_mark(s->rec, lock, TRACE_MARK_OTHER_THREAD);
    recording_mark(s->rec, lock, 8);
    assert_int_equal(execution_find_lock(load(s), lock)->marks, TRACE_MARK_OTHER_THREAD | 8);
}

static void knows_where_a_lock_lies_for_other_processes(void **state)
{
    struct scene *s = *state;
    uint32_t lock = recording_mutex(s->rec), unmapped = recording_mutex(s->rec);
    const struct trace_lock_mapping place = {
        .flags = TRACE_MAPPING_INITIALISED, .device = 1, .inode = 2, .offset = 3, .time_ns = 4};
    recording_mapping(s->rec, lock, place);
    recording_mapping(s->rec, lock, (struct trace_lock_mapping){.inode = 9});
    recording_mapping(s->rec, 77, place);
    const struct execution *execution = load(s);
    const struct lock_place *found = execution_find_lock(execution, lock)->place;

    assert_true(found->device == 1 && found->inode == 2 && found->offset == 3);
    assert_true(found->time_ns == 4 && found->initialised);
    assert_null(execution_find_lock(execution, unmapped)->place);
    assert_int_equal(execution->undefined_ids, 2);
}

/* The pid of a fork is no thread's id. */
static void a_fork_names_a_process(void **state)
{
    struct scene *s = *state;
    uint32_t thread = recording_thread(s->rec, NULL);
    recording_fork(s->rec, thread, thread);
    const struct execution *execution = load(s);

    assert_int_equal(execution->segments[0].other, 0);
    assert_int_equal(execution->segments[0].forked_pid, thread);
}

static void drops_and_counts_what_names_undefined_ids(void **state)
{
    struct scene *s = *state;
    uint32_t thread = recording_thread(s->rec, NULL), lock = recording_mutex(s->rec);
    const struct trace_dependency_held known = {.lock = lock}, unknown = {.lock = 77};
    const struct trace_dependency no_thread = {.thread = 9, .lock = lock};
    const struct trace_dependency no_lock = {.thread = thread, .lock = 9};
    const struct trace_dependency good = {.thread = thread, .lock = lock, .held_count = 1};

    recording_dependency(s->rec, &no_thread, NULL);
    recording_dependency(s->rec, &no_lock, NULL);
    recording_dependency(s->rec, &good, &unknown);
    recording_dependency(s->rec, &good, &known);
    recording_thread_name(s->rec, 9, "nobody");
    recording_mark(s->rec, 9, 1);
    const struct execution *execution = load(s);

    assert_int_equal(execution->undefined_ids, 5);
    assert_int_equal(execution->dependency_count, 1);
    assert_false(execution->complete);
}

static void the_first_of_two_definitions_counts(void **state)
{
    struct scene *s = *state;
    struct trace_lock again = {.id = 1, .kind = TRACE_LOCK_SPIN};
    recording_mutex(s->rec);
    recording_raw(s->rec, TRACE_LOCK, (const char *)&again + 8, sizeof again - 8);
    const struct execution *execution = load(s);

    assert_int_equal(execution->lock_count, 1);
    assert_int_equal(execution_find_lock(execution, 1)->kind, TRACE_LOCK_MUTEX);
    assert_int_equal(execution->undefined_ids, 1);
}

static void drops_locks_of_unknown_kinds_and_ids_of_zero(void **state)
{
    struct scene *s = *state;
    struct trace_lock zero = {.id = 0, .kind = TRACE_LOCK_SPIN};
    recording_lock(s->rec, (struct trace_lock){.kind = 77});
    recording_raw(s->rec, TRACE_LOCK, (const char *)&zero + 8, sizeof zero - 8);
    const struct execution *execution = load(s);

    assert_int_equal(execution->lock_count, 0);
    assert_int_equal(execution->undefined_ids, 2);
}

static void a_killed_program_is_incomplete(void **state)
{
    struct scene *s = *state;
    recording_header(s->rec)->state = TRACE_RUNNING;
    const struct execution *execution = load(s);
    assert_false(execution->complete);
    assert_int_equal(execution->end, TRACE_END);
}

static void lost_records_make_it_incomplete(void **state)
{
    struct scene *s = *state;
    recording_header(s->rec)->lost[TRACE_LOST_memory] = 3;
    const struct execution *execution = load(s);
    assert_false(execution->complete);
    assert_int_equal(execution->lost[TRACE_LOST_memory], 3);
}

static void an_exec_is_a_normal_end(void **state)
{
    struct scene *s = *state;
    recording_header(s->rec)->state = TRACE_EXECED;
    assert_true(load(s)->complete);
}

static void damage_makes_it_incomplete_and_says_where(void **state)
{
    struct scene *s = *state;
    recording_thread(s->rec, "kept");
    size_t bad = recording_raw(s->rec, TRACE_NOTE, "\xff\xff\xff\xff", 4);
    const struct execution *execution = load(s);

    assert_int_equal(execution->end, TRACE_TORN);
    assert_int_equal(execution->torn_at, bad);
    assert_int_equal(execution->thread_count, 1);
    assert_false(execution->complete);
}

static void keeps_what_threads_held_at_the_end(void **state)
{
    struct scene *s = *state;
    uint32_t one = recording_thread(s->rec, NULL), two = recording_thread(s->rec, NULL);
    uint32_t a = recording_mutex(s->rec), b = recording_mutex(s->rec);
    recording_acquire(s->rec, one, a, 0);
    recording_live(s->rec, one, b);
    recording_live(s->rec, two, 0);
    const struct execution *execution = load(s);

    assert_int_equal(execution->live_count, 1);
    assert_int_equal(execution->live[0].thread, one);
    assert_int_equal(execution->live[0].held[0].lock, a);
    assert_int_equal(execution->live[0].wanted_lock, b);
}

static void keeps_notes(void **state)
{
    struct scene *s = *state;
    recording_note(s->rec, "one");
    recording_note(s->rec, "two");
    const struct execution *execution = load(s);
    assert_int_equal(execution->note_count, 2);
    assert_string_equal(execution->notes[1], "two");
}

static void keeps_what_fixes_did(void **state)
{
    struct scene *s = *state;
    uint32_t lock = recording_mutex(s->rec);
    struct trace_fix fix = {.fix_kind = TRACE_FIX_GATE, .lock = lock, .locks = 2, .left = 1};
    fix.acquisitions = 1204;
    recording_fix(s->rec, &fix, "a + b", "heal.conf");
    const struct execution *execution = load(s);
    assert_int_equal(execution->fix_count, 1);
    const struct applied_fix *applied = &execution->fixes_applied[0];
    assert_int_equal(applied->kind, TRACE_FIX_GATE);
    assert_string_equal(applied->name, "a + b");
    assert_string_equal(applied->plan, "heal.conf");
    assert_int_equal(applied->lock, lock);
    assert_int_equal(applied->locks, 2);
    assert_int_equal(applied->left, 1);
    assert_int_equal(applied->acquisitions, 1204);
}

static void drops_fixes_of_unknown_kinds_and_locks(void **state)
{
    struct scene *s = *state;
    recording_fix(s->rec, &(struct trace_fix){.fix_kind = 99}, "a", "b");
    recording_fix(s->rec, &(struct trace_fix){.fix_kind = TRACE_FIX_MERGE, .lock = 7}, "a", "b");
    const struct execution *execution = load(s);
    assert_int_equal(execution->fix_count, 0);
    assert_int_equal(execution->undefined_ids, 2);
}

/* Loading must fail with this status and one line that names the file and says `why`. */
static void assert_refused(struct scene *s, const char *path, enum trace_status expected,
                           const char *why)
{
    struct execution execution;
    const char *error = NULL;

    assert_int_equal(execution_load(&s->loaded.arena, path, &execution, &error), expected);
    assert_non_null(error);
    assert_non_null(strstr(error, path));
    assert_non_null(strstr(error, why));
    assert_null(strchr(error, '\n'));
}

static void put_steering(struct recording_builder *rec, const struct trace_steering *record)
{
    recording_raw(rec, TRACE_STEERING, &record->step,
                  sizeof *record - offsetof(struct trace_steering, step));
}

static void keeps_what_was_done_at_steps_that_have_a_bit(void **state)
{
    struct scene *s = *state;
    const struct trace_steering last = {
        .step = TRACE_STEERING_STEPS - 1, .reached = 3, .together = 1};
    const struct trace_steering none = {.step = TRACE_STEERING_STEPS};
    const struct trace_steering delays = {.step = TRACE_STEERING_PERTURB, .held = 2};

    put_steering(s->rec, &last);
    put_steering(s->rec, &none);
    put_steering(s->rec, &delays);
    const struct execution *execution = load(s);

    assert_int_equal(execution->steering_count, 2);
    assert_int_equal(execution->steering[0]->reached, 3);
    assert_int_equal(execution->steering[1]->held, 2);
    assert_int_equal(execution->undefined_ids, 1);
}

static void refuses_what_is_not_a_recording_with_one_line(void **state)
{
    struct scene *s = *state;
    char path[64];

    snprintf(path, sizeof path, "%s/file", s->folder);
    assert_refused(s, path, TRACE_NOT_A_RECORDING, "No such file");
    assert_refused(s, s->folder, TRACE_NOT_A_RECORDING, "directory");
    assert_refused(s, "/dev/null", TRACE_NOT_A_RECORDING, "not a regular file");
    recording_write_bytes(path, "", 0);
    assert_refused(s, path, TRACE_EMPTY, "empty");
    recording_write_bytes(path, "some text\n", 10);
    assert_refused(s, path, TRACE_NOT_A_RECORDING, "not a recording");
    recording_header(s->rec)->min_reader = 99;
    recording_write(s->rec, path);
    assert_refused(s, path, TRACE_TOO_NEW, "newer");
}

static void does_not_wait_for_a_fifo(void **state)
{
    struct scene *s = *state;
    char path[64];

    snprintf(path, sizeof path, "%s/file", s->folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(s, path, TRACE_NOT_A_RECORDING, "not a regular file");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(tells_the_program_and_its_arguments),
        CASE(is_usable_without_a_process_record),
        CASE(finds_everything_by_id),
        CASE(takes_the_latest_thread_name),
        CASE(an_unnamed_thread_has_an_empty_name),
        CASE(resolves_ids_defined_later_in_the_file),
        CASE(gathers_the_marks_of_a_lock),
        CASE(knows_where_a_lock_lies_for_other_processes),
        CASE(a_fork_names_a_process),
        CASE(drops_and_counts_what_names_undefined_ids),
        CASE(the_first_of_two_definitions_counts),
        CASE(drops_locks_of_unknown_kinds_and_ids_of_zero),
        CASE(a_killed_program_is_incomplete),
        CASE(lost_records_make_it_incomplete),
        CASE(an_exec_is_a_normal_end),
        CASE(damage_makes_it_incomplete_and_says_where),
        CASE(keeps_what_threads_held_at_the_end),
        CASE(keeps_notes),
        CASE(keeps_what_was_done_at_steps_that_have_a_bit),
        CASE(keeps_what_fixes_did),
        CASE(drops_fixes_of_unknown_kinds_and_locks),
        CASE(refuses_what_is_not_a_recording_with_one_line),
        CASE(does_not_wait_for_a_fifo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
