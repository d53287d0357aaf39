#include "analyzer/fix/fix_graph.h"

#include "analyzer/fix/lock_traits.h"
#include "analyzer/predict/lock_order.h"

enum { LOCKS_PER_STEP = 16 };

static void find_traits(struct arena *arena, struct fix_graph *graph)
{
    const struct chain_base *base = &graph->base;

    graph->traits = arena_alloc(arena, base->class_count, sizeof *graph->traits);
    for (size_t i = 0; i < base->class_count; i++)
        graph->traits[i] = UINT32_MAX;
    for (size_t i = 0; i < base->execution->lock_count; i++)
        graph->traits[base->lock_class[i]] &= lock_traits(&base->execution->locks[i]);
}

unsigned fix_graph_traits(const struct fix_graph *graph, uint32_t lock_class)
{
    return graph->traits[lock_class];
}

void fix_graph_make(struct arena *arena, const struct execution *execution,
                    const uint32_t *lock_class, struct fix_graph *graph)
{
    chain_base_make(arena, execution, lock_class, &graph->base);
    graph->scope = chain_scope_create(arena, &graph->base);
    find_traits(arena, graph);
    request_set_collect(arena, execution, &graph->requests);
    order_graph_build(arena, &graph->requests,
                      &(struct order_graph_options){.blocking_only = true, .across_threads = true},
                      &graph->met);
    order_graph_build(arena, &graph->requests, &(struct order_graph_options){.blocking_only = true},
                      &graph->all);
    lock_order_analyze(
        arena, execution,
        &(struct lock_order_options){.search_limit = FIX_GRAPH_STEPS, .class_order = true},
        &graph->before);
}

uint32_t fix_graph_class(const struct fix_graph *graph, uint32_t id)
{
    const struct lock *lock = execution_find_lock(graph->base.execution, id);

    return lock == NULL ? UINT32_MAX : graph->base.lock_class[lock - graph->base.execution->locks];
}

bool fix_graph_is_whole(const struct fix_graph *graph)
{
    return graph->before.bound_hit == 0;
}

/* Edges lie inside components only, so all that can be reached is in a circle with the start. */
struct reach {
    const struct order_graph *order;
    bool *is_reached; /* by position of locks */
    uint32_t *open;
    size_t open_count;
};

static void reach(struct reach *reach, uint32_t lock)
{
    if (!reach->is_reached[lock])
        reach->open[reach->open_count++] = lock;
    reach->is_reached[lock] = true;
}

static void reach_id(struct reach *state, const struct execution *execution, uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);

    if (lock != NULL)
        reach(state, (uint32_t)(lock - execution->locks));
}

static void reach_on(struct reach *state)
{
    const struct order_graph *order = state->order;

    while (state->open_count > 0) {
        uint32_t node = state->open[--state->open_count];
        for (size_t i = order->first_out[node]; i < order->first_out[node + 1]; i++)
            reach(state, order->edges[i].to);
    }
}

static bool *find_component(struct arena *arena, const struct fix_graph *graph,
                            const struct finding *finding, const struct order_graph *order)
{
    const struct execution *execution = graph->base.execution;
    struct reach state = {
        .order = order,
        .is_reached = arena_alloc(arena, execution->lock_count, sizeof *state.is_reached),
        .open = arena_alloc(arena, execution->lock_count, sizeof *state.open),
    };

    for (size_t i = 0; i < finding->step_count; i++) {
        const struct cycle_step *step = &finding->steps[i];
        reach_id(&state, execution, step->dependency->lock);
        if (step->hold_index < step->dependency->held_count)
            reach_id(&state, execution, step->dependency->held[step->hold_index].lock);
    }
    reach_on(&state);
    return state.is_reached;
}

void fix_graph_nestings(struct arena *arena, const struct fix_graph *graph,
                        const struct finding *finding, bool all, struct nesting_list *list)
{
    const struct execution *execution = graph->base.execution;
    const bool *is_lock = find_component(arena, graph, finding, all ? &graph->all : &graph->met);

    *list = (struct nesting_list){0};
    for (size_t i = 0; i < execution->dependency_count; i++)
        nesting_list_add(arena, list, execution, graph->base.lock_class, is_lock,
                         &execution->dependencies[i]);
    for (size_t i = 0; finding->live != NULL && i < finding->step_count; i++)
        nesting_list_add(arena, list, execution, graph->base.lock_class, is_lock,
                         finding->steps[i].dependency);
}
