/* Cycles between classes of locks that no instances close: counted, listed if asked for. */
#include "tests/unit/unit.h"

#include "tests/support/analyzed.h"

enum { PLACE_HEAD = 0x100, PLACE_BODY = 0x200 };

struct scene {
    struct recording_builder *rec;
    uint32_t main, one, two;
    uint32_t head[3], body[3]; /* two classes by where they were initialised */
    struct analyzed result;
};

/* A mutex initialised at `place`. */
static uint32_t make_lock(struct scene *s, trace_code_t place)
{
    uint32_t stack = recording_stack(s->rec, 2, (const trace_code_t[]){place, 0x999});
    return recording_lock(s->rec,
                          (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .init_stack = stack});
}

static int set_up(void **state)
{
    static struct scene scene;

    scene = (struct scene){.rec = recording_builder_create()};
    scene.main = recording_thread(scene.rec, "main");
    scene.one = recording_create(scene.rec, scene.main, "one");
    scene.two = recording_create(scene.rec, scene.main, "two");
    for (size_t i = 0; i < 3; i++) {
        scene.head[i] = make_lock(&scene, PLACE_HEAD);
        scene.body[i] = make_lock(&scene, PLACE_BODY);
    }
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

static void assert_counts(struct scene *s, size_t findings, size_t class_only)
{
    analyzed_init(&s->result, s->rec, &(struct lock_order_options){.class_order = true});
    assert_int_equal(s->result.analysis.finding_count, findings);
    assert_int_equal(s->result.analysis.class_only_count, class_only);
    if (class_only > 0)
        assert_non_null(s->result.analysis.class_only);
}

static void counts_two_classes_in_both_orders_by_other_instances(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->head[0], s->body[0]);
    RECORDING_NEST(s->rec, s->two, s->body[1], s->head[1]);

    assert_counts(s, 0, 1);
    const struct finding *cycle = &s->result.analysis.class_only[0];
    assert_int_equal(cycle->step_count, 2);
    assert_int_equal(cycle->steps[0].dependency->thread, s->one);
    assert_int_equal(cycle->steps[1].dependency->thread, s->two);
}

static void does_not_count_what_instances_close(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->head[0], s->body[0]);
    RECORDING_NEST(s->rec, s->two, s->body[0], s->head[0]);
    assert_counts(s, 1, 0);
}

static void does_not_count_what_dismissed_instances_close(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->head[0], s->body[0]);
    RECORDING_NEST(s->rec, s->one, s->body[0], s->head[0]);
    assert_counts(s, 0, 0);
}

static void counts_a_cycle_of_which_instances_close_a_part(void **state)
{
    struct scene *s = *state;
    uint32_t other = recording_mutex(s->rec);
    RECORDING_NEST(s->rec, s->main, s->body[0], s->head[0]);
    RECORDING_NEST(s->rec, s->one, s->head[0], other);
    RECORDING_NEST(s->rec, s->two, other, s->body[0]);
    RECORDING_NEST(s->rec, s->one, s->head[1], s->body[1]);
    assert_counts(s, 1, 1);
    assert_int_equal(s->result.analysis.class_only[0].step_count, 2);
}

static void counts_a_class_nested_in_itself_once(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->head[0], s->head[1]);
    RECORDING_NEST(s->rec, s->two, s->head[1], s->head[2]);

    assert_counts(s, 0, 1);
    assert_int_equal(s->result.analysis.class_only[0].step_count, 1);
}

static void assert_nesting(struct scene *s, size_t upward, size_t declared, bool is_ordered)
{
    assert_counts(s, 0, 1);
    const struct finding *cycle = &s->result.analysis.class_only[0];
    assert_int_equal(cycle->nesting.count, 2);
    assert_int_equal(cycle->nesting.upward, upward);
    assert_int_equal(cycle->nesting.declared, declared);
    assert_int_equal(s->result.analysis.class_only_ordered, is_ordered);
}

static uint32_t lock_at(struct scene *s, uint64_t address)
{
    uint32_t stack = recording_stack(s->rec, 2, (const trace_code_t[]){PLACE_HEAD, 0x999});
    return recording_lock(
        s->rec,
        (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .init_stack = stack, .address = address});
}

static void nesting_in_the_order_of_addresses_is_ordered(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, lock_at(s, 0x10), lock_at(s, 0x20));
    RECORDING_NEST(s->rec, s->two, lock_at(s, 0x30), lock_at(s, 0x40));
    assert_nesting(s, 2, 0, true);
}

static void so_is_the_other_way_round(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, lock_at(s, 0x20), lock_at(s, 0x10));
    RECORDING_NEST(s->rec, s->two, lock_at(s, 0x40), lock_at(s, 0x30));
    assert_nesting(s, 0, 0, true);
}

static void nesting_in_either_order_of_addresses_is_not(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, lock_at(s, 0x10), lock_at(s, 0x20));
    RECORDING_NEST(s->rec, s->two, lock_at(s, 0x40), lock_at(s, 0x30));
    assert_nesting(s, 1, 0, false);
}

static void does_not_count_nesting_that_instances_invert(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->head[0], s->head[1]);
    RECORDING_NEST(s->rec, s->two, s->head[1], s->head[0]);
    assert_counts(s, 1, 0);
}

static void static_locks_are_classes_of_their_own(void **state)
{
    struct scene *s = *state;
    uint32_t x = recording_lock(
        s->rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .location = TRACE_CODE(1, 0x10)});
    uint32_t y = recording_lock(
        s->rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .location = TRACE_CODE(1, 0x20)});
    RECORDING_NEST(s->rec, s->one, x, y);
    assert_counts(s, 0, 0);
}

static void locks_never_initialised_are_classed_by_first_use(void **state)
{
    struct scene *s = *state;
    uint32_t stack = recording_stack(s->rec, 1, (const trace_code_t[]){0x700});
    uint32_t x =
        recording_lock(s->rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .first_stack = stack});
    uint32_t y =
        recording_lock(s->rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .first_stack = stack});
    RECORDING_NEST(s->rec, s->one, x, y);
    assert_counts(s, 0, 1);
}

static void locks_of_unknown_birth_share_no_class(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, recording_mutex(s->rec), recording_mutex(s->rec));
    assert_counts(s, 0, 0);
}

static void callers_far_out_do_not_part_a_class(void **state)
{
    struct scene *s = *state;
    uint32_t stacks[2], locks[2];
    for (uint32_t i = 0; i < 2; i++) {
        const trace_code_t frames[] = {1, 2, 3, 0x1000 + i};
        stacks[i] = recording_stack(s->rec, 4, frames);
        locks[i] = recording_lock(
            s->rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .init_stack = stacks[i]});
    }
    RECORDING_NEST(s->rec, s->one, locks[0], locks[1]);
    assert_counts(s, 0, 1);
}

static void does_not_count_tries(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->head[0], s->body[0]);
    recording_acquire(s->rec, s->two, s->body[1], 0);
    recording_acquire(s->rec, s->two, s->head[1], TRACE_MODE_TRY);
    assert_counts(s, 0, 0);
}

static void does_not_count_classes_under_one_gate(void **state)
{
    struct scene *s = *state;
    uint32_t gate = recording_mutex(s->rec);
    RECORDING_NEST(s->rec, s->one, gate, s->head[0], s->body[0]);
    RECORDING_NEST(s->rec, s->two, gate, s->body[1], s->head[1]);
    assert_counts(s, 0, 0);
}

static void lists_nothing_unless_asked(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->head[0], s->head[1]);
    analyzed_init(&s->result, s->rec, &(struct lock_order_options){0});
    assert_int_equal(s->result.analysis.class_only_count, 1);
    assert_null(s->result.analysis.class_only);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(counts_two_classes_in_both_orders_by_other_instances),
        CASE(does_not_count_what_instances_close),
        CASE(does_not_count_what_dismissed_instances_close),
        CASE(counts_a_cycle_of_which_instances_close_a_part),
        CASE(counts_a_class_nested_in_itself_once),
        CASE(nesting_in_the_order_of_addresses_is_ordered),
        CASE(so_is_the_other_way_round),
        CASE(nesting_in_either_order_of_addresses_is_not),
        CASE(does_not_count_nesting_that_instances_invert),
        CASE(static_locks_are_classes_of_their_own),
        CASE(locks_never_initialised_are_classed_by_first_use),
        CASE(locks_of_unknown_birth_share_no_class),
        CASE(callers_far_out_do_not_part_a_class),
        CASE(does_not_count_tries),
        CASE(does_not_count_classes_under_one_gate),
        CASE(lists_nothing_unless_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
