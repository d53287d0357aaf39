/* Verdicts that depend on how locks are requested and held: reading, trying, with a timeout. */
#include "tests/unit/lock_order_scene.h"

/* The gate is `mode_one` for one thread and `mode_two` for the other. */
static void invert_under_rwlock_gate(struct scene *s, uint32_t mode_one, uint32_t mode_two)
{
    uint32_t gate = recording_rwlock(s->rec, 0);
    recording_acquire(s->rec, s->one, gate, mode_one);
    recording_acquire(s->rec, s->two, gate, mode_two);
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->b, s->a);
}

static void reports_under_a_gate_held_for_reading(void **state)
{
    struct scene *s = *state;
    invert_under_rwlock_gate(s, TRACE_MODE_READ, TRACE_MODE_READ);
    assert_findings(s, 1);
}

static void dismisses_under_a_gate_one_of_them_writes(void **state)
{
    struct scene *s = *state;
    invert_under_rwlock_gate(s, TRACE_MODE_READ, 0);
    assert_dismissed(s, DISMISSAL_GATE_LOCK);
}

static void a_lock_held_both_ways_is_held_for_writing(void **state)
{
    struct scene *s = *state;
    uint32_t gate = recording_rwlock(s->rec, 0);
    const struct trace_dependency_held one[] = {
        {.lock = gate, .mode = TRACE_MODE_READ}, {.lock = gate}, {.lock = s->a}};
    const struct trace_dependency_held two[] = {{.lock = gate, .mode = TRACE_MODE_READ},
                                                {.lock = s->b}};
    const struct trace_dependency wants_b = {.thread = s->one, .lock = s->b, .held_count = 3};
    const struct trace_dependency wants_a = {.thread = s->two, .lock = s->a, .held_count = 2};
    recording_dependency(s->rec, &wants_b, one);
    recording_dependency(s->rec, &wants_a, two);
    assert_int_equal(assert_dismissed(s, DISMISSAL_GATE_LOCK)->gate_lock, gate);
}

/* one holds X and requests Y in the first two modes, two holds Y and requests X in the others. */
static void invert_rwlocks(struct scene *s, uint16_t flags, const uint32_t modes[4])
{
    uint32_t x = recording_rwlock(s->rec, flags), y = recording_rwlock(s->rec, flags);
    recording_acquire(s->rec, s->one, x, modes[0]);
    recording_acquire(s->rec, s->one, y, modes[1]);
    recording_acquire(s->rec, s->two, y, modes[2]);
    recording_acquire(s->rec, s->two, x, modes[3]);
    s->a = x;
    s->b = y;
}

static const uint32_t all_read[4] = {TRACE_MODE_READ, TRACE_MODE_READ, TRACE_MODE_READ,
                                     TRACE_MODE_READ};

static void reports_writers_that_invert_rwlocks(void **state)
{
    struct scene *s = *state;
    invert_rwlocks(s, 0, (const uint32_t[4]){0, 0, 0, 0});
    assert_findings(s, 1);
}

static void reports_readers_that_wait_for_writers(void **state)
{
    struct scene *s = *state;
    invert_rwlocks(s, 0, (const uint32_t[4]){0, TRACE_MODE_READ, 0, TRACE_MODE_READ});
    assert_findings(s, 1);
}

static void reports_writers_that_wait_for_readers(void **state)
{
    struct scene *s = *state;
    invert_rwlocks(s, 0, (const uint32_t[4]){TRACE_MODE_READ, 0, TRACE_MODE_READ, 0});
    assert_findings(s, 1);
}

static void dismisses_readers_that_meet_readers(void **state)
{
    struct scene *s = *state;
    invert_rwlocks(s, 0, all_read);
    const struct dismissed *dismissed = assert_dismissed(s, DISMISSAL_READERS);
    assert_int_equal(dismissed->step_b, (dismissed->step_a + 1) % 2);
}

static void dismisses_if_one_of_two_waits_is_reader_for_reader(void **state)
{
    struct scene *s = *state;
    invert_rwlocks(s, 0, (const uint32_t[4]){TRACE_MODE_READ, 0, 0, TRACE_MODE_READ});
    assert_dismissed(s, DISMISSAL_READERS);
}

static void dismisses_readers_if_nobody_writes_a_queueing_rwlock(void **state)
{
    struct scene *s = *state;
    invert_rwlocks(s, TRACE_LOCK_WRITER_QUEUES, all_read);
    assert_dismissed(s, DISMISSAL_READERS);
}

static void reports_readers_behind_a_queueing_third_writer(void **state)
{
    struct scene *s = *state;
    uint32_t three = recording_create(s->rec, s->main, "three");
    invert_rwlocks(s, TRACE_LOCK_WRITER_QUEUES, all_read);
    RECORDING_NEST(s->rec, three, s->c, s->a);
    RECORDING_NEST(s->rec, three, s->c, s->b);
    assert_findings(s, 1);
}

static void reports_readers_behind_a_queueing_writer_that_holds_nothing(void **state)
{
    struct scene *s = *state;
    uint32_t three = recording_create(s->rec, s->main, "three");
    invert_rwlocks(s, TRACE_LOCK_WRITER_QUEUES, all_read);
    const struct trace_dependency write_a = {.thread = three, .lock = s->a};
    const struct trace_dependency write_b = {.thread = three, .lock = s->b};
    recording_dependency(s->rec, &write_a, NULL);
    recording_dependency(s->rec, &write_b, NULL);
    assert_findings(s, 1);
}

static void dismisses_readers_if_the_queueing_writer_is_one_of_them(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->c, s->d);
    invert_rwlocks(s, TRACE_LOCK_WRITER_QUEUES, all_read);
    recording_release(s->rec, s->one, s->a);
    recording_release(s->rec, s->one, s->b);
    RECORDING_NEST(s->rec, s->one, s->c, s->a);
    RECORDING_NEST(s->rec, s->one, s->c, s->b);
    assert_dismissed(s, DISMISSAL_READERS);
}

static void invert_with_second_request(struct scene *s, uint32_t mode)
{
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    recording_acquire(s->rec, s->two, s->b, 0);
    recording_acquire(s->rec, s->two, s->a, mode);
}

static void dismisses_a_step_that_only_tries(void **state)
{
    struct scene *s = *state;
    invert_with_second_request(s, TRACE_MODE_TRY);
    const struct dismissed *dismissed = assert_dismissed(s, DISMISSAL_TRYLOCK);
    assert_int_equal(dismissed->steps[dismissed->step_a].dependency->mode, TRACE_MODE_TRY);
}

static void dismisses_a_step_with_a_timeout(void **state)
{
    struct scene *s = *state;
    invert_with_second_request(s, TRACE_MODE_TIMED);
    assert_dismissed(s, DISMISSAL_TIMED);
}

static void reports_a_request_inside_a_condition_wait(void **state)
{
    struct scene *s = *state;
    invert_with_second_request(s, TRACE_MODE_WAIT);
    assert_findings(s, 1);
}

static void reports_a_lock_held_through_a_try(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    recording_acquire(s->rec, s->two, s->b, TRACE_MODE_TRY);
    recording_acquire(s->rec, s->two, s->a, 0);
    assert_findings(s, 1);
}

static void reports_the_blocking_of_two_ways_to_request(void **state)
{
    struct scene *s = *state;
    invert_with_second_request(s, TRACE_MODE_TRY);
    recording_release(s->rec, s->two, s->a);
    recording_acquire(s->rec, s->two, s->a, 0);
    assert_findings(s, 1);
    assert_int_equal(s->result.analysis.findings[0].steps[1].dependency->mode, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_CASE(reports_under_a_gate_held_for_reading),
        SCENE_CASE(dismisses_under_a_gate_one_of_them_writes),
        SCENE_CASE(a_lock_held_both_ways_is_held_for_writing),
        SCENE_CASE(reports_writers_that_invert_rwlocks),
        SCENE_CASE(reports_readers_that_wait_for_writers),
        SCENE_CASE(reports_writers_that_wait_for_readers),
        SCENE_CASE(dismisses_readers_that_meet_readers),
        SCENE_CASE(dismisses_if_one_of_two_waits_is_reader_for_reader),
        SCENE_CASE(dismisses_readers_if_nobody_writes_a_queueing_rwlock),
        SCENE_CASE(reports_readers_behind_a_queueing_third_writer),
        SCENE_CASE(reports_readers_behind_a_queueing_writer_that_holds_nothing),
        SCENE_CASE(dismisses_readers_if_the_queueing_writer_is_one_of_them),
        SCENE_CASE(dismisses_a_step_that_only_tries),
        SCENE_CASE(dismisses_a_step_with_a_timeout),
        SCENE_CASE(reports_a_request_inside_a_condition_wait),
        SCENE_CASE(reports_a_lock_held_through_a_try),
        SCENE_CASE(reports_the_blocking_of_two_ways_to_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
