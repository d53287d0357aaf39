/* Which stacks and locks the places of a plan mean, in the build that it is of and in another. */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "shim/capture/module.h"
#include "shim/capture/stack.h"
#include "shim/core/plan.h"
#include "tests/unit/shim/scene.h"

static pthread_mutex_t static_locks[2];

/* A place in this program as a plan has it; where its build is `build`. */
static void read_plan(const char *build, const char *line)
{
    static char path[64];
    snprintf(path, sizeof(path), "%s/plan", scene_folder());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "unknot-plan 1\nmodule test_shim_plan_places %s\n%s\n", build, line);
    fclose(file);
    plan_read(path);
}

static const char *own_build(void)
{
    static char text[2 * PLAN_BUILD_BYTES + 1] = "-";
    struct module_place place;
    assert_true(module_find((uintptr_t)static_locks, &place));
    const struct module_identity module = module_identity(module_intern(&place));
    for (uint32_t i = 0; i < module.build_id_bytes; i++)
        sprintf(text + 2 * i, "%02x", module.build_id[i]);
    return text;
}

static uint64_t offset_of(uintptr_t address)
{
    struct module_place place;
    assert_true(module_find(address, &place));
    return address - place.bias;
}

__attribute__((noinline)) static void place_one(void)
{
    __asm__ volatile("nop; nop; nop; nop");
}

__attribute__((noinline)) static void place_two(void)
{
    __asm__ volatile("nop; nop; nop; nop;");
}

/* The stack of a call in the function. */
static uint32_t stack_in(void (*function)(void))
{
    struct shim_thread *self = scene_thread();
    uintptr_t address = (uintptr_t)function + 1, slot = address;
    thread_guard(self, (uintptr_t)&slot);
    const struct known_stack *stack = thread_capture(self, address, (uintptr_t)&slot);
    thread_unguard(self);
    assert_non_null(stack);
    return stack->id;
}

static const struct plan_place *wanted_place(const char *build, const char *function,
                                             uint64_t offset)
{
    char line[256];
    snprintf(line, sizeof(line), "step\nrequests %s@test_shim_plan_places+0x%llx", function,
             (unsigned long long)offset);
    read_plan(build, line);
    assert_int_equal(plan.step_count, 1);
    return &plan.steps[0].wants;
}

static void in_the_same_build_the_offset_decides(void **state)
{
    uint32_t one = stack_in(place_one), two = stack_in(place_two);
    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        const struct plan_place *place =
            wanted_place(own_build(), "renamed", offset_of((uintptr_t)place_one + 1));
        assert_true(plan_place_matches(place, one) && plan_place_matches(place, one));
        assert_false(plan_place_matches(place, two) || plan_place_matches(place, two));
        assert_false(plan_place_matches(place, 0));
    }
}

static void in_another_build_the_function_decides(void **state)
{
    uint32_t one = stack_in(place_one), two = stack_in(place_two);
    (void)state;
    const struct plan_place *place = wanted_place("0123", "place_one", 0x77);
    assert_true(plan_place_matches(place, one));
    assert_false(plan_place_matches(place, two));
    place = wanted_place("0123", "?", offset_of((uintptr_t)place_one + 1));
    assert_false(plan_place_matches(place, one));
    place = wanted_place("0123", "place", 0x77);
    assert_false(plan_place_matches(place, one));
}

static void all_frames_of_the_plan_have_to_be_there(void **state)
{
    uint32_t one = stack_in(place_one);
    (void)state;
    read_plan("-", "step\nrequests place_one@test_shim_plan_places main@test_shim_plan_places");
    assert_false(plan_place_matches(&plan.steps[0].wants, one));
    read_plan("-", "step\nrequests place_one@another_module");
    assert_false(plan_place_matches(&plan.steps[0].wants, one));
}

static bool is_of_class(const char *build, const char *line, const struct plan_lock *lock)
{
    char text[256];
    uint32_t which;
    snprintf(text, sizeof(text), "fix merge x\nclass made main@nowhere\nclass %s", line);
    read_plan(build, text);
    const struct plan_fix *fix = plan_fix_of(lock, 0, &which);
    assert_true(!fix || (fix == plan.fixes && which == 1));
    assert_null(plan_fix_of(lock, 1, &which));
    return fix != NULL;
}

static void a_static_lock_is_told_by_its_variable(void **state)
{
    const struct plan_lock lock = {&static_locks[1], stack_in(place_one), stack_in(place_one)};
    char line[128];
    (void)state;
    snprintf(line, sizeof(line), "static any@test_shim_plan_places+0x%llx",
             (unsigned long long)offset_of((uintptr_t)&static_locks[1]));
    assert_true(is_of_class(own_build(), line, &lock));
    assert_false(is_of_class("0123", line, &lock));
    snprintf(line, sizeof(line), "static static_locks+0x%zx@test_shim_plan_places+0x1",
             sizeof(static_locks[0]));
    assert_true(is_of_class("0123", line, &lock));
    assert_false(is_of_class(own_build(), line, &lock));
    assert_false(is_of_class("0123", "static static_locks@test_shim_plan_places+0x1", &lock));
    assert_false(is_of_class("0123", "made place_one@test_shim_plan_places", &lock));
    assert_false(is_of_class("0123", "first place_one@test_shim_plan_places", &lock));
}

static void another_lock_is_told_by_where_it_was_made_or_first_used(void **state)
{
    pthread_mutex_t mutex;
    struct plan_lock lock = {&mutex, stack_in(place_one), stack_in(place_two)};
    (void)state;
    assert_true(is_of_class("-", "made place_one@test_shim_plan_places", &lock));
    assert_false(is_of_class("-", "made place_two@test_shim_plan_places", &lock));
    assert_false(is_of_class("-", "first place_two@test_shim_plan_places", &lock));
    lock.init_stack = 0;
    assert_true(is_of_class("-", "first place_two@test_shim_plan_places", &lock));
    assert_false(is_of_class("-", "made place_one@test_shim_plan_places", &lock));
}

static int set_up(void **state)
{
    (void)state;
    scene_make_folder();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_remove_folder();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_the_same_build_the_offset_decides),
        cmocka_unit_test(in_another_build_the_function_decides),
        cmocka_unit_test(all_frames_of_the_plan_have_to_be_there),
        cmocka_unit_test(a_static_lock_is_told_by_its_variable),
        cmocka_unit_test(another_lock_is_told_by_where_it_was_made_or_first_used),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
