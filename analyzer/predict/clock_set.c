#include "analyzer/predict/clock_set.h"

struct clock_node {
    const struct clock_node *low, *high; /* the halves of the range; NULL in a leaf */
    uint64_t value;                      /* of a leaf: never 0 */
};

void clock_set_init(struct clock_set *set, struct arena *arena, size_t thread_count,
                    uint64_t work_limit)
{
    *set = (struct clock_set){.arena = arena, .span = 1, .work_left = work_limit};
    while (set->span < thread_count)
        set->span *= 2;
}

static const struct clock_node *new_node(struct clock_set *set, struct clock_node content)
{
    if (set->work_left == 0)
        return NULL;
    set->work_left--;
    struct clock_node *node = arena_alloc(set->arena, 1, sizeof *node);
    *node = content;
    return node;
}

uint64_t clock_get(const struct clock_set *set, const struct clock_node *clock, uint32_t thread)
{
    for (uint32_t span = set->span; clock && span > 1; span /= 2)
        clock = (thread & (span / 2)) != 0 ? clock->high : clock->low;
    return clock ? clock->value : 0;
}

static const struct clock_node *raise_in(struct clock_set *set, const struct clock_node *node,
                                         uint32_t span, uint32_t thread, uint64_t value)
{
    struct clock_node changed = {0};

    if (span == 1)
        return new_node(set, (struct clock_node){.value = value});
    if (node)
        changed = *node;
    if ((thread & (span / 2)) != 0)
        changed.high = raise_in(set, changed.high, span / 2, thread, value);
    else
        changed.low = raise_in(set, changed.low, span / 2, thread, value);
    return new_node(set, changed);
}

const struct clock_node *clock_raise(struct clock_set *set, const struct clock_node *clock,
                                     uint32_t thread, uint64_t value)
{
    if (clock_get(set, clock, thread) >= value)
        return clock;
    const struct clock_node *raised = raise_in(set, clock, set->span, thread, value);
    return raised ? raised : clock;
}

const struct clock_node *clock_join(struct clock_set *set, const struct clock_node *left,
                                    const struct clock_node *right)
{
    if (left == right || !right)
        return left;
    if (!left)
        return right;
    if (left->value != 0 || right->value != 0)
        return left->value >= right->value ? left : right;
    if (set->work_left == 0)
        return left;
    set->work_left--;

    const struct clock_node *low = clock_join(set, left->low, right->low);
    const struct clock_node *high = clock_join(set, left->high, right->high);
    if (low == left->low && high == left->high)
        return left;
    if (low == right->low && high == right->high)
        return right;
    const struct clock_node *joined = new_node(set, (struct clock_node){.low = low, .high = high});
    return joined ? joined : left;
}
