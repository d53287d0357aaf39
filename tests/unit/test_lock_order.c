/* Which executions have a lock-order cycle: hand-made, each with the one verdict that is right. */
#include "tests/unit/lock_order_scene.h"

static void reports_inversion_of_two_locks(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->b, s->a);

    assert_findings(s, 1);
    const struct finding *finding = &s->result.analysis.findings[0];
    assert_int_equal(finding->id, 1);
    assert_int_equal(finding->step_count, 2);
    assert_ptr_equal(finding->execution, &s->result.execution);
    assert_steps_fit(finding->steps, 2);
    assert_int_equal(finding->steps[0].dependency->thread, s->one);
    assert_int_equal(finding->steps[1].dependency->thread, s->two);
}

static void stays_silent_without_an_inversion(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b, s->c);
    RECORDING_NEST(s->rec, s->two, s->a, s->c);
    RECORDING_NEST(s->rec, s->two, s->b, s->c, s->d);

    assert_findings(s, 0);
    assert_int_equal(s->result.analysis.dependencies, 5);
}

static void reports_three_lock_cycle_of_three_threads(void **state)
{
    struct scene *s = *state;
    uint32_t three = recording_create(s->rec, s->main, "three");
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->b, s->c);
    RECORDING_NEST(s->rec, three, s->c, s->a);

    assert_findings(s, 1);
    assert_int_equal(s->result.analysis.findings[0].step_count, 3);
    assert_steps_fit(s->result.analysis.findings[0].steps, 3);
}

static void dismisses_three_lock_cycle_of_two_threads(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->b, s->c);
    RECORDING_NEST(s->rec, s->one, s->c, s->a);

    const struct dismissed *dismissed = assert_dismissed(s, DISMISSAL_SINGLE_THREAD);
    assert_int_equal(dismissed->steps[dismissed->step_a].dependency->thread, s->one);
    assert_int_equal(dismissed->steps[dismissed->step_b].dependency->thread, s->one);
    assert_int_not_equal(dismissed->step_a, dismissed->step_b);
}

static void dismisses_inversion_in_one_thread(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->one, s->b, s->a);

    assert_dismissed(s, DISMISSAL_SINGLE_THREAD);
}

static void dismisses_under_a_gate_and_names_it(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->c, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->c, s->b, s->a);

    assert_int_equal(assert_dismissed(s, DISMISSAL_GATE_LOCK)->gate_lock, s->c);
}

static void reports_despite_a_gate_that_one_use_does_without(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->c, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->c, s->b, s->a);
    RECORDING_NEST(s->rec, s->two, s->b, s->a);

    assert_findings(s, 1);
}

static void dismisses_under_a_gate_of_two_of_three(void **state)
{
    struct scene *s = *state;
    uint32_t three = recording_create(s->rec, s->main, "three");
    RECORDING_NEST(s->rec, s->one, s->d, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->d, s->b, s->c);
    RECORDING_NEST(s->rec, three, s->c, s->a);

    assert_dismissed(s, DISMISSAL_GATE_LOCK);
}

static void dismisses_what_the_creator_did_before(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->main, s->a, s->b);
    uint32_t child = recording_create(s->rec, s->main, "child");
    RECORDING_NEST(s->rec, child, s->b, s->a);

    const struct dismissed *dismissed = assert_dismissed(s, DISMISSAL_ORDERED);
    assert_int_equal(dismissed->steps[dismissed->step_a].dependency->thread, s->main);
    assert_int_equal(dismissed->steps[dismissed->step_b].dependency->thread, child);
    assert_non_null(dismissed->ordered_by);
    assert_int_equal(dismissed->ordered_by->cause, TRACE_SEGMENT_CREATE);
    assert_int_equal(dismissed->ordered_by->other, child);
}

static void reports_what_the_creator_did_after(void **state)
{
    struct scene *s = *state;
    uint32_t child = recording_create(s->rec, s->main, "child");
    RECORDING_NEST(s->rec, s->main, s->a, s->b);
    RECORDING_NEST(s->rec, child, s->b, s->a);
    assert_findings(s, 1);
}

static void reports_what_the_creator_did_before_and_after(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->main, s->a, s->b);
    uint32_t child = recording_create(s->rec, s->main, "child");
    RECORDING_NEST(s->rec, s->main, s->a, s->b);
    RECORDING_NEST(s->rec, child, s->b, s->a);

    assert_findings(s, 1);
    const struct cycle_step *step = &s->result.analysis.findings[0].steps[0];
    assert_int_equal(step->dependency->thread, s->main);
    assert_int_equal(step->dependency->segment, 3);
    assert_int_equal(step->similar, 1);
}

static void dismisses_what_a_join_orders(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    recording_join(s->rec, s->main, s->one);
    RECORDING_NEST(s->rec, s->main, s->b, s->a);

    const struct dismissed *dismissed = assert_dismissed(s, DISMISSAL_ORDERED);
    assert_non_null(dismissed->ordered_by);
    assert_int_equal(dismissed->ordered_by->cause, TRACE_SEGMENT_JOIN);
    assert_int_equal(dismissed->ordered_by->other, s->one);
}

static void dismisses_what_a_join_and_a_create_order(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    recording_join(s->rec, s->main, s->one);
    uint32_t later = recording_create(s->rec, s->main, "later");
    RECORDING_NEST(s->rec, later, s->b, s->a);

    assert_int_equal(assert_dismissed(s, DISMISSAL_ORDERED)->ordered_by->cause, TRACE_SEGMENT_JOIN);
}

static void reports_across_a_fork_of_the_process(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    recording_fork(s->rec, s->main, 0);
    RECORDING_NEST(s->rec, s->main, s->b, s->a);
    assert_findings(s, 1);
}

static void reports_two_disjoint_cycles(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->b, s->a);
    RECORDING_NEST(s->rec, s->one, s->c, s->d);
    RECORDING_NEST(s->rec, s->two, s->d, s->c);
    assert_findings(s, 2);
    assert_int_equal(s->result.analysis.findings[1].id, 2);
}

static void reports_two_cycles_that_share_a_lock(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->b, s->a);
    RECORDING_NEST(s->rec, s->one, s->b, s->c);
    RECORDING_NEST(s->rec, s->two, s->c, s->b);
    assert_findings(s, 2);
}

static void reports_one_cycle_once_whatever_its_sites(void **state)
{
    struct scene *s = *state;
    for (uint32_t i = 0; i < 5; i++) {
        recording_at(s->rec, recording_stack(s->rec, 1, (const trace_code_t[]){0x400000 + i}));
        RECORDING_NEST(s->rec, s->one, s->a, s->b);
        RECORDING_NEST(s->rec, s->two, s->b, s->a);
    }
    assert_findings(s, 1);
    assert_int_equal(s->result.analysis.findings[0].steps[0].similar, 4);
    assert_int_equal(s->result.analysis.findings[0].steps[0].dependency->stack, 1);
}

static void leaves_out_locks_that_other_threads_unlock(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->b, s->a);
    recording_mark(s->rec, s->a, TRACE_MARK_OTHER_THREAD);
    assert_findings(s, 0);
    assert_int_equal(s->result.analysis.excluded_locks, 1);
}

static void does_not_take_a_left_out_lock_for_a_gate(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->c, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, s->c, s->b, s->a);
    recording_mark(s->rec, s->c, TRACE_MARK_OTHER_THREAD);
    assert_findings(s, 1);
}

static uint32_t add_semaphore(struct scene *s, uint32_t marks)
{
    uint32_t lock = recording_lock(s->rec, (struct trace_lock){.kind = TRACE_LOCK_SEMAPHORE});
    if (marks)
        recording_mark(s->rec, lock, marks);
    return lock;
}

static void uses_a_semaphore_that_is_proved_a_lock(void **state)
{
    struct scene *s = *state;
    uint32_t proved = add_semaphore(s, TRACE_MARK_PROVED);
    RECORDING_NEST(s->rec, s->one, proved, s->a);
    RECORDING_NEST(s->rec, s->two, s->a, proved);
    assert_findings(s, 1);
}

static void leaves_out_semaphores_that_signal_or_are_not_proved(void **state)
{
    struct scene *s = *state;
    const uint32_t marks[] = {0, TRACE_MARK_SIGNAL, TRACE_MARK_PROVED | TRACE_MARK_SIGNAL};
    for (int i = 0; i < 3; i++) {
        uint32_t semaphore = add_semaphore(s, marks[i]);
        RECORDING_NEST(s->rec, s->one, semaphore, s->a);
        RECORDING_NEST(s->rec, s->two, s->a, semaphore);
    }
    assert_findings(s, 0);
    assert_int_equal(s->result.analysis.excluded_locks, 0);
}

static void takes_a_proved_semaphore_for_a_gate(void **state)
{
    struct scene *s = *state;
    uint32_t gate = add_semaphore(s, TRACE_MARK_PROVED);
    RECORDING_NEST(s->rec, s->one, gate, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, gate, s->b, s->a);
    assert_dismissed(s, DISMISSAL_GATE_LOCK);
}

static void does_not_take_a_signal_for_a_gate(void **state)
{
    struct scene *s = *state;
    uint32_t signal = add_semaphore(s, TRACE_MARK_PROVED | TRACE_MARK_SIGNAL);
    RECORDING_NEST(s->rec, s->one, signal, s->a, s->b);
    RECORDING_NEST(s->rec, s->two, signal, s->b, s->a);
    assert_findings(s, 1);
}

static void ignores_a_request_for_a_lock_already_held(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b, s->a);
    RECORDING_NEST(s->rec, s->two, s->a, s->b);
    assert_findings(s, 0);
}

static void keeps_no_dismissed_unless_asked(void **state)
{
    struct scene *s = *state;
    RECORDING_NEST(s->rec, s->one, s->a, s->b);
    RECORDING_NEST(s->rec, s->one, s->b, s->a);
    analyzed_init(&s->result, s->rec, &(struct lock_order_options){0});
    assert_int_equal(s->result.analysis.finding_count, 0);
    assert_int_equal(s->result.analysis.dismissed_count, 0);
}

static void an_execution_without_dependencies_is_clean(void **state)
{
    struct scene *s = *state;
    assert_findings(s, 0);
    assert_int_equal(s->result.analysis.dependencies, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_CASE(reports_inversion_of_two_locks),
        SCENE_CASE(stays_silent_without_an_inversion),
        SCENE_CASE(reports_three_lock_cycle_of_three_threads),
        SCENE_CASE(dismisses_three_lock_cycle_of_two_threads),
        SCENE_CASE(dismisses_inversion_in_one_thread),
        SCENE_CASE(dismisses_under_a_gate_and_names_it),
        SCENE_CASE(reports_despite_a_gate_that_one_use_does_without),
        SCENE_CASE(dismisses_under_a_gate_of_two_of_three),
        SCENE_CASE(dismisses_what_the_creator_did_before),
        SCENE_CASE(reports_what_the_creator_did_after),
        SCENE_CASE(reports_what_the_creator_did_before_and_after),
        SCENE_CASE(dismisses_what_a_join_orders),
        SCENE_CASE(dismisses_what_a_join_and_a_create_order),
        SCENE_CASE(reports_across_a_fork_of_the_process),
        SCENE_CASE(reports_two_disjoint_cycles),
        SCENE_CASE(reports_two_cycles_that_share_a_lock),
        SCENE_CASE(reports_one_cycle_once_whatever_its_sites),
        SCENE_CASE(leaves_out_locks_that_other_threads_unlock),
        SCENE_CASE(does_not_take_a_left_out_lock_for_a_gate),
        SCENE_CASE(uses_a_semaphore_that_is_proved_a_lock),
        SCENE_CASE(leaves_out_semaphores_that_signal_or_are_not_proved),
        SCENE_CASE(takes_a_proved_semaphore_for_a_gate),
        SCENE_CASE(does_not_take_a_signal_for_a_gate),
        SCENE_CASE(ignores_a_request_for_a_lock_already_held),
        SCENE_CASE(keeps_no_dismissed_unless_asked),
        SCENE_CASE(an_execution_without_dependencies_is_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
