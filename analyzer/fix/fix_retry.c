#include "analyzer/fix/fix_retry.h"

#include <string.h>
#include "analyzer/fix/fix_order.h"
#include "analyzer/fix/fix_ring.h"

bool fix_retry_reorder(struct arena *arena, const struct fix_graph *graph,
                       const struct finding *finding, struct fix *fix)
{
    struct nesting_list met, all;
    struct fix_order order;

    fix_graph_nestings(arena, graph, finding, false, &met);
    fix_graph_nestings(arena, graph, finding, true, &all);
    if (all.count == met.count || !fix_order_choose(arena, graph, &all, &order))
        return false;
    fix_order_turn(arena, &all, &order, fix);
    return order.can_be;
}

static bool has_class(const uint32_t *classes, size_t count, uint32_t lock_class)
{
    for (size_t i = 0; i < count; i++) {
        if (classes[i] == lock_class)
            return true;
    }
    return false;
}

bool fix_retry_merge(struct arena *arena, const struct fix_graph *graph, struct fix *fix)
{
    struct fix_change *change = &fix->change;
    size_t had = change->class_count, count = had;
    uint32_t *classes = arena_alloc(arena, had + fix->verdict.new_cycle_length, sizeof *classes);

    memcpy(classes, change->classes, had * sizeof *classes);
    for (size_t i = 0; i < fix->verdict.new_cycle_length; i++) {
        uint32_t added = fix_graph_class(graph, fix->verdict.new_cycle_locks[i]);
        if (added != UINT32_MAX && !has_class(classes, count, added))
            classes[count++] = added;
    }
    if (count == had || !fix_classes_can_be_one(graph, classes, count))
        return false;
    fix->places += count - had;
    change->classes = classes;
    change->class_count = count;
    fix->verdict = (struct fix_verdict){0};
    return true;
}
