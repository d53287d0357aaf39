/* Every primitive in traces small enough to judge by hand: what oracle and simulator say of them,
 * and that the simulator rejects what is wrong. */
#include "tests/unit/unit.h"

#include <string.h>
#include "tests/random_traces/agreement.h"
#include "tests/random_traces/micro_trace.h"

static const struct micro {
    const char *name;
    bool any, in_order, loose;
    const char *text;
} micros[] = {
#define X(name, any, in_order, loose, text) {#name, any, in_order, loose, text},
#include "tests/random_traces/micro_traces.def"
#undef X
};

static struct oracle oracle;

struct scene {
    struct trace_builder builder;
    struct arena arena;
    struct simulator *simulator;
};

static void scene_init(struct scene *scene, const char *text)
{
    micro_trace_build(&scene->builder, text);
    arena_init(&scene->arena, SIZE_MAX);
    scene->simulator = simulator_create(&scene->arena, &scene->builder.trace);
}

static bool has_circle(enum oracle_mode mode)
{
    assert_true(oracle_explore(&oracle, mode));
    return oracle.circle_count > 0;
}

static bool is_wrong(const struct micro *micro, const char *what)
{
    if (what)
        print_message("%s: %s\n", micro->name, what);
    return what != NULL;
}

static bool check_micro(const struct micro *micro)
{
    struct scene scene;
    uint64_t random = 1, stuck = 0;
    bool wrong;

    scene_init(&scene, micro->text);
    wrong = is_wrong(micro, agreement_replay(scene.simulator, &scene.builder.trace));
    assert_true(oracle_init(&oracle, &scene.builder.trace));
    wrong |= is_wrong(micro, has_circle(ORACLE_LOOSE) == micro->loose ? NULL : "loose");
    wrong |= is_wrong(micro, has_circle(ORACLE_IN_ORDER) == micro->in_order ? NULL : "in order");
    wrong |= is_wrong(micro, agreement_circles(&oracle, scene.simulator));
    wrong |= is_wrong(micro, has_circle(ORACLE_ANY_ORDER) == micro->any ? NULL : "any order");
    wrong |= is_wrong(micro, agreement_circles(&oracle, scene.simulator));
    for (int i = 0; i < 50 && !wrong; i++)
        wrong |= is_wrong(micro, agreement_walk(&oracle, scene.simulator, &random, &stuck));
    arena_destroy(&scene.arena);
    return !wrong;
}

static void gives_each_micro_trace_its_verdict(void **state)
{
    size_t right = 0;
    (void)state;

    for (size_t i = 0; i < sizeof micros / sizeof *micros; i++)
        right += check_micro(&micros[i]);
    assert_int_equal(right, sizeof micros / sizeof *micros);
}

/* ---- what the simulator must reject ---- */

/* T0: 0-1 A, 2-3 B, 4-5 back; T1: 6-7 B, 8-9 A, 10-11 back. */
#define OPPOSITE                                                                                   \
    "0 lock A; 0 lock B; 0 unlock B; 0 unlock A; 1 lock B; 1 lock A; 1 unlock A; 1 unlock B"

static void expect(const char *text, const uint32_t *order, size_t count, const uint32_t *requests,
                   size_t request_count, struct simulator_replay expected)
{
    struct scene scene;

    scene_init(&scene, text);
    struct simulator_replay replay =
        simulator_replay(scene.simulator, order, count, requests, request_count);
    assert_string_equal(simulator_verdict_text(replay.verdict),
                        simulator_verdict_text(expected.verdict));
    assert_int_equal(replay.at, expected.at);
    arena_destroy(&scene.arena);
}

#define LIST(...) (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4
#define IS(verdict, at)                                                                            \
    (struct simulator_replay)                                                                      \
    {                                                                                              \
        SIMULATOR_##verdict, at                                                                    \
    }

static void accepts_a_deadlock_before_or_after_its_requests(void **state)
{
    (void)state;
    expect(OPPOSITE, LIST(0, 1, 6, 7), LIST(2, 8), IS(DEADLOCK, 0));
    expect(OPPOSITE, LIST(6, 0, 7, 1, 8, 2), LIST(2, 8), IS(DEADLOCK, 0));
}

static void rejects_events_out_of_their_thread_s_order(void **state)
{
    (void)state;
    expect(OPPOSITE, LIST(1, 0, 6, 7), LIST(2, 8), IS(NOT_NEXT, 0));
    expect(OPPOSITE, LIST(0, 1, 6, 6), LIST(2, 8), IS(NOT_NEXT, 3));
    expect(OPPOSITE, LIST(0, 1, 6, 7, 99), LIST(2, 8), IS(NOT_NEXT, 4));
}

static void rejects_an_event_that_cannot_happen(void **state)
{
    (void)state;
    expect(OPPOSITE, LIST(0, 1, 2, 3, 6, 7), LIST(2, 8), IS(NOT_ENABLED, 5));
    expect("0 lock A; 0 fork 1; 1 lock B; 1 request A; 0 request B", LIST(0, 1, 3, 4), LIST(5, 6),
           IS(NOT_ENABLED, 2));
}

static void rejects_a_thread_that_is_elsewhere(void **state)
{
    (void)state;
    expect(OPPOSITE, LIST(0, 1, 6), LIST(2, 8), IS(NOT_PENDING, 1));
    expect(OPPOSITE, LIST(0, 1, 2, 3, 4, 5, 6, 7), LIST(2, 8), IS(NOT_PENDING, 0));
    expect(OPPOSITE, LIST(0, 1, 6, 7), LIST(2, 9), IS(NOT_PENDING, 1));
    expect(OPPOSITE, LIST(0, 1, 6, 7), LIST(2, 99), IS(NOT_PENDING, 1));
}

static void rejects_requests_that_do_not_wait_for_each_other(void **state)
{
    (void)state;
    expect(OPPOSITE, LIST(0, 1), LIST(2, 6), IS(NOT_BLOCKED, 0));
    expect(OPPOSITE, LIST(0, 1, 6, 7), LIST(2), IS(NOT_BLOCKED, 0));
    expect(OPPOSITE, LIST(0, 1, 6, 7), LIST(2, 2), IS(NOT_BLOCKED, 0));
    /* Two wait for each other, the third only for them. */
    expect("0 lock A; 1 lock B; 0 request B; 1 request A; 2 request A", LIST(0, 1, 2, 3),
           LIST(4, 5, 6), IS(NOT_BLOCKED, 0));
    /* A time limit ends it. */
    expect(
        "0 lock A; 0 timed B; 0 unlock B; 0 unlock A; 1 lock B; 1 lock A; 1 unlock A; 1 unlock B",
        LIST(0, 1, 6, 7), LIST(2, 8), IS(NOT_BLOCKED, 0));
}

static void tells_a_deadlock_by_a_cause_that_is_not_certain(void **state)
{
    (void)state;
    expect("0 lock A; 1 lock B; 1 fail_unseen A; 0 request B; 1 request A", LIST(0, 1, 2, 3, 4),
           LIST(5, 6), IS(UNCERTAIN, 0));
    expect("0 lock A; 1 lock B; 1 fail A; 0 request B; 1 request A", LIST(0, 1, 2, 3, 4),
           LIST(5, 6), IS(DEADLOCK, 0));
}

/* ---- waits that anyone could serve ---- */

/* T1: 0-1 L, 2 back, 3 post; T0: 4-5 L, 6-7 take, 8 back. */
#define POSTED_AFTER_THE_LOCK                                                                      \
    "sem S 0; 1 lock L; 1 unlock L; 1 post S; 0 lock L; 0 take S; 0 unlock L;"

static void accepts_a_semaphore_that_is_posted_after_a_held_lock(void **state)
{
    (void)state;
    expect(POSTED_AFTER_THE_LOCK, LIST(4, 5), LIST(6), IS(DEADLOCK, 0));
    expect(POSTED_AFTER_THE_LOCK, LIST(4, 5, 6), LIST(6, 0), IS(DEADLOCK, 0));
    /* Posted before; by somebody else; by nobody; of a value that is not known. */
    expect(POSTED_AFTER_THE_LOCK, LIST(0, 1, 2, 3, 4, 5), LIST(6), IS(NOT_BLOCKED, 0));
    expect(POSTED_AFTER_THE_LOCK "2 post S", LIST(4, 5), LIST(6), IS(NOT_BLOCKED, 0));
    expect("sem S 1; 1 take S; 0 lock L; 0 take S; 1 request L", LIST(0, 1, 2, 3), LIST(4),
           IS(NOT_BLOCKED, 0));
    expect("sem S ?; 1 lock L; 1 unlock L; 1 post S; 0 lock L; 0 take S; 0 unlock L", LIST(4, 5),
           LIST(6), IS(NOT_BLOCKED, 0));
}

/* T0: 0-1 L, 2-3 M, 4-5 wait, 7-9 wake, 10-11 back; T2: 6 signal; T1: 12-13 L, 14 signal, 15. */
#define MONITOR                                                                                    \
    "0 lock L; 0 lock M; 0 wait C M; 2 signal C; 0 wake C M; 0 unlock M; 0 unlock L;"              \
    "1 lock L; 1 signal C; 1 unlock L;"

static void accepts_a_nested_monitor(void **state)
{
    (void)state;
    expect(MONITOR, LIST(6, 0, 1, 2, 3), LIST(4), IS(DEADLOCK, 0));
    expect(MONITOR, LIST(6, 0, 1, 2, 3, 4, 5), LIST(4, 12), IS(DEADLOCK, 0));
    /* The signal is still to come; it came; the waiter still has its mutex. */
    expect(MONITOR, LIST(0, 1, 2, 3), LIST(4), IS(NOT_BLOCKED, 0));
    expect(MONITOR, LIST(0, 1, 2, 3, 4, 6), LIST(4), IS(NOT_BLOCKED, 0));
    expect(MONITOR, LIST(6, 0, 1, 2), LIST(4), IS(NOT_PENDING, 0));
}

/* T1: 0-1 L, 2 back, 3 enter; T0: 4-5 L, 6 enter, 7 leave, 8 back; T1: 9 leave. */
#define BARRIER_UNDER_A_LOCK                                                                       \
    "barrier X 2; 1 lock L; 1 unlock L; 1 enter X; 0 lock L; 0 enter X; 0 leave X; 0 unlock L;"    \
    "1 leave X;"

static void accepts_a_barrier_whose_others_need_a_held_lock(void **state)
{
    (void)state;
    expect(BARRIER_UNDER_A_LOCK, LIST(4, 5), LIST(6), IS(DEADLOCK, 0));
    expect(BARRIER_UNDER_A_LOCK, LIST(4, 5, 6), LIST(6, 0), IS(DEADLOCK, 0));
    expect(BARRIER_UNDER_A_LOCK, LIST(0, 1, 2, 4, 5), LIST(6), IS(NOT_BLOCKED, 0));
    expect(BARRIER_UNDER_A_LOCK "2 enter X", LIST(4, 5), LIST(6), IS(NOT_BLOCKED, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_micro_trace_its_verdict),
        cmocka_unit_test(accepts_a_deadlock_before_or_after_its_requests),
        cmocka_unit_test(rejects_events_out_of_their_thread_s_order),
        cmocka_unit_test(rejects_an_event_that_cannot_happen),
        cmocka_unit_test(rejects_a_thread_that_is_elsewhere),
        cmocka_unit_test(rejects_requests_that_do_not_wait_for_each_other),
        cmocka_unit_test(tells_a_deadlock_by_a_cause_that_is_not_certain),
        cmocka_unit_test(accepts_a_semaphore_that_is_posted_after_a_held_lock),
        cmocka_unit_test(accepts_a_nested_monitor),
        cmocka_unit_test(accepts_a_barrier_whose_others_need_a_held_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
