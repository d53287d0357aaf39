/* A recording's cycles, judged by a trace of the same run: which of the trace's requests each
 * dependency is, and what is said of a cycle when its trace proves nothing. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include "analyzer/schedule/cycle_verdict.h"
#include "analyzer/schedule/recorded_execution.h"
#include "tests/support/analyzed.h"
#include "tests/support/trace_text.h"

/* The threads of a recording are numbered as they come in the trace: 1, 2...; locks too. */
#define FIRST  "x acq A;x acq B;x rel B;x rel A;"
#define SECOND "y acq B;y acq A;y rel A;y rel B"

enum { IDS = 8 };

struct scene {
    struct recording_builder *rec;
    uint32_t x, y, a, b;
    uint32_t thread_ids[IDS], object_ids[IDS];
    struct recorded_trace recorded;
    struct abstract_requests requests;
    struct traced_execution traced;
    struct analyzed result;
};

static int set_up(void **state)
{
    static struct scene scene;

    scene = (struct scene){.rec = recording_builder_create()};
    scene.x = recording_thread(scene.rec, "x");
    scene.y = recording_thread(scene.rec, "y");
    scene.a = recording_mutex(scene.rec);
    scene.b = recording_mutex(scene.rec);
    for (uint32_t i = 0; i < IDS; i++)
        scene.thread_ids[i] = scene.object_ids[i] = i + 1;
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

/* The two nestings, as dependencies. */
static void nest_both(struct scene *scene)
{
    RECORDING_NEST(scene->rec, scene->x, scene->a, scene->b);
    RECORDING_NEST(scene->rec, scene->y, scene->b, scene->a);
}

static void judge_by(struct scene *scene, const char *text)
{
    struct arena *arena = &scene->result.arena;

    analyzed_load(&scene->result, scene->rec);
    scene->recorded.trace = *trace_from_text(arena, text);
    scene->recorded.threads = scene->thread_ids;
    scene->recorded.objects = scene->object_ids;
    abstract_requests_collect(arena, &scene->recorded.trace, &scene->requests);
    recorded_execution_make(arena, &scene->result.execution, &scene->recorded, &scene->requests,
                            &scene->traced);
    const struct cycle_judge judge = {
        .judge = cycle_verdicts_judge,
        .context = cycle_verdicts_create(arena, &scene->requests, &scene->traced)};
    lock_order_analyze(arena, &scene->traced.execution,
                       &(struct lock_order_options){.keep_dismissed = true, .judge = &judge},
                       &scene->result.analysis);
}

static const struct finding *one_finding(const struct scene *scene)
{
    assert_int_equal(scene->result.analysis.finding_count, 1);
    return &scene->result.analysis.findings[0];
}

static const struct finding_doubt *assert_possible(const struct scene *scene, enum no_witness why)
{
    const struct finding *finding = one_finding(scene);

    assert_int_equal(finding->confidence, CONFIDENCE_POSSIBLE);
    assert_null(finding->witness);
    assert_string_equal(no_witness_word(finding->doubt.reason), no_witness_word(why));
    return &finding->doubt;
}

static void each_dependency_is_a_request_of_the_trace(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    judge_by(scene, FIRST SECOND);
    assert_int_equal(scene->traced.execution.dependency_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct dependency *dependency = &scene->traced.execution.dependencies[i];
        const struct abstract_request *request =
            &scene->requests.requests[scene->traced.request_of[i]];
        assert_int_equal(scene->thread_ids[request->thread], dependency->thread);
        assert_int_equal(scene->object_ids[request->object], dependency->lock);
        assert_int_equal(request->held_count, 1);
        assert_int_equal(scene->object_ids[request->held[0].object], dependency->held[0].lock);
    }
}

static void a_schedule_makes_it_predicted(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    judge_by(scene, FIRST SECOND);
    const struct finding *finding = one_finding(scene);
    assert_int_equal(finding->confidence, CONFIDENCE_PREDICTED);
    assert_non_null(finding->witness);
    assert_int_equal(finding->witness->events[finding->witness->event_count - 1].kind,
                     SYNC_REQUEST);
}

static void an_order_of_the_whole_run_dismisses_it(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    judge_by(scene, FIRST "s sem 0;x post s;y take s;" SECOND);
    assert_int_equal(scene->result.analysis.finding_count, 0);
    assert_int_equal(scene->result.analysis.dismissed_count, 1);
    const struct finding_order *order = scene->result.analysis.dismissed[0].order;
    assert_int_equal(order->before.thread, scene->x);
    assert_int_equal(order->before.kind, SYNC_POST);
    assert_int_equal(order->after.thread, scene->y);
    assert_int_equal(order->after.kind, SYNC_TAKE);
}

/* One of them each. */
static void spoil(struct scene *scene, enum trace_gap gap)
{
    struct trace_header *header = recording_header(scene->rec);

    scene->recorded.is_torn = gap == TRACE_GAP_TORN;
    scene->recorded.lost = gap == TRACE_GAP_LOST;
    scene->recorded.left_out = gap == TRACE_GAP_LEFT_OUT;
    scene->recorded.is_shared = gap == TRACE_GAP_SHARED;
    header->lost[TRACE_LOST_signal] = gap == TRACE_GAP_UNSEEN;
    header->state = gap == TRACE_GAP_RUNNING ? TRACE_RUNNING : TRACE_EXITED;
}

static void an_order_of_what_is_not_all_dismisses_nothing(void **state)
{
    for (enum trace_gap gap = TRACE_GAP_NONE + 1; gap <= TRACE_GAP_SHARED; gap++) {
        struct scene *scene = *state;
        nest_both(scene);
        spoil(scene, gap);
        judge_by(scene, FIRST "s sem 0;x post s;y take s;" SECOND);
        const struct finding_doubt *doubt = assert_possible(scene, NO_WITNESS_ORDERED_SO_FAR);
        assert_string_equal(trace_gap_line(doubt->gap), trace_gap_line(gap));
        assert_int_equal(doubt->order->before.kind, SYNC_POST);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

static void what_no_schedule_was_found_for_says_so(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    judge_by(scene, FIRST "x post s;y take s;" SECOND);
    (void)assert_possible(scene, NO_WITNESS_NONE_FOUND);
}

static void an_unclear_try_in_it_is_named(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    memcpy(scene->object_ids, (const uint32_t[]){IDS, scene->a, scene->b}, 3 * sizeof(uint32_t));
    judge_by(scene, "x acq T;y gfail T;x rel T;" FIRST SECOND);
    const struct finding_doubt *doubt = assert_possible(scene, NO_WITNESS_UNCLEAR_TRY);
    assert_int_equal(doubt->event->kind, SYNC_TRY_FAIL);
    assert_int_equal(doubt->event->thread, scene->y);
}

/* Without the waiter it is predicted: so it is the guess that makes the doubt. That it signals
 * itself is no reason for a thread not to wait. */
static void not_having_waited_for_a_signal_is_named(void **state)
{
    static const char waiter[] = "z acq M;z wait c;z wrel M";
    static const char signals[] = FIRST "x acq M;x broadcast c;x rel M;";
    static const char goes_on[] = "y acq M;y rel M;" SECOND ";";
    const char *const parts[][4] = {{signals, "", goes_on, ""},
                                    {signals, "", goes_on, waiter},
                                    {signals, "y signal c;", goes_on, waiter}};
    for (size_t i = 0; i < 3; i++) {
        struct scene *scene = *state;
        char text[512];
        snprintf(text, sizeof text, "%s%s%s%s", parts[i][0], parts[i][1], parts[i][2], parts[i][3]);
        nest_both(scene);
        judge_by(scene, text);
        if (i == 0) {
            assert_int_equal(one_finding(scene)->confidence, CONFIDENCE_PREDICTED);
        } else {
            const struct finding_doubt *doubt = assert_possible(scene, NO_WITNESS_SKIPS_SIGNAL);
            assert_int_equal(doubt->event->kind, SYNC_ACQUIRE);
            assert_int_equal(doubt->event->thread, scene->y);
        }
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

static void a_request_that_the_trace_lacks_is_told(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    judge_by(scene, "x acq A;x acq B;x rel B;x rel A;y acq B;y rel B");
    (void)assert_possible(scene, NO_WITNESS_NOT_RECORDED);
}

/* A lock for the graph, but the trace does not know with what it began. */
static void a_semaphore_that_may_let_in_more_is_told(void **state)
{
    struct scene *scene = *state;
    uint32_t semaphore =
        recording_lock(scene->rec, (struct trace_lock){.kind = TRACE_LOCK_SEMAPHORE});
    recording_mark(scene->rec, semaphore, TRACE_MARK_PROVED);
    RECORDING_NEST(scene->rec, scene->x, scene->a, semaphore);
    RECORDING_NEST(scene->rec, scene->y, semaphore, scene->a);
    judge_by(scene, "x acq A;x acq B;x take s;x post s;x rel B;x rel A;"
                    "y take s;y acq A;y rel A;y post s");
    (void)assert_possible(scene, NO_WITNESS_SEMAPHORE);
}

/* A lock that the first thread alone uses is not among the trace's, but the graph has it. */
static void locks_that_keep_nobody_out_do_not_matter(void **state)
{
    struct scene *scene = *state;
    uint32_t own = recording_mutex(scene->rec);
    RECORDING_NEST(scene->rec, scene->x, scene->a, own, scene->b);
    RECORDING_NEST(scene->rec, scene->y, scene->b, scene->a);
    scene->object_ids[1] = own;
    scene->object_ids[2] = scene->b;
    judge_by(scene, "x acq A;x acq C;x acq B;x rel B;x rel C;x rel A;" SECOND);
    assert_int_equal(one_finding(scene)->confidence, CONFIDENCE_PREDICTED);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(each_dependency_is_a_request_of_the_trace),
        CASE(a_schedule_makes_it_predicted),
        CASE(an_order_of_the_whole_run_dismisses_it),
        CASE(an_order_of_what_is_not_all_dismisses_nothing),
        CASE(what_no_schedule_was_found_for_says_so),
        CASE(an_unclear_try_in_it_is_named),
        CASE(not_having_waited_for_a_signal_is_named),
        CASE(a_request_that_the_trace_lacks_is_told),
        CASE(a_semaphore_that_may_let_in_more_is_told),
        CASE(locks_that_keep_nobody_out_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
