#include "analyzer/fix/fix_ring.h"

#include "analyzer/fix/lock_traits.h"

static bool has_class(const uint32_t *classes, size_t count, uint32_t lock_class)
{
    for (size_t i = 0; i < count; i++) {
        if (classes[i] == lock_class)
            return true;
    }
    return false;
}

bool fix_ring_has(const struct fix_ring *ring, uint32_t lock_class)
{
    return has_class(ring->classes, ring->class_count, lock_class);
}

bool fix_classes_can_be_one(const struct fix_graph *graph, const uint32_t *classes, size_t count)
{
    const struct execution *execution = graph->base.execution;
    const struct lock *first = NULL;
    size_t locks = 0;

    for (size_t i = 0; i < execution->lock_count; i++) {
        const struct lock *lock = &execution->locks[i];
        if (!has_class(classes, count, graph->base.lock_class[i]))
            continue;
        if ((lock_traits(lock) & LOCK_CAN_JOIN) == 0 ||
            (first != NULL && !lock_can_be_one(first, lock)))
            return false;
        first = first == NULL ? lock : first;
        locks++;
    }
    return locks > 1;
}

static void add_class(const struct fix_graph *graph, struct fix_ring *ring, uint32_t lock_class)
{
    if (fix_ring_has(ring, lock_class))
        return;
    ring->classes[ring->class_count++] = lock_class;
    ring->traits &= fix_graph_traits(graph, lock_class);
}

static void add_side(struct fix_ring *ring, uint32_t held, uint32_t wanted)
{
    for (size_t i = 0; i < ring->side_count; i++) {
        if (ring->sides[i].held == held && ring->sides[i].wanted == wanted)
            return;
    }
    ring->sides[ring->side_count++] = (struct fix_side){held, wanted};
}

static bool holds_wanted(const struct dependency *dependency)
{
    for (uint32_t i = 0; i < dependency->held_count; i++) {
        if (dependency->held[i].lock == dependency->lock)
            return true;
    }
    return false;
}

void fix_ring_make(struct arena *arena, const struct fix_graph *graph,
                   const struct finding *finding, struct fix_ring *ring)
{
    size_t count = finding->step_count;

    *ring = (struct fix_ring){
        .sides = arena_alloc(arena, count, sizeof *ring->sides),
        .classes = arena_alloc(arena, 2 * count, sizeof *ring->classes),
        .traits = UINT32_MAX,
        .is_complete = count > 0,
    };
    for (size_t i = 0; i < count; i++) {
        const struct cycle_step *step = &finding->steps[i];
        const struct dependency *dependency = step->dependency;
        uint32_t wanted = fix_graph_class(graph, dependency->lock), held = UINT32_MAX;
        if (step->hold_index < dependency->held_count)
            held = fix_graph_class(graph, dependency->held[step->hold_index].lock);
        ring->relocks |= holds_wanted(dependency);
        if (wanted == UINT32_MAX || held == UINT32_MAX) {
            ring->is_complete = false;
            continue;
        }
        add_side(ring, held, wanted);
        add_class(graph, ring, held);
        add_class(graph, ring, wanted);
    }
}
