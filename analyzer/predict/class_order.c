#include "analyzer/predict/class_order.h"

#include <stdlib.h>

struct class_search {
    const struct lock_classes *classes;
    bool *is_open; /* by class edge: closed by no instances */
    const struct order_graph *graph;
    cycle_visit *visit;
    void *context;
};

static int compare_edges(const void *left, const void *right)
{
    const struct order_edge *a = left, *b = right;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

static void close_edge(struct class_search *search, uint32_t from, uint32_t to)
{
    const struct order_graph *graph = search->graph;
    const struct order_edge key = {.from = from, .to = to};
    const struct order_edge *edge =
        bsearch(&key, graph->edges, graph->edge_count, sizeof key, compare_edges);

    if (edge)
        search->is_open[edge - graph->edges] = false;
}

/* Marks what instances close. Returns whether an open edge is left. */
static bool find_open_edges(struct arena *arena, struct class_search *search,
                            const struct order_graph *instances)
{
    const struct order_graph *graph = search->graph;
    bool any = false;

    if (graph->edge_count == 0)
        return false;
    search->is_open = arena_alloc(arena, graph->edge_count, sizeof *search->is_open);
    for (size_t i = 0; i < graph->edge_count; i++)
        search->is_open[i] = true;
    for (size_t i = 0; i < instances->edge_count; i++)
        close_edge(search, search->classes->of_lock[instances->edges[i].from],
                   search->classes->of_lock[instances->edges[i].to]);
    for (size_t i = 0; i < graph->edge_count; i++)
        any |= search->is_open[i];
    return any;
}

static void visit_class_cycle(void *context, const struct pattern *pattern, size_t count)
{
    const struct class_search *search = context;
    bool is_open = false;

    for (size_t i = 0; i < count; i++)
        is_open |= search->is_open[pattern->parts[i].edge - search->graph->edges];
    if (is_open)
        search->visit(search->context, pattern, count);
}

void class_order_search(struct arena *arena, const struct request_set *set,
                        const struct happens_before *order, const struct lock_classes *classes,
                        const struct order_graph *instances, struct search_budget *budget,
                        cycle_visit *visit, void *context)
{
    struct order_graph graph;
    struct pattern pattern;

    order_graph_build(arena, set,
                      &(struct order_graph_options){.node_of_lock = classes->of_lock,
                                                    .node_count = (uint32_t)classes->count,
                                                    .blocking_only = true},
                      &graph);
    struct class_search search = {
        .classes = classes, .graph = &graph, .visit = visit, .context = context};
    if (!find_open_edges(arena, &search, instances))
        return;
    pattern_init(&pattern, arena, set, order, budget, classes->count);
    pattern.rules = PATTERN_ALL_RULES & ~PATTERN_RULE(DISMISSAL_SINGLE_THREAD);
    cycle_search_run(arena, &graph, &pattern, classes->count, visit_class_cycle, &search);
}
