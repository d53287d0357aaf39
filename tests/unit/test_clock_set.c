/* Shared vector clocks against plain vectors. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/predict/clock_set.h"

enum { THREADS = 37, CLOCKS = 64, OPERATIONS = 100000 };

struct scene {
    struct arena arena;
    struct clock_set set;
};

static int set_up(void **state)
{
    static struct scene scene;
    arena_init(&scene.arena, 0);
    clock_set_init(&scene.set, &scene.arena, THREADS, UINT64_MAX);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    arena_destroy(&((struct scene *)*state)->arena);
    return 0;
}

static void the_empty_clock_knows_nothing(void **state)
{
    struct scene *s = *state;
    for (uint32_t i = 0; i < THREADS; i++)
        assert_int_equal(clock_get(&s->set, NULL, i), 0);
}

static void raising_leaves_the_clock_it_came_from(void **state)
{
    struct scene *s = *state;
    const struct clock_node *one = clock_raise(&s->set, NULL, 5, 7);
    const struct clock_node *two = clock_raise(&s->set, one, 6, 1);

    assert_int_equal(clock_get(&s->set, one, 5), 7);
    assert_int_equal(clock_get(&s->set, one, 6), 0);
    assert_int_equal(clock_get(&s->set, two, 5), 7);
    assert_int_equal(clock_get(&s->set, two, 6), 1);
}

static void raising_to_less_changes_nothing(void **state)
{
    struct scene *s = *state;
    const struct clock_node *clock = clock_raise(&s->set, NULL, 5, 7);
    assert_ptr_equal(clock_raise(&s->set, clock, 5, 6), clock);
}

static void joining_with_less_makes_nothing_new(void **state)
{
    struct scene *s = *state;
    const struct clock_node *less = clock_raise(&s->set, NULL, 5, 7);
    const struct clock_node *more = clock_raise(&s->set, less, 20, 1);

    assert_ptr_equal(clock_join(&s->set, less, more), more);
    assert_ptr_equal(clock_join(&s->set, more, less), more);
    assert_ptr_equal(clock_join(&s->set, more, NULL), more);
    assert_ptr_equal(clock_join(&s->set, NULL, more), more);
}

static void agrees_with_plain_vectors(void **state)
{
    struct scene *s = *state;
    static uint64_t plain[CLOCKS][THREADS];
    const struct clock_node *clocks[CLOCKS] = {NULL};
    unsigned seed = 1;

    memset(plain, 0, sizeof plain);
    for (size_t i = 0; i < OPERATIONS; i++) {
        size_t to = (size_t)rand_r(&seed) % CLOCKS, from = (size_t)rand_r(&seed) % CLOCKS;
        uint32_t thread = (uint32_t)rand_r(&seed) % THREADS;
        uint64_t value = (uint64_t)rand_r(&seed) % 1000 + 1;
        switch (rand_r(&seed) % 3) {
        case 0:
            clocks[to] = clock_raise(&s->set, clocks[to], thread, value);
            plain[to][thread] = value > plain[to][thread] ? value : plain[to][thread];
            break;
        case 1:
            clocks[to] = clock_join(&s->set, clocks[to], clocks[from]);
            for (size_t j = 0; j < THREADS; j++)
                plain[to][j] = plain[from][j] > plain[to][j] ? plain[from][j] : plain[to][j];
            break;
        default: /* forget, or everything would soon be at its highest */
            clocks[to] = NULL;
            memset(plain[to], 0, sizeof plain[to]);
            break;
        }
        for (uint32_t j = 0; j < THREADS; j++)
            assert_int_equal(clock_get(&s->set, clocks[to], j), plain[to][j]);
    }
}

static void without_work_left_clocks_only_know_less(void **state)
{
    struct scene *s = *state;
    const struct clock_node *left = NULL, *right = NULL;
    for (uint32_t i = 0; i < THREADS; i += 2)
        left = clock_raise(&s->set, left, i, 3);
    for (uint32_t i = 1; i < THREADS; i += 2)
        right = clock_raise(&s->set, right, i, 4);

    s->set.work_left = 5;
    const struct clock_node *joined = clock_join(&s->set, left, right);
    for (uint32_t i = 0; i < THREADS; i++)
        assert_true(clock_get(&s->set, joined, i) <= (i % 2 == 0 ? 3 : 4));
    assert_int_equal(s->set.work_left, 0);
    assert_ptr_equal(clock_raise(&s->set, left, 1, 9), left);
}

static void a_single_thread_has_a_clock_too(void **state)
{
    struct scene *s = *state;
    struct clock_set set;
    clock_set_init(&set, &s->arena, 1, UINT64_MAX);
    const struct clock_node *clock = clock_raise(&set, NULL, 0, 2);
    assert_int_equal(clock_get(&set, clock, 0), 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_empty_clock_knows_nothing),   CASE(raising_leaves_the_clock_it_came_from),
        CASE(raising_to_less_changes_nothing), CASE(joining_with_less_makes_nothing_new),
        CASE(agrees_with_plain_vectors),       CASE(without_work_left_clocks_only_know_less),
        CASE(a_single_thread_has_a_clock_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
