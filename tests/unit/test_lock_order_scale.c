/* Long cycles, deep nesting, many threads, and a search that has to give up. */
#include <time.h>
#include "tests/unit/lock_order_scene.h"

static void reports_cycle_of_thirty_locks(void **state)
{
    struct scene *s = *state;
    uint32_t locks[30];
    for (size_t i = 0; i < 30; i++)
        locks[i] = recording_mutex(s->rec);
    for (size_t i = 0; i < 30; i++) {
        uint32_t thread = recording_create(s->rec, s->main, NULL);
        RECORDING_NEST(s->rec, thread, locks[i], locks[(i + 1) % 30]);
    }
    assert_findings(s, 1);
    assert_int_equal(s->result.analysis.findings[0].step_count, 30);
    assert_steps_fit(s->result.analysis.findings[0].steps, 30);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void reports_inversion_at_the_end_of_thousand_deep_nesting(void **state)
{
    enum { DEPTH = 1000 };
    struct scene *s = *state;
    uint32_t locks[DEPTH];
    for (size_t i = 0; i < DEPTH; i++)
        locks[i] = recording_mutex(s->rec);
    recording_nest(s->rec, s->main, DEPTH, locks);
    recording_nest(s->rec, s->one, DEPTH, locks);
    recording_nest(s->rec, s->two, DEPTH, locks);
    RECORDING_NEST(s->rec, s->two, locks[DEPTH - 1], locks[DEPTH - 2]);

    double start = seconds();
    assert_findings(s, 1);
    assert_true(seconds() - start < 10);
}

static void a_hundred_threads_in_both_directions_are_one_finding(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < 100; i++) {
        uint32_t thread = recording_create(s->rec, s->main, "pool");
        RECORDING_NEST(s->rec, thread, s->a, s->b);
        RECORDING_NEST(s->rec, thread, s->b, s->a);
    }
    double start = seconds();
    assert_findings(s, 1);
    assert_true(seconds() - start < 1);
    assert_int_equal(s->result.analysis.findings[0].steps[0].similar, 99);
}

static void a_hundred_threads_under_a_gate_are_quickly_dismissed(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < 100; i++) {
        uint32_t thread = recording_create(s->rec, s->main, "pool");
        RECORDING_NEST(s->rec, thread, s->c, s->a, s->b);
        RECORDING_NEST(s->rec, thread, s->c, s->b, s->a);
    }
    double start = seconds();
    assert_dismissed(s, DISMISSAL_GATE_LOCK);
    assert_true(seconds() - start < 1);
}

static void says_when_the_search_stopped(void **state)
{
    enum { LOCKS = 24 };
    struct scene *s = *state;
    uint32_t locks[LOCKS];
    for (size_t i = 0; i < LOCKS; i++)
        locks[i] = recording_mutex(s->rec);
    for (size_t i = 0; i < LOCKS; i++) {
        uint32_t thread = recording_create(s->rec, s->main, NULL);
        for (size_t j = 0; j < LOCKS; j++) {
            if (j != i)
                RECORDING_NEST(s->rec, thread, locks[i], locks[j]);
        }
    }
    analyzed_init(&s->result, s->rec, &(struct lock_order_options){.search_limit = 20000});
    assert_int_equal(s->result.analysis.bound_hit, 20000);
    /* Every pair is a cycle of its own, and the short ones come first. */
    assert_true(s->result.analysis.finding_count >= LOCKS * (LOCKS - 1) / 2);
    assert_int_equal(s->result.analysis.findings[LOCKS * (LOCKS - 1) / 2 - 1].step_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_CASE(reports_cycle_of_thirty_locks),
        SCENE_CASE(reports_inversion_at_the_end_of_thousand_deep_nesting),
        SCENE_CASE(a_hundred_threads_in_both_directions_are_one_finding),
        SCENE_CASE(a_hundred_threads_under_a_gate_are_quickly_dismissed),
        SCENE_CASE(says_when_the_search_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
