/* Which fixes a finding gets, in which order, and why some are none. */
#include "tests/unit/unit.h"

#include <string.h>
#include "analyzer/fix/fix_set.h"
#include "tests/support/analyzed.h"

enum { PLACES = 20 };

struct scene {
    struct recording_builder *rec;
    uint32_t threads[4], module;
    uint32_t locks[3]; /* a to c: static mutexes */
    uint32_t stacks[PLACES];
    struct analyzed result;
};

static uint32_t add_static(struct scene *scene, struct trace_lock lock)
{
    static uint32_t offset = 0x1000;

    lock.location = TRACE_CODE(scene->module, offset += 64);
    lock.address = offset;
    return recording_lock(scene->rec, lock);
}

static int set_up(void **state)
{
    static struct scene scene;
    struct recording_builder *rec = recording_builder_create();

    scene = (struct scene){.rec = rec};
    scene.module = recording_module(rec, "/bin/program", 0x1000, 0x9000, 0);
    uint32_t first = recording_thread(rec, "main");
    for (size_t i = 0; i < 4; i++)
        scene.threads[i] = recording_create(rec, first, NULL);
    for (size_t i = 0; i < 3; i++)
        scene.locks[i] = add_static(&scene, (struct trace_lock){.kind = TRACE_LOCK_MUTEX});
    for (uint32_t i = 0; i < PLACES; i++)
        scene.stacks[i] =
            recording_stack(rec, 1, (const trace_code_t[]){TRACE_CODE(scene.module, i + 1)});
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    recording_builder_free(scene->rec);
    analyzed_destroy(&scene->result);
    return 0;
}

/* Takes the one at `place`, the other inside it at the next place. */
static void nest(struct scene *scene, size_t thread, uint32_t outer, uint32_t inner, uint32_t place)
{
    uint32_t id = scene->threads[thread];

    recording_at(scene->rec, scene->stacks[place]);
    recording_acquire(scene->rec, id, outer, 0);
    recording_at(scene->rec, scene->stacks[place + 1]);
    recording_acquire(scene->rec, id, inner, 0);
    recording_release(scene->rec, id, inner);
    recording_release(scene->rec, id, outer);
}

static void analyze(struct scene *scene)
{
    analyzed_init(&scene->result, scene->rec, &(struct lock_order_options){0});
    fix_sets_add(&scene->result.arena, &scene->result.execution, NULL, &scene->result.analysis);
}

static const struct fix_set *fixes_of_only_finding(struct scene *scene)
{
    analyze(scene);
    assert_int_equal(scene->result.analysis.finding_count, 1);
    assert_int_equal(scene->result.analysis.fixes_left_out, 0);
    assert_non_null(scene->result.analysis.findings[0].fixes);
    return scene->result.analysis.findings[0].fixes;
}

static const struct fix *find(const struct fix_set *set, enum fix_kind kind, bool is_mistake)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->fixes[i].change.kind == kind && set->fixes[i].is_mistake == is_mistake)
            return &set->fixes[i];
    }
    return NULL;
}

static void assert_verified(const struct fix_set *set, enum fix_kind kind, size_t places)
{
    const struct fix *fix = find(set, kind, false);

    assert_non_null(fix);
    assert_string_equal(fix_rejection_word(fix->verdict.rejection), "");
    assert_true(fix->verdict.verified);
    assert_int_equal(fix->verdict.cycles_before, 1);
    assert_int_equal(fix->verdict.cycles_after, 0);
    assert_int_equal(fix->places, places);
}

static void assert_rejected(const struct fix_set *set, enum fix_kind kind, bool is_mistake,
                            const char *why)
{
    const struct fix *fix = find(set, kind, is_mistake);

    assert_non_null(fix);
    assert_false(fix->verdict.verified);
    assert_string_equal(fix_rejection_word(fix->verdict.rejection), why);
}

static void an_inversion_is_turned_at_one_place(void **state)
{
    struct scene *s = *state;

    nest(s, 0, s->locks[0], s->locks[1], 0);
    nest(s, 1, s->locks[0], s->locks[1], 4);
    nest(s, 2, s->locks[1], s->locks[0], 2);
    const struct fix_set *set = fixes_of_only_finding(s);

    assert_int_equal(set->fixes[0].change.kind, FIX_REORDER);
    assert_int_equal(set->fixes[0].change.nesting_count, 1);
    assert_int_equal(set->fixes[0].change.nestings[0].outer_lock, s->locks[1]);
    assert_false(set->fixes[0].change.by_rank);
    assert_verified(set, FIX_REORDER, 1);
    assert_verified(set, FIX_RECURSIVE_LOCK, 2);
    assert_verified(set, FIX_GATE_LOCK, 3);
    assert_verified(set, FIX_SINGLE_LOCK, 5);
    assert_verified(set, FIX_PRE_ACQUIRE, 3);
    assert_int_equal(set->fixes[0].verdict.scope, FIX_SCOPE_GRAPH_ONLY);
}

static void mistakes_are_told_as_such(void **state)
{
    struct scene *s = *state;

    nest(s, 0, s->locks[0], s->locks[1], 0);
    nest(s, 1, s->locks[1], s->locks[0], 2);
    const struct fix_set *set = fixes_of_only_finding(s);

    assert_rejected(set, FIX_RECURSIVE_LOCK, true, "cycle-stays");
    assert_rejected(set, FIX_GATE_LOCK, true, "cycle-stays");
    assert_true(set->fixes[set->count - 1].is_mistake && set->fixes[set->count - 2].is_mistake);
}

/* a-b and b-a; a third lock lies between them, in either order. */
static void a_merge_takes_in_what_lies_between(void **state)
{
    struct scene *s = *state;

    nest(s, 0, s->locks[0], s->locks[1], 0);
    nest(s, 1, s->locks[1], s->locks[0], 2);
    nest(s, 2, s->locks[0], s->locks[2], 4);
    nest(s, 3, s->locks[2], s->locks[1], 6);
    analyze(s);
    const struct analysis *analysis = &s->result.analysis;
    const struct fix *fix = NULL;

    for (size_t i = 0; i < analysis->finding_count; i++) {
        if (analysis->findings[i].step_count == 2)
            fix = find(analysis->findings[i].fixes, FIX_RECURSIVE_LOCK, false);
    }
    assert_non_null(fix);
    assert_true(fix->verdict.verified);
    assert_int_equal(fix->change.class_count, 3);
    assert_int_equal(fix->places, 3);
}

static void a_new_cycle_is_named(void **state)
{
    struct scene *s = *state;
    uint32_t other = add_static(s, (struct trace_lock){.kind = TRACE_LOCK_RWLOCK});

    nest(s, 0, s->locks[0], s->locks[1], 0);
    nest(s, 1, s->locks[1], s->locks[0], 2);
    nest(s, 2, s->locks[1], other, 4);
    nest(s, 3, other, s->locks[0], 6);
    analyze(s);
    const struct finding *finding = &s->result.analysis.findings[0];

    assert_int_equal(finding->step_count, 2);
    assert_rejected(finding->fixes, FIX_RECURSIVE_LOCK, false, "new-cycle");
    const struct fix *fix = find(finding->fixes, FIX_RECURSIVE_LOCK, false);
    assert_int_equal(fix->verdict.new_cycle_length, 2);
    assert_true(fix->verdict.new_cycle_locks[0] == other ||
                fix->verdict.new_cycle_locks[1] == other);
}

static void reader_writer_locks_are_not_merged(void **state)
{
    struct scene *s = *state;
    uint32_t one = add_static(s, (struct trace_lock){.kind = TRACE_LOCK_RWLOCK});
    uint32_t two = add_static(s, (struct trace_lock){.kind = TRACE_LOCK_RWLOCK});

    nest(s, 0, one, two, 0);
    nest(s, 1, two, one, 2);
    const struct fix_set *set = fixes_of_only_finding(s);

    assert_null(find(set, FIX_RECURSIVE_LOCK, false));
    assert_null(find(set, FIX_SINGLE_LOCK, false));
    assert_verified(set, FIX_REORDER, 1);
}

static void locks_of_two_processes_are_not_merged(void **state)
{
    struct scene *s = *state;
    uint32_t shared =
        add_static(s, (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .flags = TRACE_LOCK_SHARED});

    nest(s, 0, s->locks[0], shared, 0);
    nest(s, 1, shared, s->locks[0], 2);
    assert_null(find(fixes_of_only_finding(s), FIX_RECURSIVE_LOCK, false));
}

/* The end of a thread is where it is. */
static void a_join_is_made_after_releasing(void **state)
{
    struct scene *s = *state;
    uint32_t end = recording_lock(
        s->rec, (struct trace_lock){.kind = TRACE_LOCK_THREAD, .init_thread = s->threads[1]});

    nest(s, 0, s->locks[0], end, 0);
    recording_at(s->rec, s->stacks[2]);
    recording_dependency(s->rec,
                         &(const struct trace_dependency){
                             .thread = s->threads[1], .lock = s->locks[0], .stack = s->stacks[2]},
                         NULL);
    const struct fix_set *set = fixes_of_only_finding(s);

    assert_int_equal(set->count, 1);
    assert_verified(set, FIX_RELEASE_FIRST, 1);
}

static void what_is_held_across_a_wait_is_no_fix(void **state)
{
    struct scene *s = *state;

    nest(s, 0, s->locks[1], s->locks[0], 2);
    recording_at(s->rec, s->stacks[0]);
    recording_acquire(s->rec, s->threads[1], s->locks[0], 0);
    recording_at(s->rec, s->stacks[1]);
    recording_acquire(s->rec, s->threads[1], s->locks[1], TRACE_MODE_WAIT);
    const struct fix_set *set = fixes_of_only_finding(s);

    assert_rejected(set, FIX_RECURSIVE_LOCK, false, "held-across-wait");
    assert_rejected(set, FIX_GATE_LOCK, false, "held-across-wait");
    assert_verified(set, FIX_REORDER, 1);
    assert_int_equal(set->fixes[0].change.nestings[0].outer_lock, s->locks[1]);
}

static void one_class_is_ordered_by_rank(void **state)
{
    struct scene *s = *state;
    uint32_t accounts[3];

    for (uint32_t i = 0; i < 3; i++)
        accounts[i] = recording_lock(s->rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX,
                                                                 .address = 0x8000 + 64 * i,
                                                                 .init_stack = s->stacks[9]});
    nest(s, 0, accounts[0], accounts[1], 0);
    nest(s, 1, accounts[1], accounts[2], 0);
    nest(s, 2, accounts[2], accounts[0], 0);
    const struct fix_set *set = fixes_of_only_finding(s);

    assert_verified(set, FIX_REORDER, 1);
    assert_true(find(set, FIX_REORDER, false)->change.by_rank);
    assert_verified(set, FIX_GATE_LOCK, 1);
    assert_verified(set, FIX_RECURSIVE_LOCK, 2);
    assert_null(find(set, FIX_RECURSIVE_LOCK, true));
}

/* As the library tells of a mutex that its owner locks again. */
static void who_waits_for_itself_gets_a_recursive_lock(void **state)
{
    struct scene *s = *state;

    nest(s, 0, s->locks[0], s->locks[1], 0);
    analyze(s);
    const struct trace_dependency_held held = {
        .lock = s->locks[0], .stack = s->stacks[0], .count = 1};
    const struct dependency dependency = {.thread = s->threads[0],
                                          .lock = s->locks[0],
                                          .stack = s->stacks[5],
                                          .held_count = 1,
                                          .held = &held};
    const struct cycle_step step = {.dependency = &dependency};
    const struct trace_deadlock live = {.sort = TRACE_DEADLOCK_SELF};
    const struct finding finding = {.kind = FINDING_SELF_DEADLOCK,
                                    .execution = &s->result.execution,
                                    .step_count = 1,
                                    .steps = &step,
                                    .live = &live};
    const struct fix_set *set =
        fix_set_make(fix_finder_create(&s->result.arena, &s->result.execution,
                                       s->result.analysis.lock_class, NULL),
                     &finding);

    assert_int_equal(set->count, 2);
    assert_int_equal(set->fixes[0].change.kind, FIX_RECURSIVE_LOCK);
    assert_true(set->fixes[0].change.keeps_apart);
    assert_verified(set, FIX_RECURSIVE_LOCK, 1);
    assert_verified(set, FIX_RELEASE_FIRST, 1);
}

static void what_is_too_much_is_counted(void **state)
{
    struct scene *s = *state;

    for (uint32_t i = 0; i < FIX_SETS_MOST + 7; i++) {
        uint32_t one = add_static(s, (struct trace_lock){.kind = TRACE_LOCK_MUTEX});
        uint32_t two = add_static(s, (struct trace_lock){.kind = TRACE_LOCK_MUTEX});
        nest(s, 0, one, two, 0);
        nest(s, 1, two, one, 2);
    }
    analyze(s);
    assert_int_equal(s->result.analysis.finding_count, FIX_SETS_MOST + 7);
    assert_int_equal(s->result.analysis.fixes_left_out, 7);
    assert_non_null(s->result.analysis.findings[FIX_SETS_MOST - 1].fixes);
    assert_null(s->result.analysis.findings[FIX_SETS_MOST].fixes);
}

/* Two ways to have one circle of classes. */
static void findings_of_the_same_classes_share(void **state)
{
    struct scene *s = *state;
    uint32_t more[2];

    for (uint32_t i = 0; i < 2; i++)
        more[i] = recording_lock(s->rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX,
                                                             .address = 0x8000 + 64 * i,
                                                             .init_stack = s->stacks[9]});
    for (uint32_t i = 0; i < 2; i++) {
        nest(s, 0, s->locks[0], more[i], 0);
        nest(s, 1, more[i], s->locks[0], 2);
    }
    analyze(s);
    assert_int_equal(s->result.analysis.finding_count, 2);
    assert_non_null(s->result.analysis.findings[0].fixes);
    assert_ptr_equal(s->result.analysis.findings[0].fixes, s->result.analysis.findings[1].fixes);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_inversion_is_turned_at_one_place), CASE(mistakes_are_told_as_such),
        CASE(a_merge_takes_in_what_lies_between),  CASE(a_new_cycle_is_named),
        CASE(reader_writer_locks_are_not_merged),  CASE(locks_of_two_processes_are_not_merged),
        CASE(a_join_is_made_after_releasing),      CASE(what_is_held_across_a_wait_is_no_fix),
        CASE(one_class_is_ordered_by_rank),        CASE(who_waits_for_itself_gets_a_recursive_lock),
        CASE(what_is_too_much_is_counted),         CASE(findings_of_the_same_classes_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
