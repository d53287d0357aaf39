/* Chains of held locks, rewritten as a fix would have them. Locks are letters, places numbers; a
 * dependency is written "ab>c": a and b are held, c is requested. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include "analyzer/fix/chain_rewrite.h"
#include "analyzer/predict/lock_class.h"
#include "tests/support/analyzed.h"

enum { PLACES = 10 };

struct scene {
    struct recording_builder *rec;
    uint32_t thread, locks[4]; /* a to d: static, each a class of its own */
    uint32_t elements[2];      /* x, y: of one class, x at the lower address */
    uint32_t stacks[PLACES];
    struct analyzed loaded;
    struct chain_base base;
    char text[400];
};

static int set_up(void **state)
{
    static struct scene scene;
    struct recording_builder *rec = recording_builder_create();
    uint32_t module = recording_module(rec, "/bin/program", 0x1000, 0x9000, 0);

    scene = (struct scene){.rec = rec};
    scene.thread = recording_thread(rec, "main");
    for (uint32_t i = 0; i < 4; i++)
        scene.locks[i] =
            recording_lock(rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX,
                                                    .location = TRACE_CODE(module, 64 * i + 8)});
    for (uint32_t i = 0; i < PLACES; i++)
        scene.stacks[i] =
            recording_stack(rec, 1, (const trace_code_t[]){TRACE_CODE(module, i + 1)});
    for (uint32_t i = 0; i < 2; i++)
        scene.elements[i] = recording_lock(rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX,
                                                                    .address = 0x5000 + 64 * i,
                                                                    .init_stack = scene.stacks[9]});
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    recording_builder_free(scene->rec);
    analyzed_destroy(&scene->loaded);
    return 0;
}

static uint32_t lock_of(const struct scene *scene, char letter)
{
    return letter >= 'x' ? scene->elements[letter - 'x'] : scene->locks[letter - 'a'];
}

/* "a1b2-b-a": takes a at place 1, b at 2, gives both back. */
static void act(struct scene *scene, uint32_t thread, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '-') {
            recording_release(scene->rec, thread, lock_of(scene, *++text));
            continue;
        }
        recording_at(scene->rec, scene->stacks[text[1] - '0']);
        recording_acquire(scene->rec, thread, lock_of(scene, text[0]), 0);
        text++;
    }
}

static void load(struct scene *scene)
{
    struct lock_classes classes;

    analyzed_load(&scene->loaded, scene->rec);
    lock_classes_make(&scene->loaded.arena, &scene->loaded.execution, &classes);
    chain_base_make(&scene->loaded.arena, &scene->loaded.execution, classes.of_lock, &scene->base);
}

static uint32_t class_of(const struct scene *scene, char letter)
{
    const struct lock *lock = execution_find_lock(&scene->loaded.execution, lock_of(scene, letter));

    return scene->base.lock_class[lock - scene->loaded.execution.locks];
}

/* "a1b2": b is taken at place 2 inside a from place 1. */
static struct fix_nesting nesting_of(const struct scene *scene, const char *text)
{
    const struct execution *execution = &scene->loaded.execution;

    return (struct fix_nesting){
        .outer_class = class_of(scene, text[0]),
        .inner_class = class_of(scene, text[2]),
        .outer_place = execution_find_stack(execution, scene->stacks[text[1] - '0'])->frames[0],
        .inner_place = execution_find_stack(execution, scene->stacks[text[3] - '0'])->frames[0],
    };
}

static char letter_of(const struct scene *scene, uint32_t lock)
{
    for (char letter = 'a'; letter <= 'd'; letter++) {
        if (lock_of(scene, letter) == lock)
            return letter;
    }
    if (lock == scene->base.gate)
        return 'G';
    return lock == scene->elements[0] ? 'x' : 'y';
}

static void tell(struct scene *scene, const struct dependency *dependency)
{
    char *text = scene->text + strlen(scene->text);

    if (dependency->held_count == 0)
        return;
    if (text != scene->text)
        *text++ = ' ';
    for (uint32_t i = 0; i < dependency->held_count; i++)
        *text++ = letter_of(scene, dependency->held[i].lock);
    *text++ = '>';
    *text++ = letter_of(scene, dependency->lock);
    if ((dependency->mode & TRACE_MODE_TRY) != 0)
        *text++ = '?';
    *text = '\0';
}

/* The classes as letters, the nestings one after the other. Returns what is held across waits. */
static size_t rewrite(struct scene *scene, enum fix_kind kind, bool keeps_apart,
                      const char *letters, const char *nesting_text)
{
    uint32_t classes[8];
    struct fix_nesting nestings[8];
    struct fix_change change = {
        .kind = kind, .keeps_apart = keeps_apart, .classes = classes, .nestings = nestings};
    struct chain_result result;

    load(scene);
    for (; *letters != '\0'; letters++)
        classes[change.class_count++] = class_of(scene, *letters);
    for (; *nesting_text != '\0'; nesting_text += 4)
        nestings[change.nesting_count++] = nesting_of(scene, nesting_text);
    chain_rewrite(chain_rewriter_create(&scene->loaded.arena, &scene->base, &change),
                  scene->loaded.execution.dependencies, scene->loaded.execution.dependency_count,
                  &result);
    scene->text[0] = '\0';
    for (size_t i = 0; i < result.execution.dependency_count; i++)
        tell(scene, &result.execution.dependencies[i]);
    return result.held_across_waits;
}

static void merging_drops_what_is_held(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1c2b3d4-d-b-c-a");
    rewrite(scene, FIX_RECURSIVE_LOCK, false, "ab", "");
    assert_string_equal(scene->text, "a>c ac>d");
}

static void one_lock_is_the_same_in_the_graph(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "c1b2a3-a-b-c");
    rewrite(scene, FIX_SINGLE_LOCK, false, "ab", "");
    assert_string_equal(scene->text, "c>a");
}

static void recursion_alone_keeps_the_order(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1b2-b-a");
    rewrite(scene, FIX_RECURSIVE_LOCK, true, "ab", "");
    assert_string_equal(scene->text, "a>b");
}

static void recursion_drops_a_second_request(void **state)
{
    struct scene *scene = *state;
    const struct trace_dependency_held held = {.lock = scene->locks[0], .stack = scene->stacks[1]};

    recording_dependency(scene->rec,
                         &(const struct trace_dependency){.thread = scene->thread,
                                                          .lock = scene->locks[0],
                                                          .stack = scene->stacks[2],
                                                          .held_count = 1},
                         &held);
    rewrite(scene, FIX_RECURSIVE_LOCK, true, "a", "");
    assert_string_equal(scene->text, "");
    analyzed_destroy(&scene->loaded);
    rewrite(scene, FIX_RECURSIVE_LOCK, true, "b", "");
    assert_string_equal(scene->text, "a>a");
}

static void a_gate_comes_before_the_first(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "d0a1b2-b-a-d");
    rewrite(scene, FIX_GATE_LOCK, false, "ab", "a1b2");
    assert_string_equal(scene->text, "d>G dG>a dGa>b");
}

/* Nothing was recorded of the first lock of a chain; a lock taken elsewhere has no gate. */
static void a_gate_has_requests_of_its_own(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1b2-b-aa3b4-b-a");
    rewrite(scene, FIX_GATE_LOCK, false, "ab", "a1b2");
    assert_string_equal(scene->text, "G>a Ga>b a>b");
}

static void turning_takes_the_inner_lock_first(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1b2c3-c-b-a");
    rewrite(scene, FIX_REORDER, false, "ba", "a1b2");
    assert_string_equal(scene->text, "b>a b>a ba>c");
}

/* Before the inner place, too: it is held from the outer one on. As far as the first of these
 * chains tells, it may also have been given back before. */
static void what_is_between_is_taken_inside_both(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "d0a1c2b3-b-c-a-d");
    rewrite(scene, FIX_REORDER, false, "ba", "a1b3");
    assert_string_equal(scene->text, "d>b db>a dba>c da>c");
}

static void other_places_are_not_turned(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1b2-b-aa3b2-b-a");
    rewrite(scene, FIX_REORDER, false, "ba", "a1b2");
    assert_string_equal(scene->text, "b>a a>b");
}

/* Both places have to be turned. */
static void a_second_inner_place_locks_itself_out(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1b2-b-aa1b4-b-a");
    rewrite(scene, FIX_REORDER, false, "ba", "a1b2");
    assert_string_equal(scene->text, "b>a b>a ba>b a>b");
}

/* Who did not take the inner lock in the run takes it with the fix: there is only one. */
static void another_thread_at_the_place_takes_it_as_well(void **state)
{
    struct scene *scene = *state;
    uint32_t other = recording_create(scene->rec, scene->thread, "other");

    act(scene, scene->thread, "a1b2-b-a");
    act(scene, other, "d0a1-a-d");
    rewrite(scene, FIX_REORDER, false, "ba", "a1b2");
    assert_string_equal(scene->text, "b>a d>b db>a");
}

/* What is held already is not taken again; what was recorded of an acquisition tells all of it. */
static void what_is_held_stays_where_it_is(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1b2-b-ab0a1-a-b");
    rewrite(scene, FIX_REORDER, false, "ba", "a1b2");
    assert_string_equal(scene->text, "b>a");
}

static void locks_of_one_class_go_by_address(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "x1y2-y-xy1x2-x-y");
    rewrite(scene, FIX_REORDER, false, "x", "x1y2");
    assert_string_equal(scene->text, "x>y x>y");
}

static void pre_acquiring_takes_both_in_their_order(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1c2b3-b-c-a");
    rewrite(scene, FIX_PRE_ACQUIRE, false, "ab", "a1b3");
    assert_string_equal(scene->text, "a>b ab>c a>c a>b");
}

static void a_try_does_not_wait(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "a1b2-b-ac0b2-b-c");
    rewrite(scene, FIX_TRY_BACKOFF, false, "", "a1b2");
    assert_string_equal(scene->text, "a>b? c>b");
}

/* It is taken again after the inner one was given back: with what lies between still held. */
static void a_released_lock_is_taken_again(void **state)
{
    struct scene *scene = *state;

    act(scene, scene->thread, "d0a1c2b3-b-c-a-d");
    rewrite(scene, FIX_RELEASE_FIRST, false, "", "a1b3");
    assert_string_equal(scene->text, "d>a da>c dc>b dc>a");
}

static void a_new_lock_across_a_wait_is_counted(void **state)
{
    struct scene *scene = *state;
    const struct trace_dependency_held held = {.lock = scene->locks[0], .stack = scene->stacks[1]};
    struct trace_dependency wait = {.thread = scene->thread,
                                    .lock = scene->locks[1],
                                    .mode = TRACE_MODE_WAIT,
                                    .stack = scene->stacks[5],
                                    .held_count = 1};

    act(scene, scene->thread, "a1b2-b-a");
    recording_dependency(scene->rec, &wait, &held);
    assert_int_equal(rewrite(scene, FIX_GATE_LOCK, false, "ab", "a1b2"), 1);
    analyzed_destroy(&scene->loaded);
    assert_int_equal(rewrite(scene, FIX_SINGLE_LOCK, false, "ab", ""), 1);
    analyzed_destroy(&scene->loaded);
    assert_int_equal(rewrite(scene, FIX_TRY_BACKOFF, false, "", "a1b2"), 0);
}

/* A wait gives its mutex back, and takes it again with what it left held. */
static void a_moved_lock_is_given_back_by_its_wait(void **state)
{
    struct scene *scene = *state;
    const struct trace_dependency_held held = {.lock = scene->locks[0], .stack = scene->stacks[1]};
    struct trace_dependency wait = {.thread = scene->thread,
                                    .lock = scene->locks[1],
                                    .mode = TRACE_MODE_WAIT,
                                    .stack = scene->stacks[5],
                                    .held_count = 1};

    act(scene, scene->thread, "a1b2-b-a");
    recording_dependency(scene->rec, &wait, &held);
    assert_int_equal(rewrite(scene, FIX_REORDER, false, "ba", "a1b2"), 0);
    assert_string_equal(scene->text, "b>a b>a a>b");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(merging_drops_what_is_held),
        CASE(one_lock_is_the_same_in_the_graph),
        CASE(recursion_alone_keeps_the_order),
        CASE(recursion_drops_a_second_request),
        CASE(a_gate_comes_before_the_first),
        CASE(a_gate_has_requests_of_its_own),
        CASE(turning_takes_the_inner_lock_first),
        CASE(what_is_between_is_taken_inside_both),
        CASE(other_places_are_not_turned),
        CASE(a_second_inner_place_locks_itself_out),
        CASE(another_thread_at_the_place_takes_it_as_well),
        CASE(what_is_held_stays_where_it_is),
        CASE(locks_of_one_class_go_by_address),
        CASE(pre_acquiring_takes_both_in_their_order),
        CASE(a_try_does_not_wait),
        CASE(a_released_lock_is_taken_again),
        CASE(a_new_lock_across_a_wait_is_counted),
        CASE(a_moved_lock_is_given_back_by_its_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
