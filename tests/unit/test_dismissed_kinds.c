/* Cycles set aside are told once for each kind: classes of locks in an order, and a reason. */
#include <time.h>
#include "tests/unit/lock_order_scene.h"

enum { MANY = 500 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint32_t lock_born_at(struct scene *s, uint32_t stack)
{
    return recording_lock(s->rec,
                          (struct trace_lock){.kind = TRACE_LOCK_MUTEX, .init_stack = stack});
}

static uint32_t place(struct scene *s, trace_code_t code)
{
    return recording_stack(s->rec, 1, &code);
}

static const struct analysis *analyze(struct scene *s)
{
    analyzed_init(&s->result, s->rec, &(struct lock_order_options){.keep_dismissed = true});
    return &s->result.analysis;
}

static size_t instances(const struct analysis *analysis)
{
    size_t count = 0;
    for (size_t i = 0; i < analysis->dismissed_count; i++)
        count += analysis->dismissed[i].instances;
    return count;
}

static void make_locks(struct scene *s, size_t count, uint32_t *locks)
{
    uint32_t born = place(s, 1);
    for (size_t i = 0; i < count; i++)
        locks[i] = lock_born_at(s, born);
}

/* Every pair in both orders; under the lock `gate`, unless it is 0, by another thread each way. */
static void take_all_pairs(struct scene *s, size_t count, const uint32_t *locks, uint32_t gate)
{
    if (gate != 0) {
        recording_acquire(s->rec, s->one, gate, 0);
        recording_acquire(s->rec, s->two, gate, 0);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (i != j)
                RECORDING_NEST(s->rec, gate != 0 && i > j ? s->two : s->one, locks[i], locks[j]);
        }
    }
}

/* No more kinds than lengths and reasons, of which the pairs have this one; and quickly. */
static void assert_few_kinds(struct scene *s, enum dismissal reason)
{
    double start = seconds();
    const struct analysis *analysis = analyze(s);

    assert_true(seconds() - start < 10);
    assert_int_equal(analysis->finding_count, 0);
    assert_int_equal(analysis->bound_hit, 0);
    assert_in_range(analysis->dismissed_count, 1, 10);
    assert_int_equal(analysis->dismissed[0].step_count, 2);
    assert_string_equal(dismissal_word(analysis->dismissed[0].reason), dismissal_word(reason));
    assert_in_range(analysis->dismissed[0].instances, 100000, (uintmax_t)MANY * (MANY - 1) / 2);
    /* They are too many to be all seen, and that is said. */
    assert_int_not_equal(analysis->dismissed_bound_hit, 0);
    for (size_t i = 0; i < analysis->dismissed_count; i++)
        assert_steps_fit(analysis->dismissed[i].steps, analysis->dismissed[i].step_count);
}

static void five_hundred_locks_of_one_thread_are_a_few_kinds(void **state)
{
    struct scene *s = *state;
    uint32_t locks[MANY];
    make_locks(s, MANY, locks);
    take_all_pairs(s, MANY, locks, 0);
    assert_few_kinds(s, DISMISSAL_SINGLE_THREAD);
}

static void five_hundred_locks_under_a_gate_are_a_few_kinds(void **state)
{
    struct scene *s = *state;
    uint32_t locks[MANY];
    make_locks(s, MANY, locks);
    take_all_pairs(s, MANY, locks, s->a);
    assert_few_kinds(s, DISMISSAL_GATE_LOCK);
}

static void counts_every_cycle_of_a_kind(void **state)
{
    /* Circles of 2, 3, ... of six locks: ways to choose them times ways to order them. */
    static const size_t expected[] = {15, 20 * 2, 15 * 6, 6 * 24, 120};
    struct scene *s = *state;
    uint32_t locks[6];
    make_locks(s, 6, locks);
    take_all_pairs(s, 6, locks, 0);
    const struct analysis *analysis = analyze(s);
    assert_int_equal(analysis->dismissed_bound_hit, 0);
    assert_int_equal(analysis->dismissed_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(analysis->dismissed[i].step_count, i + 2);
        assert_int_equal(analysis->dismissed[i].instances, expected[i]);
    }
}

static void other_reasons_and_orders_of_classes_are_kinds_of_their_own(void **state)
{
    struct scene *s = *state;
    uint32_t x[3], y[3], z[2], born_x = place(s, 1), born_y = place(s, 2), born_z = place(s, 3);
    for (size_t i = 0; i < 3; i++) {
        x[i] = lock_born_at(s, born_x);
        y[i] = lock_born_at(s, born_y);
        if (i < 2)
            z[i] = lock_born_at(s, born_z);
    }
    /* x and y by one thread, twice; by two threads under a gate. */
    for (size_t i = 0; i < 2; i++) {
        RECORDING_NEST(s->rec, s->one, x[i], y[i]);
        RECORDING_NEST(s->rec, s->one, y[i], x[i]);
    }
    RECORDING_NEST(s->rec, s->one, s->a, x[2], y[2]);
    RECORDING_NEST(s->rec, s->two, s->a, y[2], x[2]);
    /* x y z and x z y. */
    RECORDING_NEST(s->rec, s->one, y[0], z[0]);
    RECORDING_NEST(s->rec, s->one, z[0], x[0]);
    RECORDING_NEST(s->rec, s->one, x[1], z[1]);
    RECORDING_NEST(s->rec, s->one, z[1], y[1]);
    const struct analysis *analysis = analyze(s);
    assert_int_equal(analysis->dismissed_count, 4);
    assert_int_equal(analysis->dismissed[0].reason, DISMISSAL_SINGLE_THREAD);
    assert_int_equal(analysis->dismissed[0].instances, 2);
    assert_int_equal(analysis->dismissed[1].reason, DISMISSAL_GATE_LOCK);
    assert_int_equal(analysis->dismissed[1].instances, 1);
    assert_int_equal(analysis->dismissed[2].step_count, 3);
    assert_int_equal(analysis->dismissed[2].instances, 1);
    assert_int_equal(analysis->dismissed[3].step_count, 3);
    assert_int_equal(analysis->dismissed[3].instances, 1);
}

/* Each lock is a class of its own: every pair is another kind. */
static void stops_when_there_are_too_many_kinds_to_read(void **state)
{
    enum { LOCKS = 60 };
    struct scene *s = *state;
    uint32_t locks[LOCKS];
    for (size_t i = 0; i < LOCKS; i++)
        locks[i] = recording_mutex(s->rec);
    take_all_pairs(s, LOCKS, locks, 0);
    const struct analysis *analysis = analyze(s);
    assert_int_equal(analysis->dismissed_count, 1000);
    assert_int_equal(instances(analysis), 1000);
    assert_int_not_equal(analysis->dismissed_bound_hit, 0);
}

static void instances_of_one_class_stay_findings_of_their_own(void **state)
{
    struct scene *s = *state;
    uint32_t locks[4];
    make_locks(s, 4, locks);
    for (size_t i = 0; i < 4; i += 2) {
        RECORDING_NEST(s->rec, s->one, locks[i], locks[i + 1]);
        RECORDING_NEST(s->rec, s->two, locks[i + 1], locks[i]);
    }
    const struct analysis *analysis = analyze(s);
    assert_int_equal(analysis->finding_count, 2);
    assert_int_equal(analysis->findings[0].instances, 1);
    assert_int_equal(analysis->lock_class[locks[0] - 1], analysis->lock_class[locks[3] - 1]);
    assert_int_not_equal(analysis->lock_class[locks[0] - 1], analysis->lock_class[s->a - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_CASE(five_hundred_locks_of_one_thread_are_a_few_kinds),
        SCENE_CASE(five_hundred_locks_under_a_gate_are_a_few_kinds),
        SCENE_CASE(counts_every_cycle_of_a_kind),
        SCENE_CASE(other_reasons_and_orders_of_classes_are_kinds_of_their_own),
        SCENE_CASE(stops_when_there_are_too_many_kinds_to_read),
        SCENE_CASE(instances_of_one_class_stay_findings_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
