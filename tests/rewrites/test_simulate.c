/* What is said of changes for the finding of a trace in text. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "analyzer/fix/fix_place.h"
#include "analyzer/fix/simulate.h"
#include "analyzer/schedule/trace_analysis.h"

enum { STEPS = 2, ROUNDS = 12000 };

struct scene {
    struct arena arena;
    char path[32];
    FILE *file;
    struct std_source *source;
    struct trace_analysis reading;
    struct execution execution;
    struct analysis analysis;
    struct fix_subject subject;
    uint32_t classes[STEPS];
    struct fix_nesting nestings[STEPS];
    struct fix_verdict verdict;
};

static int set_up(void **state)
{
    static struct scene scene;

    scene = (struct scene){.path = "/tmp/unknot-test-XXXXXX"};
    arena_init(&scene.arena, (size_t)1 << 30);
    scene.file = fdopen(mkstemp(scene.path), "w");
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    unlink(scene->path);
    if (scene->source != NULL)
        std_source_close(scene->source);
    arena_destroy(&scene->arena);
    return 0;
}

static void nest(struct scene *scene, int thread, const char *outer, const char *inner)
{
    fprintf(scene->file, "T%d|acq(%s)|%d1\nT%d|acq(%s)|%d2\nT%d|rel(%s)|%d3\nT%d|rel(%s)|%d4\n",
            thread, outer, thread, thread, inner, thread, thread, inner, thread, thread, outer,
            thread);
}

static uint32_t class_of(const struct scene *scene, uint32_t lock)
{
    return scene->analysis
        .lock_class[execution_find_lock(&scene->execution, lock) - scene->execution.locks];
}

static void describe_finding(struct scene *scene)
{
    const struct finding *finding = &scene->analysis.findings[0];

    assert_int_equal(finding->step_count, STEPS);
    for (size_t i = 0; i < STEPS; i++) {
        const struct dependency *dependency = finding->steps[i].dependency;
        const struct trace_dependency_held *held = &dependency->held[finding->steps[i].hold_index];
        const struct fix_places places =
            fix_places_find(&scene->execution, held->stack, dependency->stack);
        scene->classes[i] = class_of(scene, dependency->lock);
        scene->nestings[i] = (struct fix_nesting){.outer_class = class_of(scene, held->lock),
                                                  .inner_class = scene->classes[i],
                                                  .outer_place = places.outer,
                                                  .inner_place = places.inner};
    }
}

static void analyze(struct scene *scene)
{
    const char *error = "";

    assert_int_equal(fclose(scene->file), 0);
    assert_true(std_source_open(&scene->arena, scene->path, &scene->source, &error));
    assert_true(trace_analysis_read(&scene->reading, &scene->arena,
                                    std_source_events(scene->source), SIZE_MAX >> 8, &error));
    const struct std_names names = std_source_names(scene->source);
    trace_analysis_run(&scene->reading, &names, scene->path, &(struct lock_order_options){0},
                       &scene->execution, &scene->analysis);
    assert_int_equal(scene->analysis.finding_count, 1);
    scene->subject = (struct fix_subject){
        .execution = &scene->execution,
        .lock_class = scene->analysis.lock_class,
        .finding = &scene->analysis.findings[0],
        .judge = &scene->reading.judge,
    };
    describe_finding(scene);
}

/* A change of all of the finding's locks and nestings, but for the last `without`. */
static bool is_fix(struct scene *scene, enum fix_kind kind, bool keeps_apart, size_t without)
{
    const struct fix_change change = {
        .kind = kind,
        .classes = scene->classes,
        .class_count = STEPS,
        .keeps_apart = keeps_apart,
        .nestings = scene->nestings,
        .nesting_count = STEPS - without,
    };

    scene->verdict = (struct fix_verdict){.rejection = FIX_REJECTION_NONE};
    return fix_simulate(&scene->arena, &scene->subject, &change, &scene->verdict);
}

static void tells_a_fix_from_none(void **state)
{
    struct scene *scene = *state;

    nest(scene, 1, "A", "B");
    nest(scene, 2, "B", "A");
    analyze(scene);
    assert_true(is_fix(scene, FIX_SINGLE_LOCK, false, 0));
    assert_int_equal(scene->verdict.scope, FIX_SCOPE_FULL);
    assert_true(scene->verdict.stuck_before > 0);
    assert_int_equal(scene->verdict.stuck_after, 0);
    assert_int_equal(scene->verdict.inconclusive, 0);
    assert_false(scene->verdict.is_timed);
    assert_true(is_fix(scene, FIX_GATE_LOCK, false, 0));
    assert_true(is_fix(scene, FIX_REORDER, false, 1));
    assert_false(is_fix(scene, FIX_GATE_LOCK, false, 1));
    assert_int_equal(scene->verdict.rejection, FIX_REJECTION_STUCK);
    assert_true(scene->verdict.stuck_after > 0);
    assert_false(is_fix(scene, FIX_RECURSIVE_LOCK, true, 0));
}

static void says_the_same_every_time(void **state)
{
    struct scene *scene = *state;

    nest(scene, 1, "A", "B");
    nest(scene, 2, "B", "A");
    analyze(scene);
    assert_false(is_fix(scene, FIX_RECURSIVE_LOCK, true, 0));
    size_t before = scene->verdict.stuck_before, after = scene->verdict.stuck_after;
    scene->subject.original = NULL;
    assert_false(is_fix(scene, FIX_RECURSIVE_LOCK, true, 0));
    assert_int_equal(scene->verdict.stuck_before, before);
    assert_int_equal(scene->verdict.stuck_after, after);
}

/* Only the witness leads there: in the middle of much else the two nest once. */
static void simulates_a_part_of_a_long_run(void **state)
{
    struct scene *scene = *state;

    for (int i = 0; i < ROUNDS; i++) {
        if (i == ROUNDS / 2)
            nest(scene, 1, "A", "B");
        if (i == ROUNDS / 2 + 1)
            nest(scene, 2, "B", "A");
        fprintf(scene->file, "T%d|acq(%s)|5\nT%d|rel(%s)|6\n", i % 2 + 1, i % 3 != 0 ? "A" : "B",
                i % 2 + 1, i % 3 != 0 ? "A" : "B");
    }
    analyze(scene);
    assert_true(is_fix(scene, FIX_REORDER, false, 1));
    assert_int_equal(scene->verdict.scope, FIX_SCOPE_PART);
    assert_true(scene->verdict.stuck_before > 0);
    assert_false(is_fix(scene, FIX_RECURSIVE_LOCK, true, 0));
}

static void rejects_what_is_held_across_a_join(void **state)
{
    struct scene *scene = *state;

    fprintf(scene->file, "T1|fork(T3)|1\nT3|acq(C)|2\nT3|rel(C)|3\n"
                         "T1|acq(A)|11\nT1|join(T3)|4\nT1|acq(B)|12\nT1|rel(B)|13\nT1|rel(A)|14\n");
    nest(scene, 2, "B", "A");
    analyze(scene);
    assert_false(is_fix(scene, FIX_GATE_LOCK, false, 0));
    assert_int_equal(scene->verdict.rejection, FIX_REJECTION_HELD_ACROSS_WAIT);
    assert_true(is_fix(scene, FIX_SINGLE_LOCK, false, 0));
}

static void says_what_it_cannot_simulate(void **state)
{
    struct scene *scene = *state;

    nest(scene, 1, "A", "B");
    nest(scene, 2, "B", "A");
    analyze(scene);
    scene->subject.judge = NULL;
    assert_true(is_fix(scene, FIX_RECURSIVE_LOCK, true, 0));
    assert_int_equal(scene->verdict.scope, FIX_SCOPE_GRAPH_ONLY);
    assert_int_equal(scene->verdict.schedules, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_a_fix_from_none),          TEST(says_the_same_every_time),
        TEST(simulates_a_part_of_a_long_run), TEST(rejects_what_is_held_across_a_join),
        TEST(says_what_it_cannot_simulate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
