/* Waits with a lock held that those need who would end them, on traces written by hand. Each
 * witness is replayed by the simulator. */
#include "tests/unit/unit.h"

#include <string.h>
#include "analyzer/schedule/wait_pattern.h"
#include "analyzer/schedule/wait_witness.h"
#include "tests/support/trace_text.h"

struct scene {
    struct arena arena;
    struct abstract_requests requests;
    struct wait_requests waits;
    struct wait_judge judge;
    size_t circles, found, longest, wrong;
};

static bool judge_circle(void *context, const struct abstract_request *const *members, size_t count,
                         uint64_t *steps)
{
    struct scene *scene = context;
    const struct abstract_request *all[WAIT_PATTERN_MEMBERS + WAIT_WITNESS_HELPERS];
    struct witness witness;

    (void)steps;
    scene->circles++;
    memcpy(all, members, count * sizeof(const struct abstract_request *));
    if (!wait_witness_find(&scene->judge, &scene->arena, all, count, &witness))
        return false;
    scene->found++;
    scene->longest =
        witness.request_count > scene->longest ? witness.request_count : scene->longest;
    scene->wrong += simulator_replay(scene->judge.simulator, witness.order, witness.order_count,
                                     witness.requests, witness.request_count)
                        .verdict != SIMULATOR_DEADLOCK;
    for (size_t i = 0; i < witness.request_count; i++)
        scene->wrong += all[i]->thread != scene->requests.trace->events[witness.requests[i]].thread;
    return true;
}

static void find_waits(struct scene *scene, const char *text)
{
    *scene = (struct scene){0};
    arena_init(&scene->arena, (size_t)1 << 30);
    const struct sync_trace *trace = trace_from_text(&scene->arena, text);
    abstract_requests_collect(&scene->arena, trace, &scene->requests);
    wait_requests_collect(&scene->arena, &scene->requests, &scene->waits);
    scene->judge = (struct wait_judge){
        .index = schedule_index_create(&scene->arena, &scene->requests),
        .simulator = simulator_create(&scene->arena, trace),
        .waits = &scene->waits,
    };
    assert_true(
        wait_patterns_search(&scene->arena, &scene->waits, UINT64_MAX, judge_circle, scene));
}

/* How many waits can be for good, and how many threads the largest circle has. */
static const struct example {
    const char *name;
    size_t found, threads;
    const char *text;
} examples[] = {
    {"a semaphore that is posted after the lock", 1, 2,
     "s sem 0;1 acq L;1 rel L;1 post s;0 acq L;0 take s;0 rel L"},
    {"one that another posts, too", 0, 0,
     "s sem 0;1 acq L;1 rel L;1 post s;2 post s;0 acq L;0 take s;0 rel L"},
    {"one with a unit left", 0, 0, "s sem 1;1 acq L;1 rel L;1 post s;0 acq L;0 take s;0 rel L"},
    {"one of unknown value", 0, 0, "1 acq L;1 rel L;1 post s;0 acq L;0 take s;0 rel L"},
    {"one whose lock is only tried", 0, 0,
     "s sem 0;1 tacq L;1 rel L;1 post s;0 acq L;0 take s;0 rel L"},
    {"one that is posted under another lock", 0, 0,
     "s sem 0;1 acq M;1 rel M;1 post s;0 acq L;0 take s;0 rel L;2 acq L;2 acq M;2 rel M;2 rel L"},
    {"a lock that both only read", 0, 0,
     "s sem 0;1 racq L;1 rrel L;1 post s;0 racq L;0 take s;0 rrel L;2 acq L;2 rel L"},
    {"a lock that is read and wanted for writing", 1, 2,
     "s sem 0;1 acq L;1 rel L;1 post s;0 racq L;0 take s;0 rrel L"},
    {"the lock was passed before the thread was created", 0, 0,
     "s sem 0;1 acq L;1 rel L;1 create 0;1 post s;0 begin;0 acq L;0 take s;0 rel L"},
    {"the outer one of two locks", 1, 2,
     "s sem 0;1 acq G;1 acq L;1 rel L;1 rel G;1 post s;0 acq G;0 acq L;0 take s;0 rel L;0 rel G"},
    {"units that two others can have", 1, 3,
     "s sem 2;1 take s;1 acq L;1 rel L;1 post s;2 take s;2 acq L;2 rel L;2 post s;"
     "0 acq L;0 take s;0 post s;0 rel L"},
    {"units for all", 0, 0,
     "s sem 3;1 take s;1 acq L;1 rel L;1 post s;2 take s;2 acq L;2 rel L;2 post s;"
     "0 acq L;0 take s;0 post s;0 rel L"},
    {"a unit that came back from the one who waits", 1, 2,
     "s sem 1;0 acq L;0 take s;0 post s;0 rel L;1 take s;1 acq L;1 rel L;1 post s"},
    {"a lock held by a third thread", 1, 3,
     "s sem 0;1 acq M;1 rel M;1 post s;2 acq M;2 acq L;2 rel L;2 rel M;0 acq L;0 take s;0 rel L"},
    {"room and items under a lock each", 0, 0,
     "room sem 1;items sem 0;0 acq P;0 take room;0 post items;0 rel P;1 acq G;1 take items;"
     "1 post room;1 rel G;2 acq P;2 take room;2 post items;2 rel P;3 acq G;3 take items;"
     "3 post room;3 rel G"},
    {"a join of the one who waits", 1, 3,
     "s sem 0;0 create 1;1 begin;2 acq L;2 rel L;2 post s;1 take s;1 end;0 acq L;0 ask 1;0 join 1;"
     "0 rel L"},
    {"a nested monitor", 1, 2,
     "1 acq L;1 rel L;0 acq L;0 acq M;0 wait c;0 wrel M;1 acq M;1 signal c;1 rel M;"
     "0 woken c;0 acq M;0 rel M;0 rel L"},
    {"the mutex of the wait alone", 0, 0,
     "1 acq M;1 rel M;0 acq M;0 wait c;0 wrel M;1 acq M;1 signal c;1 rel M;0 woken c;0 acq M;"
     "0 rel M"},
    {"a monitor that another signals, too", 0, 0,
     "1 acq L;1 rel L;0 acq L;0 acq M;0 wait c;0 wrel M;1 acq M;1 signal c;1 rel M;"
     "0 woken c;0 acq M;0 rel M;0 rel L;2 acq M;2 signal c;2 rel M"},
    {"a wait that ended by itself", 0, 0,
     "1 acq L;1 rel L;0 acq L;0 acq M;0 wait c;0 wrel M;1 acq M;1 signal c;1 rel M;"
     "0 timeout c;0 acq M;0 rel M;0 rel L"},
    {"a wait for what was left under its mutex after the lock", 0, 0,
     "1 acq L;1 rel L;1 acq M;1 rel M;0 acq L;0 acq M;0 wait c;0 wrel M;1 acq M;1 signal c;1 rel M;"
     "0 woken c;0 acq M;0 rel M;0 rel L"},
    {"a barrier that is come to after the lock", 1, 2,
     "b barrier 2;1 acq L;1 rel L;1 enter b;0 acq L;0 enter b;0 leave b;0 rel L;1 leave b"},
    {"a barrier that a third comes to", 0, 0,
     "b barrier 2;1 acq L;1 rel L;1 enter b;0 acq L;0 enter b;0 leave b;0 rel L;2 enter b;1 leave "
     "b"},
    {"a barrier of unknown size", 0, 0,
     "1 acq L;1 rel L;1 enter b;0 acq L;0 enter b;0 leave b;0 rel L;1 leave b"},
};

static void every_example_has_its_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *example = &examples[i];
        struct scene scene;
        find_waits(&scene, example->text);
        if (scene.found != example->found || scene.longest != example->threads || scene.wrong != 0)
            print_message("wrong: %s\n", example->name);
        assert_int_equal(scene.found, example->found);
        assert_int_equal(scene.longest, example->threads);
        assert_int_equal(scene.wrong, 0);
        arena_destroy(&scene.arena);
    }
}

static void nothing_is_collected_where_no_wait_holds_a_lock(void **state)
{
    struct scene scene;
    (void)state;
    find_waits(&scene, "s sem 0;1 acq L;1 rel L;1 post s;0 take s;0 acq L;0 rel L");
    assert_int_equal(scene.waits.node_count, 0);
    arena_destroy(&scene.arena);
}

static void a_search_at_its_limit_says_so(void **state)
{
    struct scene scene;
    (void)state;
    find_waits(&scene, "s sem 0;1 acq L;1 rel L;1 post s;0 acq L;0 take s;0 rel L");
    assert_false(wait_patterns_search(&scene.arena, &scene.waits, 1, judge_circle, &scene));
    arena_destroy(&scene.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_has_its_waits),
        cmocka_unit_test(nothing_is_collected_where_no_wait_holds_a_lock),
        cmocka_unit_test(a_search_at_its_limit_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
