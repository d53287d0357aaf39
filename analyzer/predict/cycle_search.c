#include "analyzer/predict/cycle_search.h"

#define FAR UINT32_MAX

struct search {
    const struct order_graph *graph;
    struct pattern *pattern;
    cycle_visit *visit;
    void *context;
    size_t shortest, longest; /* of the band */
    bool cut;                 /* something may be left for a longer band */
    uint32_t start;
    uint32_t *distance; /* to the start, through nodes after it; FAR if more than the band allows */
    uint32_t *reached;  /* the nodes whose distance is set, in order of distance */
    size_t reached_count;
    bool *on_path;
    size_t *next_edge; /* by depth */
};

static void forget_distances(struct search *search)
{
    while (search->reached_count > 0)
        search->distance[search->reached[--search->reached_count]] = FAR;
}

static void set_distance(struct search *search, uint32_t node, uint32_t distance)
{
    search->distance[node] = distance;
    search->reached[search->reached_count++] = node;
}

/* Breadth first, against the edges. */
static void measure_distances(struct search *search)
{
    const struct order_graph *graph = search->graph;

    set_distance(search, search->start, 0);
    for (size_t i = 0; i < search->reached_count; i++) {
        uint32_t node = search->reached[i];
        uint32_t distance = search->distance[node] + 1;
        if (distance == search->longest) {
            search->cut = true;
            return;
        }
        for (size_t j = graph->first_in[node]; j < graph->first_in[node + 1]; j++) {
            uint32_t from = graph->edges[graph->in_edges[j]].from;
            budget_charge(search->pattern->budget, 1);
            if (from > search->start && search->distance[from] == FAR)
                set_distance(search, from, distance);
        }
    }
}

/* Whether a path of `length` edges may end at `node` and still close within the band. */
static bool may_enter(struct search *search, uint32_t node, size_t length)
{
    if (search->distance[node] == FAR || search->on_path[node])
        return false;
    if (length + search->distance[node] > search->longest) {
        search->cut = true;
        return false;
    }
    return true;
}

/* Edges are sorted by target, so that the one back to the start, if any, comes first. */
static void enter(struct search *search, uint32_t node, size_t depth)
{
    const struct order_graph *graph = search->graph;
    size_t low = graph->first_out[node], high = graph->first_out[node + 1];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (graph->edges[middle].to < search->start)
            low = middle + 1;
        else
            high = middle;
    }
    search->on_path[node] = true;
    search->next_edge[depth] = low;
}

/* The next edge to try from the end of the path, or NULL to step back. */
static const struct order_edge *next_edge(struct search *search, uint32_t node, size_t depth)
{
    const struct order_graph *graph = search->graph;
    const struct order_edge *edge = &graph->edges[search->next_edge[depth]];

    if (search->next_edge[depth] == graph->first_out[node + 1] ||
        budget_is_spent(search->pattern->budget))
        return NULL;
    if (depth + 1 == search->longest && edge->to != search->start) {
        search->cut = true;
        return NULL;
    }
    search->next_edge[depth]++;
    budget_charge(search->pattern->budget, 1);
    return edge;
}

static void search_from_start(struct search *search)
{
    struct pattern *pattern = search->pattern;
    uint32_t node = search->start;
    size_t depth = 0;

    enter(search, node, 0);
    for (;;) {
        const struct order_edge *edge = next_edge(search, node, depth);
        if (!edge) {
            search->on_path[node] = false;
            if (depth-- == 0)
                return;
            node = pattern->parts[depth].edge->from;
            continue;
        }
        pattern->parts[depth].edge = edge;
        if (edge->to == search->start) {
            if (depth + 1 >= search->shortest && pattern_extend(pattern, depth + 1, true))
                search->visit(search->context, pattern, depth + 1);
        } else if (may_enter(search, edge->to, depth + 1) &&
                   pattern_extend(pattern, depth + 1, false)) {
            node = edge->to;
            enter(search, node, ++depth);
        }
    }
}

static void search_band(struct search *search)
{
    const struct order_graph *graph = search->graph;

    search->cut = false;
    for (uint32_t node = 0; node < graph->node_count; node++) {
        if (budget_is_spent(search->pattern->budget))
            return;
        if (graph->first_out[node] == graph->first_out[node + 1])
            continue;
        search->start = node;
        measure_distances(search);
        search_from_start(search);
        forget_distances(search);
    }
}

void cycle_search_run(struct arena *arena, const struct order_graph *graph, struct pattern *pattern,
                      size_t longest, cycle_visit *visit, void *context)
{
    struct search search = {
        .graph = graph,
        .pattern = pattern,
        .visit = visit,
        .context = context,
        .cut = true,
        .distance = arena_alloc(arena, graph->node_count, sizeof *search.distance),
        .reached = arena_alloc(arena, graph->node_count, sizeof *search.reached),
        .on_path = arena_alloc(arena, graph->node_count, sizeof *search.on_path),
        .next_edge = arena_alloc(arena, graph->node_count, sizeof *search.next_edge),
    };

    for (uint32_t node = 0; node < graph->node_count; node++)
        search.distance[node] = FAR;
    search.shortest = 1;
    for (size_t band = 2; search.cut && search.shortest <= longest; band *= 2) {
        search.longest = band < longest ? band : longest;
        search_band(&search);
        search.shortest = search.longest + 1;
    }
}
