/* The judge of a recording's cycles reads the events from its file, when it is asked. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/schedule/recorded_judge.h"
#include "tests/support/analyzed.h"

/* A recording of two threads that nest two mutexes in opposite orders, one after the other. */
struct scene {
    struct recording_builder *rec;
    uint32_t one, two, a, b;
    char path[32];
    struct recorded_judge judge;
    struct analyzed result;
    const struct finding *finding;
};

static int set_up(void **state)
{
    static struct scene scene;

    scene = (struct scene){.rec = recording_builder_create(), .path = "/tmp/unknot-test-XXXXXX"};
    scene.one = recording_thread(scene.rec, "one");
    scene.two = recording_thread(scene.rec, "two");
    scene.a = recording_mutex(scene.rec);
    scene.b = recording_mutex(scene.rec);
    close(mkstemp(scene.path));
    arena_init(&scene.result.arena, 0);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    unlink(scene->path);
    recording_builder_free(scene->rec);
    analyzed_destroy(&scene->result);
    return 0;
}

static struct trace_event event(enum trace_event_kind kind, uint32_t object, uint32_t sequence)
{
    return (struct trace_event){.object = object, .sequence = sequence, .kind = (uint8_t)kind};
}

/* The thread's events: the inner lock is taken and given back between those of the outer. */
static size_t add_nesting(struct trace_event *events, uint32_t thread, uint32_t outer,
                          uint32_t inner, uint32_t first_number)
{
    events[0] = event(TRACE_EVENT_PIECE, thread, 1);
    events[1] = event(TRACE_EVENT_ACQUIRE, outer, first_number);
    events[2] = event(TRACE_EVENT_SECTION, inner, first_number);
    events[2].span = 1;
    events[3] = event(TRACE_EVENT_RELEASE, outer, first_number + 1);
    return 4;
}

static void write_with_events(struct scene *scene)
{
    struct {
        struct trace_chunk chunk;
        struct trace_event events[(TRACE_PAGE - sizeof(struct trace_chunk)) / 16];
    } page = {
        .chunk = {.magic = TRACE_CHUNK_MAGIC, .kind = TRACE_CHUNK_EVENTS, .bytes = TRACE_PAGE}};
    size_t size;
    size_t count = add_nesting(page.events, scene->one, scene->a, scene->b, 1);
    (void)add_nesting(page.events + count, scene->two, scene->b, scene->a, 3);
    recording_header(scene->rec)->file_bytes = 0;
    const unsigned char *bytes = recording_bytes(scene->rec, &size);
    unsigned char *all = malloc(size + sizeof page);
    memcpy(all, bytes, size);
    memcpy(all + size, &page, sizeof page);
    ((struct trace_header *)all)->file_bytes = size + sizeof page;
    recording_write_bytes(scene->path, all, size + sizeof page);
    free(all);
}

static void analyze(struct scene *scene)
{
    struct arena *arena = &scene->result.arena;
    struct execution *execution = &scene->result.execution;
    const char *error;

    assert_int_equal(execution_load(arena, scene->path, execution, &error), TRACE_OK);
    scene->judge = (struct recorded_judge){.arena = arena, .execution = execution};
    const struct cycle_judge asked = {.judge = recorded_judge_ask, .context = &scene->judge};
    lock_order_analyze(arena, execution, &(struct lock_order_options){.judge = &asked},
                       &scene->result.analysis);
    if (scene->result.analysis.finding_count != 0)
        scene->finding = &scene->result.analysis.findings[0];
}

static void nest_both(struct scene *scene)
{
    RECORDING_NEST(scene->rec, scene->one, scene->a, scene->b);
    RECORDING_NEST(scene->rec, scene->two, scene->b, scene->a);
}

static void events_in_the_file_make_it_predicted(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    write_with_events(scene);
    analyze(scene);
    assert_int_equal(scene->finding->confidence, CONFIDENCE_PREDICTED);
    assert_non_null(scene->judge.verdicts);
}

static void without_events_it_is_possible(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    recording_write(scene->rec, scene->path);
    analyze(scene);
    assert_int_equal(scene->finding->confidence, CONFIDENCE_POSSIBLE);
    assert_int_equal(scene->finding->doubt.reason, NO_WITNESS_NO_EVENTS);
    assert_null(scene->judge.verdicts);
}

static void without_cycles_events_are_not_read(void **state)
{
    struct scene *scene = *state;
    RECORDING_NEST(scene->rec, scene->one, scene->a, scene->b);
    write_with_events(scene);
    analyze(scene);
    assert_int_equal(scene->result.analysis.finding_count, 0);
    assert_false(scene->judge.was_asked);
}

static void a_file_that_is_gone_is_as_one_without_events(void **state)
{
    struct scene *scene = *state;
    nest_both(scene);
    write_with_events(scene);
    analyze(scene);
    unlink(scene->path);
    struct recorded_judge again = {.arena = &scene->result.arena,
                                   .execution = &scene->result.execution};
    struct cycle_opinion opinion =
        recorded_judge_ask(&again, scene->finding->steps, scene->finding->step_count, false);
    assert_int_equal(opinion.verdict, CYCLE_POSSIBLE);
    assert_int_equal(opinion.doubt.reason, NO_WITNESS_NO_EVENTS);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(events_in_the_file_make_it_predicted),
        CASE(without_events_it_is_possible),
        CASE(without_cycles_events_are_not_read),
        CASE(a_file_that_is_gone_is_as_one_without_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
