/* Threads, frames and locks of CPython in an image of its memory. */
#include "tests/unit/unit.h"

#include <string.h>
#include "tests/unit/python/python_scene.h"

static int set_up(void **state)
{
    *state = python_scene_create();
    return 0;
}

static int tear_down(void **state)
{
    python_scene_free(*state);
    return 0;
}

static void reads_3_14_by_its_own_table(void **state)
{
    struct python_scene *scene = *state;
    struct python_state python;
    python_state_read(&scene->target, &python);
    assert_null(python.problem);
    assert_string_equal(python.version, "3.14");
    assert_int_equal(python.thread_count, SCENE_THREADS);
    for (uint32_t i = 0; i < SCENE_THREADS; i++) {
        const struct python_thread *thread = python_state_find(&python, SCENE_TID(i));
        assert_non_null(thread);
        assert_int_equal(thread->frame_count, 1);
        assert_string_equal(thread->frames[0].function, i == 0 ? "first" : "second");
        assert_string_equal(thread->frames[0].file, "demo.py");
        assert_int_equal(thread->frames[0].line, 9);
        assert_int_equal(thread->held_count, 1);
        assert_int_equal(thread->held[0].object, scene->locks[i]);
        assert_int_equal(thread->held[0].frame, 0);
        assert_int_equal(thread->held[0].line, 9);
        assert_int_equal(thread->wanted.object, scene->locks[1 - i]);
        assert_int_equal(thread->wanted.word, scene->locks[1 - i] + 16);
    }
    assert_string_equal(python_lock_name(&scene->target, &python, scene->locks[0]), "lock_A");
    assert_string_equal(python_lock_name(&scene->target, &python, scene->locks[1]), "lock_B");
    assert_null(python_lock_name(&scene->target, &python, scene->frames[0]));
}

static void lock_that_is_free_is_not_held(void **state)
{
    struct python_scene *scene = *state;
    struct python_state python;
    python_scene_put_byte(scene, scene->locks[0] + 16, 0);
    python_state_read(&scene->target, &python);
    assert_int_equal(python_state_find(&python, SCENE_TID(0))->held_count, 0);
    assert_int_equal(python_state_find(&python, SCENE_TID(1))->held_count, 1);
}

static void thread_that_does_not_sleep_wants_nothing(void **state)
{
    struct python_scene *scene = *state;
    struct python_state python;
    scene->threads[0].in_syscall = false;
    python_state_read(&scene->target, &python);
    assert_int_equal(python_state_find(&python, SCENE_TID(0))->wanted.object, 0);
}

static void other_versions_are_a_problem(void **state)
{
    static const uint64_t versions[] = {0x030f00f0, 0x030700f0, 0x020712f0, 0};
    struct python_scene *scene = *state;
    struct python_state python;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        python_scene_put(scene, scene->version, versions[i]);
        python_state_read(&scene->target, &python);
        assert_null(python.version);
        assert_int_equal(python.thread_count, 0);
        assert_non_null(strstr(python.problem, "3.8 to 3.14"));
    }
}

static void build_without_the_interpreter_lock_is_a_problem(void **state)
{
    struct python_scene *scene = *state;
    struct python_state python;
    python_scene_put(scene, scene->runtime + 16, 1);
    python_state_read(&scene->target, &python);
    assert_null(python.version);
    assert_non_null(strstr(python.problem, "interpreter lock"));
}

static void process_without_python_has_no_state(void **state)
{
    struct python_scene *scene = *state;
    struct python_state python;
    scene->runtime = 0;
    python_state_read(&scene->target, &python);
    assert_null(python.version);
    assert_null(python.problem);
    assert_int_equal(python.thread_count, 0);
    assert_null(python_state_find(&python, SCENE_TID(0)));
    assert_null(python_lock_name(&scene->target, &python, scene->locks[0]));
}

static void lists_that_lead_in_circles_end(void **state)
{
    struct python_scene *scene = *state;
    struct python_state python;
    python_scene_put(scene, scene->frames[0] + 16, scene->frames[0]);
    python_state_read(&scene->target, &python);
    assert_in_range(python_state_find(&python, SCENE_TID(0))->frame_count, 2, 10000);
    python_scene_put(scene, scene->states[1] + 16, scene->states[0]);
    python_state_read(&scene->target, &python);
    assert_non_null(strstr(python.problem, "not all"));
}

/* Bytes changed at random: whatever is made of them, it ends and stays within the image. */
static void damage_is_survived(void **state)
{
    struct python_scene *scene = *state;
    unsigned char intact[SCENE_BYTES];
    uint64_t random = 88172645463325252u;
    memcpy(intact, scene->image, sizeof intact);
    for (int round = 0; round < 3000; round++) {
        struct python_state python;
        for (int change = 0; change < 4; change++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            scene->image[random % scene->used] = (unsigned char)(random >> 40);
        }
        python_state_read(&scene->target, &python);
        assert_in_range(python.thread_count, 0, 65536);
        memcpy(scene->image, intact, sizeof intact);
        arena_destroy(&scene->arena);
        arena_init(&scene->arena, (size_t)1 << 30);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reads_3_14_by_its_own_table),
        CASE(lock_that_is_free_is_not_held),
        CASE(thread_that_does_not_sleep_wants_nothing),
        CASE(other_versions_are_a_problem),
        CASE(build_without_the_interpreter_lock_is_a_problem),
        CASE(process_without_python_has_no_state),
        CASE(lists_that_lead_in_circles_end),
        CASE(damage_is_survived),
    };
    return cmocka_run_group_tests_name("python_frames", tests, NULL, NULL);
}
