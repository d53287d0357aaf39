/* Joins under locks: the end of the joined thread is a lock, held in all that the thread requests.
 */
#include "tests/unit/lock_order_scene.h"

#include "analyzer/model/thread_end.h"

/* The end of `thread`, as recorded when somebody joins it under a lock. */
static uint32_t end_of(struct scene *s, uint32_t thread)
{
    return recording_lock(s->rec,
                          (struct trace_lock){.kind = TRACE_LOCK_THREAD, .init_thread = thread});
}

static void join_under(struct scene *s, uint32_t thread, uint32_t lock, uint32_t end, uint32_t mode)
{
    recording_acquire(s->rec, thread, lock, 0);
    recording_acquire(s->rec, thread, end, mode);
    recording_release(s->rec, thread, end);
    recording_release(s->rec, thread, lock);
}

static void request_alone(struct scene *s, uint32_t thread, uint32_t segment, uint32_t lock,
                          uint32_t mode)
{
    recording_dependency(s->rec,
                         &(struct trace_dependency){
                             .thread = thread, .segment = segment, .lock = lock, .mode = mode},
                         NULL);
}

static void reports_join_under_the_lock_that_the_thread_needs(void **state)
{
    struct scene *s = *state;
    uint32_t end = end_of(s, s->one);
    request_alone(s, s->one, 0, s->a, 0);
    join_under(s, s->main, s->a, end, 0);
    recording_join(s->rec, s->main, s->one);

    assert_findings(s, 1);
    const struct finding *finding = &s->result.analysis.findings[0];
    assert_int_equal(finding->step_count, 2);
    assert_steps_fit(finding->steps, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct lock *lock =
            execution_find_lock(&s->result.execution, finding->steps[i].dependency->lock);
        assert_int_equal(thread_end_of(lock), lock->id == end ? s->one : 0);
    }
}

static void reports_what_the_thread_requests_while_it_holds_others(void **state)
{
    struct scene *s = *state;
    uint32_t end = end_of(s, s->one);
    RECORDING_NEST(s->rec, s->one, s->b, s->a);
    join_under(s, s->main, s->a, end, 0);

    assert_findings(s, 1);
    assert_steps_fit(s->result.analysis.findings[0].steps, 2);
}

static void stays_silent_about_joins_of_threads_that_need_other_locks(void **state)
{
    struct scene *s = *state;
    uint32_t end = end_of(s, s->one);
    request_alone(s, s->one, 0, s->b, 0);
    request_alone(s, s->two, 0, s->a, 0);
    join_under(s, s->main, s->a, end, 0);

    assert_findings(s, 0);
}

static void dismisses_timed_joins(void **state)
{
    struct scene *s = *state;
    request_alone(s, s->one, 0, s->a, 0);
    join_under(s, s->main, s->a, end_of(s, s->one), TRACE_MODE_TIMED);
    assert_dismissed(s, DISMISSAL_TIMED);
}

static void dismisses_threads_that_only_try(void **state)
{
    struct scene *s = *state;
    request_alone(s, s->one, 0, s->a, TRACE_MODE_TRY);
    join_under(s, s->main, s->a, end_of(s, s->one), 0);
    assert_dismissed(s, DISMISSAL_TRYLOCK);
}

static void dismisses_requests_from_before_an_earlier_join(void **state)
{
    struct scene *s = *state;
    request_alone(s, s->one, 0, s->a, 0);
    uint32_t grandchild = recording_create(s->rec, s->one, "grandchild");
    recording_join(s->rec, s->main, grandchild);
    join_under(s, s->main, s->a, end_of(s, s->one), 0);
    assert_dismissed(s, DISMISSAL_ORDERED);
}

static void ignores_the_end_of_a_thread_nobody_knows(void **state)
{
    struct scene *s = *state;
    request_alone(s, s->one, 0, s->a, 0);
    join_under(s, s->main, s->a, end_of(s, 77), 0);
    assert_findings(s, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_CASE(reports_join_under_the_lock_that_the_thread_needs),
        SCENE_CASE(reports_what_the_thread_requests_while_it_holds_others),
        SCENE_CASE(stays_silent_about_joins_of_threads_that_need_other_locks),
        SCENE_CASE(dismisses_timed_joins),
        SCENE_CASE(dismisses_threads_that_only_try),
        SCENE_CASE(dismisses_requests_from_before_an_earlier_join),
        SCENE_CASE(ignores_the_end_of_a_thread_nobody_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
