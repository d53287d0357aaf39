/* What a set of events has to take in, and how a set is run in another order. Events are counted
 * from 1 in each thread; a lock that is waited for counts two, its request and its being taken. */
#include "tests/unit/unit.h"

#include "analyzer/schedule/closure.h"
#include "analyzer/schedule/reversal.h"
#include "analyzer/schedule/witness.h"
#include "tests/support/trace_text.h"

struct scene {
    struct arena arena;
    struct abstract_requests requests;
    struct schedule_index *index;
    struct closure *closure;
};

static int set_up(void **state)
{
    static struct scene scene;
    arena_init(&scene.arena, (size_t)1 << 28);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    arena_destroy(&scene->arena);
    return 0;
}

/* Threads are numbered in the order they appear. */
static void begin(struct scene *scene, const char *text, enum closure_rule rule)
{
    const struct sync_trace *trace = trace_from_text(&scene->arena, text);
    abstract_requests_collect(&scene->arena, trace, &scene->requests);
    scene->index = schedule_index_create(&scene->arena, &scene->requests);
    scene->closure = scene->index->closure;
    closure_begin(scene->closure, rule);
}

static void an_edge_takes_in_what_comes_before(void **state)
{
    struct scene *s = *state;
    begin(s, "0 w x;0 w y;1 r x;1 w z;2 r z", CLOSURE_IN_ORDER);
    assert_true(closure_add(s->closure, 2, 1));
    assert_int_equal(closure_reach(s->closure, 1), 2);
    assert_int_equal(closure_reach(s->closure, 0), 1);
}

static void of_two_sections_the_earlier_is_over(void **state)
{
    struct scene *s = *state;
    begin(s, "0 acq A;0 w x;0 rel A;0 w x;1 acq A;1 rel A", CLOSURE_IN_ORDER);
    assert_true(closure_add(s->closure, 1, 2));
    assert_int_equal(closure_reach(s->closure, 0), 0);
    assert_true(closure_add(s->closure, 0, 2));
    assert_int_equal(closure_reach(s->closure, 0), 4);
}

static void a_section_that_never_ends_fails_it(void **state)
{
    struct scene *s = *state;
    begin(s, "0 acq A;0 rel A;1 acq A", CLOSURE_IN_ORDER);
    assert_true(closure_add(s->closure, 1, 2));
    assert_true(closure_add(s->closure, 0, 2));
    begin(s, "0 acq A;0 w x;1 acq A", CLOSURE_IN_ORDER);
    assert_true(closure_add(s->closure, 0, 2));
    assert_false(closure_add(s->closure, 1, 2));
}

/* The writer is neither thread's last section of the lock: that would not be seen by looking at
 * those alone. */
static void readers_come_after_the_latest_writer_inside(void **state)
{
    struct scene *s = *state;
    begin(s, "0 racq A;0 rrel A;1 acq A;1 rel A;1 racq A;1 rrel A;2 racq A;2 rrel A",
          CLOSURE_IN_ORDER);
    assert_true(closure_add(s->closure, 0, 2));
    assert_true(closure_add(s->closure, 2, 2));
    assert_int_equal(closure_reach(s->closure, 0), 2);
    assert_true(closure_add(s->closure, 1, 5));
    assert_int_equal(closure_reach(s->closure, 0), 3);
    assert_int_equal(closure_reach(s->closure, 1), 5);
    assert_int_equal(closure_reach(s->closure, 2), 2);
}

static void a_reader_before_the_writer_is_over(void **state)
{
    struct scene *s = *state;
    begin(s, "0 racq A;0 rrel A;1 acq A;1 rel A;2 racq A;2 rrel A", CLOSURE_IN_ORDER);
    assert_true(closure_add(s->closure, 1, 2));
    assert_true(closure_add(s->closure, 2, 2));
    assert_int_equal(closure_reach(s->closure, 1), 3);
    assert_int_equal(closure_reach(s->closure, 0), 0);
    assert_true(closure_add(s->closure, 0, 2));
    assert_int_equal(closure_reach(s->closure, 0), 3);
}

static void data_takes_in_the_section_before(void **state)
{
    struct scene *s = *state;
    begin(s, "0 acq A;0 rel A;1 acq A;1 rel A", CLOSURE_DATA);
    assert_true(closure_add(s->closure, 1, 2));
    assert_int_equal(closure_reach(s->closure, 0), 3);
}

static void a_read_is_no_order_of_the_program(void **state)
{
    struct scene *s = *state;
    begin(s, "0 w x;0 create 1;1 begin;1 r y;2 r x", CLOSURE_MUST);
    assert_true(closure_add(s->closure, 1, 2));
    assert_int_equal(closure_reach(s->closure, 0), 2);
    closure_begin(s->closure, CLOSURE_MUST);
    assert_true(closure_add(s->closure, 2, 1));
    assert_int_equal(closure_reach(s->closure, 0), 0);
}

static void reversal_puts_an_open_section_last(void **state)
{
    struct scene *s = *state;
    const uint32_t *order;
    size_t count;
    begin(s, "0 acq A;0 acq B;0 rel B;0 rel A;1 acq A;1 rel A", CLOSURE_ENDED);
    struct reversal *reversal = reversal_create(&s->arena, s->index);
    closure_keep_open(s->closure, 0, 3, 1);
    assert_true(closure_add(s->closure, 0, 2));
    assert_true(closure_add(s->closure, 1, 2));
    assert_int_equal(closure_reach(s->closure, 1), 3);
    assert_true(reversal_run(reversal, s->closure, &order, &count));
    assert_int_equal(count, 5);
    assert_int_equal(order[4], 1); /* where 0 takes A */
}

static void reversal_gets_stuck_where_nothing_can_happen(void **state)
{
    struct scene *s = *state;
    const uint32_t *order;
    size_t count;
    begin(s, "0 acq A;0 w x;0 acq B;0 rel B;0 rel A;1 r x;1 acq A;1 rel A", CLOSURE_ENDED);
    struct reversal *reversal = reversal_create(&s->arena, s->index);
    closure_keep_open(s->closure, 0, 4, 1);
    assert_true(closure_add(s->closure, 0, 3));
    assert_true(closure_add(s->closure, 1, 3));
    assert_false(reversal_run(reversal, s->closure, &order, &count));
}

#define SCENE_CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_CASE(an_edge_takes_in_what_comes_before),
        SCENE_CASE(of_two_sections_the_earlier_is_over),
        SCENE_CASE(a_section_that_never_ends_fails_it),
        SCENE_CASE(readers_come_after_the_latest_writer_inside),
        SCENE_CASE(a_reader_before_the_writer_is_over),
        SCENE_CASE(data_takes_in_the_section_before),
        SCENE_CASE(a_read_is_no_order_of_the_program),
        SCENE_CASE(reversal_puts_an_open_section_last),
        SCENE_CASE(reversal_gets_stuck_where_nothing_can_happen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
