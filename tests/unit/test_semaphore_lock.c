/* Which semaphores become locks, and what their events become. */
#include "tests/unit/unit.h"

#include <string.h>
#include "analyzer/schedule/semaphore_lock.h"
#include "tests/support/trace_text.h"

struct scene {
    struct arena arena;
    struct sync_trace *trace;
    struct sync_event *events;
    struct sync_object *objects;
};

static struct scene make(const char *text)
{
    struct scene scene = {0};

    arena_init(&scene.arena, (size_t)1 << 28);
    scene.trace = trace_from_text(&scene.arena, text);
    scene.events = arena_alloc(&scene.arena, scene.trace->event_count, sizeof *scene.events);
    scene.objects = arena_alloc(&scene.arena, scene.trace->object_count, sizeof *scene.objects);
    memcpy(scene.events, scene.trace->events, scene.trace->event_count * sizeof *scene.events);
    memcpy(scene.objects, scene.trace->objects, scene.trace->object_count * sizeof *scene.objects);
    scene.trace->events = scene.events;
    scene.trace->objects = scene.objects;
    semaphore_locks_make(&scene.arena, scene.trace, scene.events, scene.objects);
    return scene;
}

/* The first object. */
static void assert_kind(const char *text, enum sync_object_kind kind)
{
    struct scene scene = make(text);
    if (scene.objects[0].kind != kind)
        print_message("wrong: %s\n", text);
    assert_int_equal(scene.objects[0].kind, kind);
    arena_destroy(&scene.arena);
}

static void one_that_is_taken_and_posted_by_turns_is_a_lock(void **state)
{
    static const enum sync_event_kind kinds[] = {SYNC_REQUEST, SYNC_ACQUIRE, SYNC_RELEASE};
    struct scene scene = make("s sem 1;1 take s;1 post s;2 take s;2 post s;1 take s");
    (void)state;
    assert_int_equal(scene.objects[0].kind, SYNC_LOCK);
    for (size_t i = 0; i < scene.trace->event_count; i++)
        assert_int_equal(scene.events[i].kind, kinds[i % 3]);
    arena_destroy(&scene.arena);
}

static void others_stay_semaphores(void **state)
{
    (void)state;
    assert_kind("s sem 2;1 take s;1 post s;2 take s;2 post s", SYNC_SEMAPHORE);
    assert_kind("s sem 0;1 post s;1 take s;1 post s", SYNC_SEMAPHORE);
    assert_kind("1 take s;1 post s;2 take s;2 post s", SYNC_SEMAPHORE);
    assert_kind("s sem 1;1 take s;2 post s;2 take s;1 post s", SYNC_SEMAPHORE);
    assert_kind("s sem 1;1 take s;1 post s;1 post s", SYNC_SEMAPHORE);
    assert_kind("s sem 1;1 take s;2 take s;1 post s;2 post s", SYNC_SEMAPHORE);
}

static void other_objects_stay_as_they_are(void **state)
{
    struct scene scene = make("s sem 1;1 take s;1 acq A;1 rel A;1 post s;p sem 3;1 post p");
    (void)state;
    assert_int_equal(scene.events[2].kind, SYNC_REQUEST);
    assert_int_equal(scene.events[3].kind, SYNC_ACQUIRE);
    assert_int_equal(scene.events[6].kind, SYNC_POST);
    arena_destroy(&scene.arena);
}

/* A wait that a signal handler interrupted was asked for and not had. */
static void a_request_that_was_given_up_holds_nobody_up_for_good(void **state)
{
    struct scene scene = make("s sem 1;1 req s;1 acq A;1 rel A;1 take s;1 post s;2 req s");
    (void)state;
    assert_int_equal(scene.objects[0].kind, SYNC_LOCK);
    assert_true(scene.events[0].mode & SYNC_TIMED);
    assert_false(scene.events[4].mode & SYNC_TIMED);
    assert_false(scene.events[7].mode & SYNC_TIMED);
    arena_destroy(&scene.arena);
}

static void a_try_on_what_the_thread_holds_itself_is_certain(void **state)
{
    struct scene scene = make("s sem 1;1 take s;1 gfail s;2 gfail s;1 post s;1 gfail s");
    (void)state;
    assert_true(scene.events[2].mode & SYNC_HOLDER_SEEN);
    assert_false(scene.events[3].mode & SYNC_HOLDER_SEEN);
    assert_false(scene.events[5].mode & SYNC_HOLDER_SEEN);
    arena_destroy(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_is_taken_and_posted_by_turns_is_a_lock),
        cmocka_unit_test(others_stay_semaphores),
        cmocka_unit_test(other_objects_stay_as_they_are),
        cmocka_unit_test(a_request_that_was_given_up_holds_nobody_up_for_good),
        cmocka_unit_test(a_try_on_what_the_thread_holds_itself_is_certain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
