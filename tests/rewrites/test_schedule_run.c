/* Whether schedules of small runs, as they were and changed, get stuck. */
#include "tests/unit/unit.h"

#include "analyzer/fix/stuck_circle.h"
#include "analyzer/fix/trace_part.h"
#include "tests/rewrites/rewrite_scene.h"

enum { SCHEDULES = 200 };

#define CLASSES(...)                                                                               \
    .classes = (const uint32_t[]){__VA_ARGS__},                                                    \
    .class_count = sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)
#define NESTINGS(...)                                                                              \
    .nestings = (const struct fix_nesting[]){__VA_ARGS__},                                         \
    .nesting_count = sizeof((struct fix_nesting[]){__VA_ARGS__}) / sizeof(struct fix_nesting)
#define IN(thread, outer, inner) rewrite_scene_nesting(thread, outer, inner)

static struct rewrite_scene scene;

/* What schedules came to. */
struct tally {
    size_t done, here, elsewhere, inconclusive;
};

static struct stuck_step step(uint32_t thread, uint32_t held, uint32_t asked)
{
    return (struct stuck_step){
        .held_class = held,
        .held_place = rewrite_scene_place(thread, held),
        .class = asked,
        .place = rewrite_scene_place(thread, asked),
    };
}

static struct tally tally_plans(const struct schedule_plan *plans, size_t count,
                                const struct stuck_finding *finding, bool is_changed)
{
    static bool matters[TRACE_MOST_OBJECTS + 1];
    struct tally tally = {0};

    for (size_t i = 0; i < TRACE_MOST_OBJECTS; i++)
        matters[i] = true;
    struct schedule_run *run = schedule_run_create(&scene.arena, &scene.rewrite, matters);
    for (size_t i = 0; i < count; i++) {
        bool is_done = schedule_run(run, &plans[i]);
        enum stuck stuck = is_done ? STUCK_NONE : stuck_circle_find(run, finding, is_changed);
        tally.done += is_done;
        tally.here += stuck == STUCK_HERE;
        tally.elsewhere += stuck == STUCK_ELSEWHERE;
        tally.inconclusive += !is_done && stuck == STUCK_NONE;
    }
    return tally;
}

/* Of a finding of A in B and B in A, by threads 0 and 1, and a change; NULL: none. */
static struct tally tally_of(const char *text, const struct fix_change *change)
{
    static struct schedule_plan plans[SCHEDULES];
    static struct trace_part part;
    const struct stuck_step steps[] = {step(0, 0, 1), step(1, 1, 0)};

    rewrite_scene_init(&scene, text);
    trace_part_make(&scene.arena, &scene.arena, scene.run.trace, NULL, NULL, 0, SIZE_MAX, &part);
    rewrite_scene_on(&scene, &part.trace);
    rewrite_scene_change(&scene, change);
    for (size_t i = 0; i < SCHEDULES; i++)
        plans[i] = (struct schedule_plan){.policy = i % 4, .seed = i};
    const struct stuck_finding finding = {.run = &scene.run, .steps = steps, .step_count = 2};
    struct tally tally = tally_plans(plans, SCHEDULES, &finding, change != NULL);
    rewrite_scene_destroy(&scene);
    return tally;
}

static void expect_free(const char *text, const struct fix_change *change)
{
    struct tally tally = tally_of(text, change);

    if (tally.done != SCHEDULES)
        print_message("%s\n", text);
    assert_int_equal(tally.done, SCHEDULES);
}

static void expect_stuck(const char *text, const struct fix_change *change)
{
    struct tally tally = tally_of(text, change);

    assert_true(tally.here > 0);
    assert_int_equal(tally.here + tally.done, SCHEDULES);
}

#define AB "0 lock A; 0 lock B; 0 unlock B; 0 unlock A;"
#define BA "1 lock B; 1 lock A; 1 unlock A; 1 unlock B;"

static void finds_the_deadlock_of_the_run_as_it_was(void **state)
{
    (void)state;
    expect_stuck(AB BA, NULL);
    expect_free(AB "1 lock A; 1 lock B; 1 unlock B; 1 unlock A", NULL);
    expect_free("0 lock G;" AB "0 unlock G; 1 lock G;" BA "1 unlock G", NULL);
}

static void is_free_with_what_helps(void **state)
{
    (void)state;
    expect_free(AB BA, &(struct fix_change){.kind = FIX_RECURSIVE_LOCK, CLASSES(0, 1)});
    expect_free(AB BA, &(struct fix_change){.kind = FIX_SINGLE_LOCK, CLASSES(0, 1)});
    expect_free(AB BA, &(struct fix_change){.kind = FIX_GATE_LOCK,
                                            CLASSES(0, 1),
                                            NESTINGS(IN(0, 0, 1), IN(1, 1, 0))});
    expect_free(AB BA, &(struct fix_change){.kind = FIX_REORDER, NESTINGS(IN(0, 0, 1))});
    expect_free(AB BA, &(struct fix_change){.kind = FIX_PRE_ACQUIRE,
                                            CLASSES(0, 1),
                                            NESTINGS(IN(0, 0, 1), IN(1, 1, 0))});
    expect_free(AB BA, &(struct fix_change){.kind = FIX_TRY_BACKOFF, NESTINGS(IN(0, 0, 1))});
    expect_free(AB BA, &(struct fix_change){.kind = FIX_RELEASE_FIRST, NESTINGS(IN(1, 1, 0))});
}

static void gets_stuck_with_what_does_not(void **state)
{
    (void)state;
    expect_stuck(AB BA, &(struct fix_change){
                            .kind = FIX_RECURSIVE_LOCK, .keeps_apart = true, CLASSES(0, 1)});
    expect_stuck(AB BA,
                 &(struct fix_change){.kind = FIX_GATE_LOCK, CLASSES(0, 1), NESTINGS(IN(0, 0, 1))});
    expect_stuck(AB BA,
                 &(struct fix_change){.kind = FIX_REORDER, NESTINGS(IN(0, 0, 1), IN(1, 1, 0))});
    /* The lock of another makes a circle with the one lock that there was none with before. */
    expect_stuck("0 lock A; 0 lock C; 0 unlock C; 0 unlock A;"
                 "1 lock B; 1 unlock B; 1 lock C; 1 lock B; 1 unlock B; 1 unlock C",
                 &(struct fix_change){.kind = FIX_SINGLE_LOCK, CLASSES(0, 2)});
}

static void lets_a_run_that_hung_go_on(void **state)
{
    const char *hung = "0 lock A; 1 lock B; 0 request B; 1 request A";
    const char *by_itself = "0 lock A; 0 request A";
    const char *joined = "0 lock A; 0 fork 1; 1 begin 1; 1 request A; 0 lock B; 0 unlock B";
    (void)state;

    assert_int_equal(tally_of(hung, NULL).done + tally_of(hung, NULL).here, SCHEDULES);
    assert_true(tally_of(hung, NULL).here > 0);
    expect_free(hung, &(struct fix_change){.kind = FIX_RECURSIVE_LOCK, CLASSES(0, 1)});
    expect_free(hung, &(struct fix_change){.kind = FIX_REORDER, NESTINGS(IN(0, 0, 1))});
    assert_int_equal(tally_of(by_itself, NULL).elsewhere, SCHEDULES);
    expect_free(by_itself,
                &(struct fix_change){.kind = FIX_RECURSIVE_LOCK, .keeps_apart = true, CLASSES(0)});
    expect_free(joined, NULL);
}

static void leaves_other_findings_alone(void **state)
{
    const struct fix_change merge = {.kind = FIX_SINGLE_LOCK, CLASSES(0, 1)};
    struct tally tally = tally_of(AB BA "2 lock C; 2 lock D; 2 unlock D; 2 unlock C;"
                                        "3 lock D; 3 lock C; 3 unlock C; 3 unlock D",
                                  &merge);
    (void)state;

    assert_int_equal(tally.here, 0);
    assert_true(tally.elsewhere > 0);
    assert_true(tally.done > 0);
}

static void repeats_what_threads_tell_each_other(void **state)
{
    (void)state;
    expect_free("0 lock M; 0 wait C M; 1 lock M; 1 signal C; 1 unlock M; 0 wake C M; 0 unlock M",
                NULL);
    expect_free("barrier X 2; 0 enter X; 1 enter X; 0 leave X; 1 leave X; 0 lock A; 0 unlock A",
                NULL);
    expect_free("sem S 0; 1 post S; 0 take S; 0 fork 2; 2 begin 2; 2 end 2; 0 join 2", NULL);
    /* A try that failed does so only while the lock is held. */
    struct tally tally = tally_of("0 lock A; 1 fail A; 0 unlock A", NULL);
    assert_true(tally.inconclusive > 0 && tally.done > 0);
    assert_int_equal(tally.here + tally.elsewhere, 0);
}

static void lets_writers_in_before_readers(void **state)
{
    struct tally tally = tally_of("queue L; 0 read L; 0 read L; 0 unread L; 0 unread L;"
                                  "1 lock L; 1 unlock L",
                                  NULL);
    (void)state;

    assert_true(tally.elsewhere > 0);
    assert_int_equal(tally.elsewhere + tally.done, SCHEDULES);
}

static void follows_a_guide(void **state)
{
    /* T0: 0-1 A, 2-3 B, 4-5 back; T1: 6-7 B, 8-9 A, 10-11 back. */
    static const uint32_t guide[] = {0, 1, 6, 7, 2, 8};
    const struct stuck_step steps[] = {step(0, 0, 1), step(1, 1, 0)};
    const struct schedule_plan plan = {.guide = guide, .guide_count = 6};
    (void)state;

    rewrite_scene_init(&scene, AB BA);
    const struct stuck_finding finding = {.run = &scene.run, .steps = steps, .step_count = 2};
    rewrite_scene_change(&scene, NULL);
    assert_int_equal(tally_plans(&plan, 1, &finding, false).here, 1);
    rewrite_scene_change(&scene, &(struct fix_change){.kind = FIX_REORDER, NESTINGS(IN(0, 0, 1))});
    assert_int_equal(tally_plans(&plan, 1, &finding, true).done, 1);
    rewrite_scene_destroy(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_deadlock_of_the_run_as_it_was),
        cmocka_unit_test(is_free_with_what_helps),
        cmocka_unit_test(gets_stuck_with_what_does_not),
        cmocka_unit_test(lets_a_run_that_hung_go_on),
        cmocka_unit_test(leaves_other_findings_alone),
        cmocka_unit_test(repeats_what_threads_tell_each_other),
        cmocka_unit_test(lets_writers_in_before_readers),
        cmocka_unit_test(follows_a_guide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
