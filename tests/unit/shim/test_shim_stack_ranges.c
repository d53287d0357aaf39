/* Whose stack an address lies on, against a naive list. */
#include "tests/unit/shim/random.h"

#include "shim/core/stack_ranges.h"

enum { SPACE = 4000, UNIT = 4096, STEPS = 100000, MOST = 1000 };

struct expected_range {
    uintptr_t low, high;
    uint32_t thread;
};

struct model {
    struct random random;
    struct expected_range ranges[MOST];
    uint32_t count, most, replaced;
};

static void take_out(struct model *model, uint32_t at)
{
    model->ranges[at] = model->ranges[--model->count];
}

static uint32_t find(const struct model *model, uintptr_t address)
{
    for (uint32_t i = 0; i < model->count; i++) {
        if (address >= model->ranges[i].low && address < model->ranges[i].high)
            return model->ranges[i].thread;
    }
    return 0;
}

/* What a new stack overlaps belonged to threads whose end nobody saw. */
static void add(struct model *model)
{
    uintptr_t low = (1 + (uintptr_t)random_below(&model->random, SPACE)) * UNIT;
    uintptr_t high = low + (1 + (uintptr_t)random_below(&model->random, 8)) * UNIT;
    uint32_t thread = 1 + random_below(&model->random, 1000000);
    stack_ranges_add(low, high, thread);
    for (uint32_t i = model->count; i; i--) {
        if (model->ranges[i - 1].low < high && model->ranges[i - 1].high > low) {
            take_out(model, i - 1);
            model->replaced++;
        }
    }
    model->ranges[model->count++] = (struct expected_range){low, high, thread};
    model->most = model->count > model->most ? model->count : model->most;
}

static void remove_one(struct model *model)
{
    if (!model->count)
        return;
    uint32_t at = random_below(&model->random, model->count);
    const struct expected_range range = model->ranges[at];
    stack_ranges_remove(range.low, range.thread + 1); /* somebody else's by now */
    stack_ranges_remove(range.low + 1, range.thread);
    assert_agrees(&model->random, stack_ranges_find(range.low) == range.thread);
    stack_ranges_remove(range.low, range.thread);
    take_out(model, at);
}

static void compare_edges(struct model *model)
{
    for (uint32_t i = 0; i < model->count; i++) {
        const struct expected_range *range = &model->ranges[i];
        assert_agrees(&model->random, stack_ranges_find(range->low) == range->thread);
        assert_agrees(&model->random, stack_ranges_find(range->high - 1) == range->thread);
        assert_agrees(&model->random,
                      stack_ranges_find(range->low - 1) == find(model, range->low - 1));
        assert_agrees(&model->random, stack_ranges_find(range->high) == find(model, range->high));
    }
}

static void agree_with_a_list(void **state)
{
    static struct model model;
    (void)state;
    model.random = random_from(41);
    for (uint32_t i = 0; i < STEPS; i++) {
        model.random.step = i;
        if (random_below(&model.random, 10) < (i / 10000 % 2 ? 4u : 9u))
            add(&model);
        else
            remove_one(&model);
        uintptr_t address = random_below(&model.random, (SPACE + 10) * UNIT);
        assert_agrees(&model.random, stack_ranges_find(address) == find(&model, address));
        if (i % 5000 == 0)
            compare_edges(&model);
    }
    assert_true(model.most > 300 && model.replaced > 1000);
    stack_ranges_after_fork();
    model.count = 0;
    for (uintptr_t page = 0; page < SPACE + 10; page++)
        assert_int_equal(stack_ranges_find(page * UNIT), 0);
    add(&model);
    compare_edges(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agree_with_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
