/* What each kind of change makes of small runs. */
#include "tests/unit/unit.h"

#include "tests/rewrites/rewrite_scene.h"

#define CLASSES(...)                                                                               \
    .classes = (const uint32_t[]){__VA_ARGS__},                                                    \
    .class_count = sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)
#define NESTINGS(...)                                                                              \
    .nestings = (const struct fix_nesting[]){__VA_ARGS__},                                         \
    .nesting_count = sizeof((struct fix_nesting[]){__VA_ARGS__}) / sizeof(struct fix_nesting)
#define IN(thread, outer, inner) rewrite_scene_nesting(thread, outer, inner)

static struct rewrite_scene scene;

static void expect(const char *run, const struct fix_change *change, const char *words)
{
    rewrite_scene_init(&scene, run);
    rewrite_scene_change(&scene, change);
    assert_string_equal(rewrite_scene_words(&scene), words);
    for (size_t i = 1; i < scene.rewrite.trace.event_count; i++)
        assert_true(scene.rewrite.origins[i - 1] <= scene.rewrite.origins[i]);
    rewrite_scene_destroy(&scene);
}

#define AB "0 lock A; 0 lock B; 0 unlock B; 0 unlock A;"
#define BA "1 lock B; 1 lock A; 1 unlock A; 1 unlock B"

static void leaves_a_run_as_it_was(void **state)
{
    (void)state;
    expect(AB, NULL, "0?A 0+A 0?B 0+B 0-B 0-A");
}

/* Whoever comes after the signal that it was in the run would not have waited. */
static void lets_a_wait_end_after_what_woke_it(void **state)
{
    (void)state;
    rewrite_scene_init(&scene, "0 lock M; 0 wait C M; 1 signal C; 0 wake C M; 0 unlock M");
    rewrite_scene_change(&scene, NULL);
    assert_string_equal(rewrite_scene_words(&scene), "0?A 0+A 0wB 0-A 1sB 0WB 0?A 0+A 0-A");
    assert_int_equal(scene.rewrite.wakes[5], 5);
    rewrite_scene_destroy(&scene);
}

static void makes_locks_one(void **state)
{
    const struct fix_change change = {.kind = FIX_RECURSIVE_LOCK, CLASSES(0, 1)};
    (void)state;

    expect(AB BA, &change, "0?C 0+C 0-C 1?C 1+C 1-C");
    expect("0 lock A; 0 lock B; 0 unlock A; 0 lock D; 0 unlock D; 0 unlock B", &change,
           "0?D 0+D 0?C 0+C 0-C 0-D");
    expect("0 lock A; 0 try B; 0 fail B; 0 unlock B; 0 unlock A; 1 try B; 1 fail A; 1 unlock B",
           &change, "0?C 0+C 0-C 1t+C 1-C");
    expect("0 fail A; 0 read A; 0 read B; 0 unread B; 0 unread A", &change, "0!C 0?C 0+C 0-C");
}

static void gives_the_one_lock_back_in_a_wait(void **state)
{
    struct fix_change change = {.kind = FIX_RECURSIVE_LOCK, CLASSES(0, 2)};
    const char *twice = "0 lock A; 0 signal C; 0 lock M; 0 wait C M; 0 wake C M; 0 unlock M;"
                        "0 unlock A";
    (void)state;

    expect(twice, &change, "0?D 0+D 0sB 0wB 0WB 0-D");
    assert_true(scene.rewrite.keeps_mutex);
    change.kind = FIX_SINGLE_LOCK;
    expect(twice, &change, "0?D 0+D 0sB 0wB 0-D 0WB 0?D 0+D 0-D");
    assert_false(scene.rewrite.keeps_mutex);
}

static void makes_each_lock_recursive(void **state)
{
    const struct fix_change change = {
        .kind = FIX_RECURSIVE_LOCK, .keeps_apart = true, CLASSES(0, 1)};
    (void)state;

    expect("0 lock A; 0 lock A; 0 lock B; 0 unlock B; 0 unlock A; 0 unlock A", &change,
           "0?A 0+A 0?B 0+B 0-B 0-A");
    expect("0 lock A; 0 request A", &change, "0?A 0+A");
}

static void takes_a_gate_around(void **state)
{
    const struct fix_change both = {
        .kind = FIX_GATE_LOCK, CLASSES(0, 1), NESTINGS(IN(0, 0, 1), IN(1, 1, 0))};
    const struct fix_change one = {.kind = FIX_GATE_LOCK, CLASSES(0, 1), NESTINGS(IN(0, 0, 1))};
    const struct fix_change anywhere = {.kind = FIX_GATE_LOCK, CLASSES(0, 1)};
    (void)state;

    expect(AB BA, &both, "0?C 0+C 0?A 0+A 0?B 0+B 0-B 0-A 0-C 1?C 1+C 1?B 1+B 1?A 1+A 1-A 1-B 1-C");
    expect(AB BA, &one, "0?C 0+C 0?A 0+A 0?B 0+B 0-B 0-A 0-C 1?B 1+B 1?A 1+A 1-A 1-B");
    /* Given back after the last one, whichever it is; around each section by itself. */
    expect("0 lock A; 0 lock B; 0 unlock A; 0 unlock B; 0 lock B; 0 unlock B", &both,
           "0?C 0+C 0?A 0+A 0?B 0+B 0-A 0-B 0-C 0?B 0+B 0-B");
    expect("0 lock A; 0 unlock A; 0 lock B; 0 unlock B", &anywhere,
           "0?C 0+C 0?A 0+A 0-A 0-C 0?C 0+C 0?B 0+B 0-B 0-C");
    /* Another lock, outside and inside. */
    expect("0 lock A; 0 unlock A; 0 lock B; 0 lock A; 0 unlock A; 0 unlock B", &one,
           "0?C 0+C 0?A 0+A 0-A 0-C 0?B 0+B 0?C 0+C 0?A 0+A 0-A 0-C 0-B");
    /* Asked for in vain; held through a wait. */
    expect("0 time_out_lock A", &anywhere, "0?B 0+B 0?A 0!A 0-B");
    expect("0 lock A; 0 wait C A; 1 signal C; 0 wake C A; 0 unlock A",
           &(const struct fix_change){.kind = FIX_GATE_LOCK, CLASSES(0)},
           "0?C 0+C 0?A 0+A 0wB 0-A 1sB 0WB 0?A 0+A 0-A 0-C");
}

static void turns_an_order(void **state)
{
    const struct fix_change change = {.kind = FIX_REORDER, NESTINGS(IN(0, 0, 1))};
    const struct fix_change chain = {.kind = FIX_REORDER,
                                     NESTINGS(IN(0, 0, 1), IN(0, 1, 2), IN(0, 0, 2))};
    (void)state;

    expect(AB BA, &change, "0?B 0+B 0?A 0+A 0-B 0-A 1?B 1+B 1?A 1+A 1-A 1-B");
    /* A section without the inner lock, one in a try, one that is stopped inside. */
    expect("0 lock A; 0 unlock A; 0 try A; 0 try B; 0 unlock B; 0 unlock A; 0 lock A; 0 request B",
           &change, "0?A 0+A 0-A 0t+B 0t+A 0-B 0-A 0?A 0+A 0?B");
    /* Taken again in there: held from the first to the last. */
    expect("0 lock A; 0 lock B; 0 unlock B; 0 lock B; 0 unlock B; 0 unlock A", &change,
           "0?B 0+B 0?A 0+A 0-B 0-A");
    expect("1 lock A; 0 lock B; 0 lock A; 0 unlock B; 0 lock B; 0 unlock B; 0 unlock A",
           &(const struct fix_change){.kind = FIX_REORDER, NESTINGS(IN(0, 0, 1))},
           "1?A 1+A 0?B 0+B 0?A 0+A 0-B 0-A");
    /* What moved takes along what is to come before it. */
    expect("0 lock A; 0 lock B; 0 lock C; 0 unlock C; 0 unlock B; 0 unlock A", &chain,
           "0?B 0+B 0?C 0+C 0?A 0+A 0-C 0-B 0-A");
}

static void turns_two_of_a_class_by_address(void **state)
{
    const struct fix_change change = {.kind = FIX_REORDER,
                                      .by_rank = true,
                                      NESTINGS({.outer_class = 0,
                                                .inner_class = 0,
                                                .outer_place = rewrite_scene_place(1, 1),
                                                .inner_place = rewrite_scene_place(1, 0)},
                                               {.outer_class = 0,
                                                .inner_class = 0,
                                                .outer_place = rewrite_scene_place(0, 0),
                                                .inner_place = rewrite_scene_place(0, 1)})};
    (void)state;

    rewrite_scene_init(&scene, AB BA);
    scene.classes[1] = 0;
    rewrite_scene_change(&scene, &change);
    assert_string_equal(rewrite_scene_words(&scene),
                        "0?A 0+A 0?B 0+B 0-B 0-A 1?A 1+A 1?B 1+B 1-A 1-B");
    rewrite_scene_destroy(&scene);
}

static void takes_all_at_the_start_in_one_order(void **state)
{
    const struct fix_change change = {
        .kind = FIX_PRE_ACQUIRE, CLASSES(0, 1, 2), NESTINGS(IN(0, 1, 0), IN(0, 1, 2), IN(1, 0, 1))};
    (void)state;

    expect("1 lock A; 1 lock B; 1 unlock B; 1 unlock A;"
           "0 lock B; 0 lock C; 0 unlock C; 0 lock A; 0 unlock A; 0 unlock B",
           &change, "1?A 1+A 1?B 1+B 1-B 1-A 0?A 0+A 0?B 0+B 0?C 0+C 0-C 0-A 0-B");
    /* Also where they are not needed; but for what is held already, or nobody takes in there. */
    expect("1 lock A; 1 unlock A; 1 lock B; 1 lock A; 1 unlock A; 1 unlock B; 1 lock A; 1 lock B;"
           "1 unlock B; 1 unlock A; 0 lock B; 0 unlock B",
           &change,
           "1?A 1+A 1?B 1+B 1-B 1-A 1?B 1+B 1?A 1+A 1-A 1-B 1?A 1+A 1?B 1+B 1-B 1-A 0?B 0+B 0-B");
}

static void gives_way(void **state)
{
    const struct fix_change change = {.kind = FIX_TRY_BACKOFF, NESTINGS(IN(0, 0, 1))};
    (void)state;

    expect(AB BA, &change, "0t+B& 0t+A 0-B 0-A 1?B 1+B 1?A 1+A 1-A 1-B");
    expect("0 lock A; 0 unlock A; 0 lock B; 0 unlock B", &change, "0?A 0+A 0-A 0?B 0+B 0-B");
}

static void gives_back_before_it_asks(void **state)
{
    const struct fix_change change = {.kind = FIX_RELEASE_FIRST, NESTINGS(IN(0, 0, 1))};
    (void)state;

    expect(AB BA, &change, "0?A 0+A 0-A 0?B 0+B 0-B 0?A 0+A 0-A 1?B 1+B 1?A 1+A 1-A 1-B");
    expect("0 lock A; 0 lock B; 0 unlock A; 0 unlock B", &change, "0?A 0+A 0-A 0?B 0+B 0-B");
    expect("0 lock A; 0 lock B; 0 wait C A; 1 signal C; 0 wake C A; 0 unlock B; 0 unlock A",
           &change, "0?A 0+A 0-A 0?B 0+B 0wC 1sC 0WC 0-B 0?A 0+A 0-A");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_a_run_as_it_was),
        cmocka_unit_test(lets_a_wait_end_after_what_woke_it),
        cmocka_unit_test(makes_locks_one),
        cmocka_unit_test(gives_the_one_lock_back_in_a_wait),
        cmocka_unit_test(makes_each_lock_recursive),
        cmocka_unit_test(takes_a_gate_around),
        cmocka_unit_test(turns_an_order),
        cmocka_unit_test(turns_two_of_a_class_by_address),
        cmocka_unit_test(takes_all_at_the_start_in_one_order),
        cmocka_unit_test(gives_way),
        cmocka_unit_test(gives_back_before_it_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
