/* Recordings of processes that share locks: which locks are one, and what the processes are when
 * they are analysed together. */
#include "tests/unit/unit.h"

#include "analyzer/model/joined_execution.h"
#include "tests/support/analyzed.h"

enum { PARENT_PID = 7, CHILD_PID = 5001 /* as the builder's first thread */ };

struct scene {
    struct process {
        struct recording_builder *rec;
        uint32_t main, other; /* threads */
        uint32_t a, b;        /* mutexes */
        struct analyzed loaded;
    } parent, child;
    struct arena arena;
    struct shared_locks shared;
    struct execution joined;
    struct analysis analysis;
};

static void make_process(struct process *process, uint32_t pid)
{
    process->rec = recording_builder_create();
    recording_header(process->rec)->pid = pid;
    process->main = recording_thread(process->rec, NULL);
    process->other = recording_create(process->rec, process->main, NULL);
    process->a = recording_mutex(process->rec);
    process->b = recording_mutex(process->rec);
}

static int set_up(void **state)
{
    static struct scene scene;

    scene = (struct scene){0};
    make_process(&scene.parent, PARENT_PID);
    make_process(&scene.child, CHILD_PID);
    arena_init(&scene.arena, 0);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    recording_builder_free(scene->parent.rec);
    recording_builder_free(scene->child.rec);
    analyzed_destroy(&scene->parent.loaded);
    analyzed_destroy(&scene->child.loaded);
    arena_destroy(&scene->arena);
    return 0;
}

static const struct trace_lock_mapping at_a = {.device = 1, .inode = 2, .offset = 64};
static const struct trace_lock_mapping at_b = {.device = 1, .inode = 2, .offset = 128};

/* Initialised by this process, at a time. */
static struct trace_lock_mapping begun(struct trace_lock_mapping mapping, uint64_t time_ns)
{
    mapping.flags = TRACE_MAPPING_INITIALISED;
    mapping.time_ns = time_ns;
    return mapping;
}

static struct trace_lock_mapping used(struct trace_lock_mapping mapping, uint64_t time_ns)
{
    mapping.time_ns = time_ns;
    return mapping;
}

static void share_both(struct scene *s)
{
    recording_mapping(s->parent.rec, s->parent.a, begun(at_a, 0));
    recording_mapping(s->parent.rec, s->parent.b, begun(at_b, 0));
    recording_mapping(s->child.rec, s->child.a, used(at_a, 5));
    recording_mapping(s->child.rec, s->child.b, used(at_b, 5));
}

static void a_then_b(struct process *process, uint32_t thread)
{
    RECORDING_NEST(process->rec, thread, process->a, process->b);
}

static void b_then_a(struct process *process, uint32_t thread)
{
    RECORDING_NEST(process->rec, thread, process->b, process->a);
}

/* How many locks several recordings, or several addresses, mean. */
static size_t find_shared(struct scene *s)
{
    const struct execution *all[] = {&s->parent.loaded.execution, &s->child.loaded.execution};

    analyzed_load(&s->parent.loaded, s->parent.rec);
    analyzed_load(&s->child.loaded, s->child.rec);
    shared_locks_find(&s->arena, all, 2, &s->shared);
    return s->shared.lock_count;
}

/* Joins what is in the first one's group, and analyses it. */
static const struct analysis *analyze(struct scene *s)
{
    const struct execution *all[] = {&s->parent.loaded.execution, &s->child.loaded.execution};

    assert_true(find_shared(s) > 0);
    joined_execution_make(&s->arena, all, 2, &s->shared, 0, &s->joined);
    lock_order_analyze(&s->arena, &s->joined,
                       &(struct lock_order_options){.keep_dismissed = true, .class_order = true},
                       &s->analysis);
    return &s->analysis;
}

static uint32_t pid_of_step(const struct scene *s, const struct finding *finding, size_t step)
{
    return execution_find_thread(&s->joined, finding->steps[step].dependency->thread)->pid;
}

static void opposite_orders_in_two_processes_are_a_finding(void **state)
{
    struct scene *s = *state;
    share_both(s);
    a_then_b(&s->parent, s->parent.main);
    b_then_a(&s->child, s->child.main);
    const struct analysis *analysis = analyze(s);

    assert_int_equal(analysis->finding_count, 1);
    assert_int_equal(s->joined.member_count, 2);
    assert_true(execution_is_of_processes(&s->joined));
    assert_int_equal(s->joined.lock_count, 2);
    assert_int_equal(pid_of_step(s, &analysis->findings[0], 0) +
                         pid_of_step(s, &analysis->findings[0], 1),
                     PARENT_PID + CHILD_PID);
}

static void one_order_in_two_processes_is_none(void **state)
{
    struct scene *s = *state;
    share_both(s);
    a_then_b(&s->parent, s->parent.main);
    a_then_b(&s->child, s->child.main);
    assert_int_equal(analyze(s)->finding_count, 0);
    assert_int_equal(s->analysis.dismissed_count, 0);
}

static void another_place_is_another_lock(void **state)
{
    const struct trace_lock_mapping others[] = {
        {.device = 2, .inode = 2, .offset = 64},
        {.device = 1, .inode = 3, .offset = 64},
        {.device = 1, .inode = 2, .offset = 65},
    };
    struct scene *s = *state;
    recording_mapping(s->parent.rec, s->parent.a, at_a);
    for (size_t i = 0; i < 3; i++) {
        uint32_t lock = recording_mutex(s->child.rec);
        recording_mapping(s->child.rec, lock, others[i]);
    }
    assert_int_equal(find_shared(s), 0);
    assert_false(s->shared.is_joint[0]);
    assert_int_equal(s->shared.group[1], 1);
}

static void a_lock_of_another_kind_is_another_lock(void **state)
{
    struct scene *s = *state;
    recording_mapping(s->parent.rec, s->parent.a, at_a);
    recording_mapping(s->child.rec, recording_rwlock(s->child.rec, 0), at_a);
    assert_int_equal(find_shared(s), 0);
}

static void an_initialisation_in_between_begins_another_lock(void **state)
{
    struct scene *s = *state;
    recording_mapping(s->parent.rec, s->parent.a, begun(at_a, 10));
    recording_mapping(s->parent.rec, s->parent.b, begun(at_b, 10));
    recording_time(s->parent.rec, 10);
    a_then_b(&s->parent, s->parent.main);
    recording_mapping(s->child.rec, s->child.a, begun(at_a, 20));
    recording_mapping(s->child.rec, s->child.b, begun(at_b, 20));
    recording_time(s->child.rec, 20);
    b_then_a(&s->child, s->child.main);
    assert_int_equal(find_shared(s), 0);
}

/* The parent made both pairs within one tick of the clock, its child uses the second one. */
static void initialisations_in_one_tick_are_told_apart(void **state)
{
    struct scene *s = *state;
    uint32_t second = recording_mutex(s->parent.rec);
    recording_mapping(s->parent.rec, s->parent.a, begun(at_a, 10));
    recording_mapping(s->parent.rec, second, begun(at_a, 10));
    recording_mapping(s->child.rec, s->child.a, used(at_a, 10));
    recording_time(s->parent.rec, 9);
    a_then_b(&s->parent, s->parent.main);

    assert_int_equal(find_shared(s), 1);
    assert_int_equal(s->shared.number[0][0], 0);
    assert_int_equal(s->shared.number[0][2], s->shared.number[1][0]);
}

static void a_lock_in_use_when_another_process_initialises_it_is_that_one(void **state)
{
    struct scene *s = *state;
    recording_mapping(s->parent.rec, s->parent.a, begun(at_a, 10));
    recording_mapping(s->child.rec, s->child.a, begun(at_a, 20));
    recording_time(s->parent.rec, 30);
    a_then_b(&s->parent, s->parent.main);
    assert_int_equal(find_shared(s), 1);
}

static void recordings_of_different_machine_starts_share_nothing(void **state)
{
    struct scene *s = *state;
    share_both(s);
    recording_header(s->child.rec)->start_realtime_ns = UINT64_C(1000000000000);
    assert_int_equal(find_shared(s), 0);
}

static void clocks_that_differ_a_little_are_of_one_machine_start(void **state)
{
    struct scene *s = *state;
    share_both(s);
    recording_header(s->parent.rec)->start_realtime_ns = UINT64_C(9000000000);
    recording_header(s->child.rec)->start_realtime_ns = UINT64_C(19000000000);
    recording_header(s->child.rec)->start_monotonic_ns = UINT64_C(9000000001);
    assert_int_equal(find_shared(s), 2);
}

static void what_comes_before_a_fork_is_ordered_before_the_child(void **state)
{
    struct scene *s = *state;
    share_both(s);
    a_then_b(&s->parent, s->parent.main);
    recording_fork(s->parent.rec, s->parent.main, CHILD_PID);
    b_then_a(&s->child, s->child.other);
    const struct analysis *analysis = analyze(s);

    assert_int_equal(analysis->finding_count, 0);
    assert_int_equal(analysis->dismissed_count, 1);
    assert_int_equal(analysis->dismissed[0].reason, DISMISSAL_ORDERED);
    assert_int_equal(analysis->dismissed[0].ordered_by->cause, TRACE_SEGMENT_FORK);
}

static void what_comes_after_a_fork_is_not_ordered(void **state)
{
    struct scene *s = *state;
    share_both(s);
    recording_fork(s->parent.rec, s->parent.main, CHILD_PID);
    a_then_b(&s->parent, s->parent.main);
    b_then_a(&s->child, s->child.main);
    assert_int_equal(analyze(s)->finding_count, 1);
}

static void other_threads_are_not_ordered_by_a_fork(void **state)
{
    struct scene *s = *state;
    share_both(s);
    a_then_b(&s->parent, s->parent.other);
    recording_fork(s->parent.rec, s->parent.main, CHILD_PID);
    b_then_a(&s->child, s->child.main);
    assert_int_equal(analyze(s)->finding_count, 1);
}

static void a_process_begun_before_its_parent_is_not_its_child(void **state)
{
    struct scene *s = *state;
    share_both(s);
    recording_header(s->parent.rec)->start_realtime_ns = 100;
    recording_header(s->parent.rec)->start_monotonic_ns = 100;
    a_then_b(&s->parent, s->parent.main);
    recording_fork(s->parent.rec, s->parent.main, CHILD_PID);
    b_then_a(&s->child, s->child.main);
    assert_int_equal(analyze(s)->finding_count, 1);
}

static void forks_in_a_circle_order_no_process_before_itself(void **state)
{
    struct scene *s = *state;
    share_both(s);
    recording_fork(s->parent.rec, s->parent.main, CHILD_PID);
    recording_fork(s->child.rec, s->child.main, PARENT_PID);
    a_then_b(&s->parent, s->parent.main);
    b_then_a(&s->child, s->child.main);
    assert_int_equal(analyze(s)->finding_count, 1);
}

static void a_lock_at_two_addresses_is_one(void **state)
{
    struct scene *s = *state;
    uint32_t again = recording_mutex(s->parent.rec);
    recording_mapping(s->parent.rec, s->parent.a, begun(at_a, 0));
    recording_mapping(s->parent.rec, again, used(at_a, 1));
    a_then_b(&s->parent, s->parent.main);
    RECORDING_NEST(s->parent.rec, s->parent.other, s->parent.b, again);

    assert_int_equal(analyze(s)->finding_count, 1);
    assert_int_equal(s->joined.member_count, 1);
    assert_false(execution_is_of_processes(&s->joined));
}

/* Both have a lock of their own, born at the same place in the same file. */
static void unshared_locks_stay_apart_and_of_different_classes(void **state)
{
    struct scene *s = *state;
    share_both(s);
    for (size_t i = 0; i < 2; i++) {
        struct process *process = i == 0 ? &s->parent : &s->child;
        recording_module(process->rec, "/usr/bin/prog", 0x1000 * (i + 1), 0x9000, 0);
        uint32_t own =
            recording_lock(process->rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX,
                                                             .location = TRACE_CODE(1, 8)});
        if (i == 0)
            RECORDING_NEST(process->rec, process->main, own, process->a);
        else
            RECORDING_NEST(process->rec, process->main, process->a, own);
    }
    const struct analysis *analysis = analyze(s);

    assert_int_equal(s->joined.lock_count, 4);
    assert_int_equal(s->joined.module_count, 1);
    assert_int_equal(analysis->finding_count, 0);
    assert_int_equal(analysis->class_only_count, 0);
}

static void a_cycle_may_go_through_a_lock_of_one_process(void **state)
{
    struct scene *s = *state;
    uint32_t own = recording_mutex(s->parent.rec);
    share_both(s);
    RECORDING_NEST(s->parent.rec, s->parent.main, s->parent.a, own);
    RECORDING_NEST(s->parent.rec, s->parent.other, own, s->parent.b);
    b_then_a(&s->child, s->child.main);

    assert_int_equal(analyze(s)->finding_count, 1);
    assert_int_equal(s->analysis.findings[0].step_count, 3);
}

static void a_mark_by_one_process_counts_for_all(void **state)
{
    struct scene *s = *state;
    share_both(s);
    recording_mark(s->child.rec, s->child.a, TRACE_MARK_OTHER_THREAD);
    a_then_b(&s->parent, s->parent.main);
    b_then_a(&s->child, s->child.main);
    assert_int_equal(analyze(s)->finding_count, 0);
    assert_int_equal(s->analysis.excluded_locks, 1);
}

static void a_lock_is_told_by_the_process_that_initialised_it(void **state)
{
    struct scene *s = *state;
    const trace_code_t used_at = 4, made_at = 5;
    uint32_t first = recording_stack(s->parent.rec, 1, &used_at);
    uint32_t lock = recording_lock(
        s->parent.rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .first_stack = first});
    uint32_t made = recording_stack(s->child.rec, 1, &made_at);
    uint32_t same = recording_lock(
        s->child.rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .init_stack = made});
    recording_mapping(s->parent.rec, lock, used(at_a, 6));
    recording_mapping(s->child.rec, same, begun(at_a, 5));
    (void)analyze(s);

    const struct lock *joined = &s->joined.locks[2];
    assert_int_equal(joined->pid, 0);
    assert_int_equal(execution_find_stack(&s->joined, joined->init_stack)->frames[0], made_at);
}

static void requests_are_in_the_order_of_time(void **state)
{
    struct scene *s = *state;
    share_both(s);
    recording_time(s->parent.rec, 50);
    a_then_b(&s->parent, s->parent.main);
    b_then_a(&s->child, s->child.main);
    (void)analyze(s);
    assert_true(s->joined.dependencies[0].time_ns < s->joined.dependencies[1].time_ns);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(opposite_orders_in_two_processes_are_a_finding),
        CASE(one_order_in_two_processes_is_none),
        CASE(another_place_is_another_lock),
        CASE(a_lock_of_another_kind_is_another_lock),
        CASE(an_initialisation_in_between_begins_another_lock),
        CASE(initialisations_in_one_tick_are_told_apart),
        CASE(a_lock_in_use_when_another_process_initialises_it_is_that_one),
        CASE(recordings_of_different_machine_starts_share_nothing),
        CASE(clocks_that_differ_a_little_are_of_one_machine_start),
        CASE(what_comes_before_a_fork_is_ordered_before_the_child),
        CASE(what_comes_after_a_fork_is_not_ordered),
        CASE(other_threads_are_not_ordered_by_a_fork),
        CASE(a_process_begun_before_its_parent_is_not_its_child),
        CASE(forks_in_a_circle_order_no_process_before_itself),
        CASE(a_lock_at_two_addresses_is_one),
        CASE(unshared_locks_stay_apart_and_of_different_classes),
        CASE(a_cycle_may_go_through_a_lock_of_one_process),
        CASE(a_mark_by_one_process_counts_for_all),
        CASE(a_lock_is_told_by_the_process_that_initialised_it),
        CASE(requests_are_in_the_order_of_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
