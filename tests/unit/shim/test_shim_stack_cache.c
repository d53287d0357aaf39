/* The stacks a thread used lately are found in its own cache, also where one wrapper is called from
 * several places at the same depth. */
#include "tests/unit/shim/scene.h"
#include "tests/unit/shim/stack_callers.h"
#include "tests/unit/unit.h"

#include "shim/capture/stack.h"

enum { STACKS = STACK_CALLERS_DEEPER * STACK_CALLERS };

/* In place of the library's hooks: the one asks all threads' stacks, the other its own cache. */
static uint32_t capture(void)
{
    const struct known_stack *stack = thread_capture(scene_thread(), CALLER);
    return stack ? stack->id : 0;
}

static uint32_t find(void)
{
    const struct stack_cache_entry *entry =
        stack_cache_find_further(&scene_thread()->stacks, CALLER);
    return entry ? entry->id : 0;
}

/* What is in use now comes first. */
static uint32_t promote(void)
{
    struct stack_cache *cache = &scene_thread()->stacks;
    const struct stack_cache_entry *entry = stack_cache_find_further(cache, CALLER);
    if (!entry)
        return 0;
    uint32_t id = entry->id;
    if (!stack_cache_find(cache, CALLER))
        stack_cache_promote(cache, entry);
    entry = stack_cache_find(cache, CALLER);
    return entry && entry->id == id ? id : UINT32_MAX;
}

static void look(stack_hook hook, uint32_t ids[STACKS])
{
    for (unsigned i = 0; i < STACKS; i++)
        ids[i] = stack_call(hook, i / STACK_CALLERS, i % STACK_CALLERS);
}

static void each_way_to_a_wrapper_has_its_own_stack(void **state)
{
    uint32_t captured[STACKS], found[STACKS], hits = 0;
    (void)state;
    look(capture, captured);
    for (size_t i = 0; i < STACKS; i++) {
        assert_int_not_equal(captured[i], 0);
        for (size_t before = 0; before < i; before++)
            assert_int_not_equal(captured[i], captured[before]);
    }
    for (size_t round = 0; round < 4; round++) {
        hits = 0;
        look(round % 2 ? promote : find, found);
        for (size_t i = 0; i < STACKS; i++) {
            assert_true(found[i] == 0 || found[i] == captured[i]);
            hits += found[i] != 0;
        }
        assert_true(hits >= STACK_CALLERS); /* some have the same place */
    }
}

static int start(void **state)
{
    pthread_attr_t attributes;
    void *low;
    size_t bytes;
    (void)state;
    scene_make_folder();
    scene_record();
    struct shim_thread *self = scene_thread();
    assert_int_equal(pthread_getattr_np(pthread_self(), &attributes), 0);
    assert_int_equal(pthread_attr_getstack(&attributes, &low, &bytes), 0);
    pthread_attr_destroy(&attributes);
    self->stack_low = (uintptr_t)low;
    self->stack_high = self->stack_low + bytes;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    scene_remove_folder();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_to_a_wrapper_has_its_own_stack),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
