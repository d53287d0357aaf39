/* How long small runs take, as they were and changed. Each event comes 10 ns after the one before
 * it in the run. */
#include "tests/unit/unit.h"

#include "analyzer/fix/makespan.h"
#include "analyzer/fix/trace_window.h"
#include "tests/rewrites/rewrite_scene.h"

#define CLASSES(...)                                                                               \
    .classes = (const uint32_t[]){__VA_ARGS__},                                                    \
    .class_count = sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)

static struct rewrite_scene scene;

static uint64_t span_of(const char *text, const struct fix_change *change, unsigned processors)
{
    static uint64_t times[TRACE_MOST_EVENTS];
    uint64_t span_ns = 0;

    rewrite_scene_init(&scene, text);
    for (size_t i = 0; i < scene.builder.trace.event_count; i++)
        times[i] = 10 * (i + 1);
    scene.builder.trace.times = times;
    rewrite_scene_change(&scene, change);
    assert_true(makespan_find(&scene.arena, &scene.rewrite, processors, &span_ns));
    rewrite_scene_destroy(&scene);
    return span_ns;
}

/* Both begin at once; each works 60 ns in a lock of its own, and waits for nobody. */
#define APART                                                                                      \
    "0 request A; 1 request B; 0 acquire A; 1 acquire B; 0 r x; 1 r y; 0 r x; 1 r y; 0 r x; 1 r "  \
    "y;"                                                                                           \
    "0 unlock A; 1 unlock B"

static void threads_work_at_once_on_processors_of_their_own(void **state)
{
    (void)state;
    assert_int_equal(span_of(APART, NULL, 2), 80);
    assert_int_equal(span_of(APART, NULL, 1), 160);
}

static void one_lock_makes_them_wait(void **state)
{
    const struct fix_change merge = {.kind = FIX_SINGLE_LOCK, CLASSES(0, 1)};
    const struct fix_change gate = {.kind = FIX_GATE_LOCK, CLASSES(0, 1)};
    (void)state;

    assert_int_equal(span_of(APART, &merge, 2), 160);
    assert_int_equal(span_of(APART, &gate, 2), 160);
}

/* T0 waits in the run from 20 on; that is no work of its own. */
static void waiting_is_no_work(void **state)
{
    (void)state;
    assert_int_equal(span_of("1 lock A; 0 request A; 1 r x; 1 r x; 1 unlock A; 0 acquire A;"
                             "0 unlock A",
                             NULL, 2),
                     50);
    assert_int_equal(span_of("0 lock M; 0 wait C M; 1 r x; 1 r x; 1 signal C; 0 wake C M;"
                             "0 unlock M",
                             NULL, 2),
                     40);
}

/* A lock goes to who asked first; a reader lets readers in. */
static void locks_go_to_who_asked_first(void **state)
{
    (void)state;
    assert_int_equal(span_of("0 lock A; 1 request A; 2 request A; 0 r x; 0 unlock A; 1 acquire A;"
                             "1 r x; 1 unlock A; 2 acquire A; 2 r x; 2 unlock A",
                             NULL, 3),
                     80);
    assert_int_equal(span_of("0 read A; 1 read A; 0 r x; 1 r x; 0 unread A; 1 unread A", NULL, 2),
                     50);
}

/* T0 begins where it has given A back; T1 is there from the start, and its end is in there. */
static void a_stretch_begins_where_threads_are_at_rest(void **state)
{
    static uint64_t times[TRACE_MOST_EVENTS];
    struct sync_trace window;
    (void)state;

    rewrite_scene_init(&scene, "0 fork 1; 0 lock A; 1 begin 1; 0 lock B; 1 lock C; 0 unlock B;"
                               "1 unlock C; 1 fail A; 0 unlock A; 0 lock D; 0 unlock D; 1 end 1;"
                               "0 join 1");
    scene.builder.trace.times = times;
    trace_window_make(&scene.arena, &scene.builder.trace, 3, SIZE_MAX, &window);
    rewrite_scene_on(&scene, &window);
    rewrite_scene_change(&scene, NULL);
    assert_string_equal(rewrite_scene_words(&scene), "1.A 1?D 1+D 1-D 0?E 0+E 0-E 1.A 0?A 0.A");
    trace_window_make(&scene.arena, &scene.builder.trace, 16, 2, &window);
    assert_int_equal(window.event_count, 1); /* the join of what ended before */
    rewrite_scene_destroy(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_work_at_once_on_processors_of_their_own),
        cmocka_unit_test(one_lock_makes_them_wait),
        cmocka_unit_test(waiting_is_no_work),
        cmocka_unit_test(locks_go_to_who_asked_first),
        cmocka_unit_test(a_stretch_begins_where_threads_are_at_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
