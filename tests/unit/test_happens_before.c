/* What creation and join order, and what they do not. Threads are named by their id; the first
 * is 1. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "analyzer/predict/happens_before.h"
#include "tests/support/analyzed.h"

struct scene {
    struct recording_builder *rec;
    struct analyzed loaded;
    struct happens_before *order;
    uint32_t main;
};

static int set_up(void **state)
{
    static struct scene scene;
    scene = (struct scene){.rec = recording_builder_create()};
    scene.main = recording_thread(scene.rec, NULL);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    recording_builder_free(scene->rec);
    analyzed_destroy(&scene->loaded);
    return 0;
}

static void make_order(struct scene *s)
{
    analyzed_load(&s->loaded, s->rec);
    s->order = happens_before_create(&s->loaded.arena, &s->loaded.execution);
}

/* Builder ids are dense, so that an id is its thread's position plus one. */
static struct segment_ref ref(uint32_t thread, uint32_t segment)
{
    return (struct segment_ref){thread - 1, segment};
}

static bool is_before(struct scene *s, uint32_t a, uint32_t a_segment, uint32_t b,
                      uint32_t b_segment)
{
    return happens_before_is_ordered(s->order, ref(a, a_segment), ref(b, b_segment));
}

static void a_create_orders_what_came_before_it(void **state)
{
    struct scene *s = *state;
    uint32_t child = recording_create(s->rec, s->main, NULL);
    make_order(s);

    assert_true(is_before(s, s->main, 0, child, 0));
    assert_false(is_before(s, s->main, 1, child, 0));
    assert_false(is_before(s, child, 0, s->main, 1));
}

static void a_join_orders_all_of_the_thread_before_what_follows(void **state)
{
    struct scene *s = *state;
    uint32_t child = recording_create(s->rec, s->main, NULL);
    recording_fork(s->rec, child, 0);
    recording_join(s->rec, s->main, child);
    make_order(s);

    assert_true(is_before(s, child, 0, s->main, 2));
    assert_true(is_before(s, child, 1, s->main, 2));
    assert_false(is_before(s, child, 0, s->main, 1));
}

static void order_passes_through_other_threads(void **state)
{
    struct scene *s = *state;
    uint32_t child = recording_create(s->rec, s->main, NULL);
    uint32_t grandchild = recording_create(s->rec, child, NULL);
    recording_join(s->rec, child, grandchild);
    recording_join(s->rec, s->main, child);
    uint32_t later = recording_create(s->rec, s->main, NULL);
    make_order(s);

    assert_true(is_before(s, s->main, 0, grandchild, 0));
    assert_true(is_before(s, grandchild, 0, s->main, 2));
    assert_true(is_before(s, grandchild, 0, later, 0));
    assert_false(is_before(s, s->main, 1, grandchild, 0));
}

static void siblings_are_not_ordered(void **state)
{
    struct scene *s = *state;
    uint32_t one = recording_create(s->rec, s->main, NULL);
    uint32_t two = recording_create(s->rec, s->main, NULL);
    make_order(s);

    assert_false(is_before(s, one, 0, two, 0));
    assert_false(is_before(s, two, 0, one, 0));
}

static void names_the_event_that_orders(void **state)
{
    struct scene *s = *state;
    uint32_t one = recording_create(s->rec, s->main, NULL);
    recording_join(s->rec, s->main, one);
    uint32_t two = recording_create(s->rec, s->main, NULL);
    make_order(s);
    const struct segment_start *join =
        happens_before_first_event(s->order, ref(one, 0), ref(two, 0));
    const struct segment_start *create =
        happens_before_first_event(s->order, ref(s->main, 1), ref(two, 0));

    assert_int_equal(join->cause, TRACE_SEGMENT_JOIN);
    assert_int_equal(join->other, one);
    assert_int_equal(create->cause, TRACE_SEGMENT_CREATE);
    assert_int_equal(create->other, two);
}

static void put_segment(struct scene *s, uint32_t thread, uint32_t segment, uint32_t cause,
                        uint32_t other)
{
    const struct trace_segment record = {
        .thread = thread, .segment = segment, .cause = cause, .other = other};
    recording_raw(s->rec, TRACE_SEGMENT, (const char *)&record + 8, sizeof record - 8);
}

static void a_create_stands_in_for_a_thread_that_names_no_parent(void **state)
{
    struct scene *s = *state;
    uint32_t child = recording_thread(s->rec, NULL);
    put_segment(s, s->main, 1, TRACE_SEGMENT_CREATE, child);
    make_order(s);

    assert_true(is_before(s, s->main, 0, child, 0));
    assert_false(is_before(s, s->main, 1, child, 0));
}

static void put_thread(struct scene *s, uint32_t id, uint32_t parent, uint32_t segment)
{
    const struct trace_thread record = {.id = id, .parent = parent, .parent_segment = segment};
    recording_raw(s->rec, TRACE_THREAD, (const char *)&record + 8, sizeof record - 8);
}

static void threads_that_create_each_other_end_in_some_order(void **state)
{
    struct scene *s = *state;
    put_thread(s, 2, 3, 5);
    put_thread(s, 3, 2, 5);
    put_thread(s, 4, 4, 0);
    put_segment(s, 2, 6, TRACE_SEGMENT_CREATE, 3);
    put_segment(s, 3, 6, TRACE_SEGMENT_CREATE, 2);
    put_segment(s, 4, 1, TRACE_SEGMENT_JOIN, 4);
    make_order(s);

    assert_false(is_before(s, 2, 0, 3, 0) && is_before(s, 3, 0, 2, 0));
}

static void threads_that_join_each_other_end_in_some_order(void **state)
{
    struct scene *s = *state;
    uint32_t one = recording_create(s->rec, s->main, NULL);
    uint32_t two = recording_create(s->rec, s->main, NULL);
    recording_join(s->rec, one, two);
    recording_join(s->rec, two, one);
    make_order(s);

    assert_false(is_before(s, one, 0, two, 1) && is_before(s, two, 0, one, 1));
}

static void a_join_in_a_parent_still_starting_others_is_no_contradiction(void **state)
{
    struct scene *s = *state;
    uint32_t joiner = recording_create(s->rec, s->main, NULL);
    uint32_t early = recording_create(s->rec, s->main, NULL);
    recording_join(s->rec, joiner, early);
    recording_join(s->rec, s->main, joiner);
    make_order(s);

    assert_true(is_before(s, early, 0, joiner, 1));
    assert_true(is_before(s, early, 0, s->main, 3));
}

static void ten_thousand_threads_one_after_the_other_are_fast(void **state)
{
    enum { COUNT = 10000 };
    struct scene *s = *state;
    uint32_t first = 0, last = 0;
    struct timespec start, end;
    for (size_t i = 0; i < COUNT; i++) {
        last = recording_create(s->rec, s->main, NULL);
        if (i == 0)
            first = last;
        recording_join(s->rec, s->main, last);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    make_order(s);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);

    assert_true(end.tv_sec - start.tv_sec < 5);
    assert_true(is_before(s, first, 0, last, 0));
    assert_false(is_before(s, last, 0, first, 0));
    assert_true(is_before(s, s->main, 2 * COUNT - 2, last, 0));
    assert_false(is_before(s, s->main, 2 * COUNT - 1, last, 0));
    assert_true(s->loaded.arena.used_bytes < 256u << 20);
}

/* Reachability over segments by plain search, against random families of threads. */
enum { SOME_THREADS = 8, SOME_SEGMENTS = 64 };

static bool edges[SOME_THREADS * SOME_SEGMENTS][SOME_THREADS * SOME_SEGMENTS];

static size_t at(uint32_t thread, uint32_t segment)
{
    return (size_t)(thread - 1) * SOME_SEGMENTS + segment;
}

static uint32_t make_family(struct scene *s, unsigned *seed, uint32_t segments[SOME_THREADS])
{
    bool joined[SOME_THREADS] = {false};
    uint32_t count = 1;

    memset(edges, 0, sizeof edges);
    memset(segments, 0, SOME_THREADS * sizeof *segments);
    for (size_t i = 0; i < 24; i++) {
        uint32_t thread = (uint32_t)rand_r(seed) % count + 1;
        uint32_t other = (uint32_t)rand_r(seed) % count + 1;
        if (joined[thread - 1])
            continue;
        if (rand_r(seed) % 2 == 0 && count < SOME_THREADS) {
            other = recording_create(s->rec, thread, NULL);
            edges[at(thread, segments[thread - 1])][at(other, 0)] = true;
            count++;
        } else if (other != thread && !joined[other - 1]) {
            joined[other - 1] = true;
            recording_join(s->rec, thread, other);
            edges[at(other, segments[other - 1])][at(thread, segments[thread - 1] + 1)] = true;
        } else {
            recording_fork(s->rec, thread, 0);
        }
        edges[at(thread, segments[thread - 1])][at(thread, segments[thread - 1] + 1)] = true;
        segments[thread - 1]++;
    }
    return count;
}

static bool can_reach(size_t from, size_t to)
{
    size_t stack[SOME_THREADS * SOME_SEGMENTS], depth = 0;
    bool seen[SOME_THREADS * SOME_SEGMENTS] = {false};

    stack[depth++] = from;
    while (depth > 0) {
        size_t node = stack[--depth];
        for (size_t next = 0; next < SOME_THREADS * SOME_SEGMENTS; next++) {
            if (edges[node][next] && !seen[next]) {
                seen[next] = true;
                stack[depth++] = next;
            }
        }
    }
    return seen[to];
}

static void agrees_with_plain_reachability(void **state)
{
    struct scene *s = *state;
    uint32_t segments[SOME_THREADS];
    unsigned seed = 1;

    for (size_t i = 0; i < 40; i++) {
        uint32_t count = make_family(s, &seed, segments);
        make_order(s);
        for (uint32_t a = 1; a <= count; a++) {
            for (uint32_t b = 1; b <= count; b++) {
                uint32_t x = (uint32_t)rand_r(&seed) % (segments[a - 1] + 1);
                uint32_t y = (uint32_t)rand_r(&seed) % (segments[b - 1] + 1);
                if (a != b)
                    assert_int_equal(is_before(s, a, x, b, y), can_reach(at(a, x), at(b, y)));
                if (a != b && is_before(s, a, x, b, y))
                    assert_non_null(happens_before_first_event(s->order, ref(a, x), ref(b, y)));
            }
        }
        tear_down(state);
        set_up(state);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_create_orders_what_came_before_it),
        CASE(a_join_orders_all_of_the_thread_before_what_follows),
        CASE(order_passes_through_other_threads),
        CASE(siblings_are_not_ordered),
        CASE(names_the_event_that_orders),
        CASE(a_create_stands_in_for_a_thread_that_names_no_parent),
        CASE(threads_that_create_each_other_end_in_some_order),
        CASE(threads_that_join_each_other_end_in_some_order),
        CASE(a_join_in_a_parent_still_starting_others_is_no_contradiction),
        CASE(ten_thousand_threads_one_after_the_other_are_fast),
        CASE(agrees_with_plain_reachability),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
