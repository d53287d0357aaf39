/* Plans: what is written is read again, and which of them are of one deadlock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/plan/plan_read.h"
#include "tests/unit/unit.h"

#define BUILD       "aa11"
#define OTHER_BUILD "bb22"

static struct plan_place place_at(const char *function, uint64_t offset)
{
    return (struct plan_place){.frames = {{function, "bank", offset}, {"main", "bank", 0x900}},
                               .count = 2};
}

/* Each step requests at 0x10 more than the one before, in functions a, b, c... */
static void make(struct arena *arena, struct plan *plan, const char *build, size_t count,
                 uint64_t offset)
{
    plan_init(plan, arena, NULL);
    *array_add(arena, &plan->modules) = (struct plan_module){"bank", build};
    for (size_t i = 0; i < count; i++) {
        const char *function = arena_printf(arena, "%c", (int)('a' + i));
        *array_add(arena, &plan->steps) = (struct plan_step){
            .holding = place_at(function, offset + 0x10 * i),
            .requests = place_at(function, offset + 0x10 * i + 8),
            .rank = (unsigned)i,
            .text = "holds one, requests another",
        };
    }
}

static void turn(struct plan *plan)
{
    struct plan_step first = plan->steps.items[0];
    size_t rest = plan->steps.count - 1;
    memmove(&plan->steps.items[0], &plan->steps.items[1], rest * sizeof first);
    plan->steps.items[rest] = first;
}

static void read_back(struct arena *arena, const struct plan *plan, struct plan *again)
{
    char path[] = "/tmp/unknot-plan-XXXXXX";
    const struct plan_manner manner = {.is_ranked = true, .pause_ms = 7};
    const char *error;
    int fd = mkstemp(path);
    FILE *out = fdopen(fd, "w");
    plan_write(out, plan, &manner);
    fclose(out);
    assert_true(plan_file_is_one(path));
    plan_init(again, arena, NULL);
    assert_true(plan_read(again, path, &error));
    unlink(path);
}

static void what_is_written_is_read_again(void **state)
{
    struct arena arena;
    struct plan plan, again;
    (void)state;
    arena_init(&arena, 1 << 20);
    make(&arena, &plan, BUILD, 3, 0x100);
    read_back(&arena, &plan, &again);
    assert_int_equal(again.steps.count, 3);
    assert_string_equal(again.steps.items[1].text, plan.steps.items[1].text);
    assert_int_equal(again.steps.items[2].holding.frames[0].offset, 0x120);
    assert_string_equal(again.modules.items[0].build_id, BUILD);
    assert_true(plan_is_same(&plan, &again));
    arena_destroy(&arena);
}

static void circle_is_the_same_wherever_it_begins(void **state)
{
    struct arena arena;
    struct plan plan, turned, mirrored, shorter;
    (void)state;
    arena_init(&arena, 1 << 20);
    make(&arena, &plan, BUILD, 3, 0x100);
    make(&arena, &turned, BUILD, 3, 0x100);
    make(&arena, &mirrored, BUILD, 3, 0x100);
    make(&arena, &shorter, BUILD, 2, 0x100);
    turn(&turned);
    struct plan_step second = mirrored.steps.items[1];
    mirrored.steps.items[1] = mirrored.steps.items[2];
    mirrored.steps.items[2] = second;
    assert_true(plan_is_same(&plan, &turned));
    assert_false(plan_is_same(&plan, &mirrored));
    assert_false(plan_is_same(&plan, &shorter));
    arena_destroy(&arena);
}

static void in_another_build_the_function_decides(void **state)
{
    struct arena arena;
    struct plan plan, moved, built_anew;
    (void)state;
    arena_init(&arena, 1 << 20);
    make(&arena, &plan, BUILD, 2, 0x100);
    make(&arena, &moved, BUILD, 2, 0x200);
    make(&arena, &built_anew, OTHER_BUILD, 2, 0x200);
    assert_false(plan_is_same(&plan, &moved));
    assert_true(plan_is_same(&plan, &built_anew));
    built_anew.steps.items[1].requests.frames[0].function = "?";
    assert_false(plan_is_same(&plan, &built_anew));
    arena_destroy(&arena);
}

static void of_waits_all_have_to_be_among_the_others(void **state)
{
    struct arena arena;
    struct plan part, whole;
    (void)state;
    arena_init(&arena, 1 << 20);
    make(&arena, &part, BUILD, 2, 0x100);
    make(&arena, &whole, BUILD, 3, 0x100);
    part.is_set = true;
    turn(&whole);
    assert_true(plan_is_same(&part, &whole));
    assert_false(plan_is_same(&(struct plan){.is_set = true}, &whole));
    whole.steps.count = 1;
    assert_false(plan_is_same(&part, &whole));
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(circle_is_the_same_wherever_it_begins),
        cmocka_unit_test(in_another_build_the_function_decides),
        cmocka_unit_test(of_waits_all_have_to_be_among_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
