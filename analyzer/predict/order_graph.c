#include "analyzer/predict/order_graph.h"

#include <stdlib.h>
#include "analyzer/base/array.h"
#include "analyzer/predict/components.h"

/* Pruning only saves the search work, so that it may stop before its fixpoint. */
enum { PRUNE_ROUNDS = 32 };

#define NO_ONE  UINT32_MAX
#define SEVERAL (UINT32_MAX - 1)

/* An edge's use before uses of the same edge come together. */
struct arc {
    uint32_t from, to;
    size_t request;
    uint32_t hold;
};

/* Who requests and who holds a node: a thread, NO_ONE or SEVERAL. */
struct parties {
    uint32_t requests, holds;
};

struct builder {
    struct arena *arena;
    struct order_relation relation;
    uint32_t *component;
    struct parties *parties;
};

static uint32_t lock_node(const struct builder *builder, uint32_t lock)
{
    return order_relation_node(&builder->relation, lock);
}

static uint32_t both(uint32_t one, uint32_t other)
{
    if (one == NO_ONE || one == other)
        return other;
    return other == NO_ONE ? one : SEVERAL;
}

static uint32_t request_thread(const struct request *request)
{
    uint32_t thread = NO_ONE;

    for (uint32_t i = 0; i < request->occurrence_count && thread != SEVERAL; i++)
        thread = both(thread, request->occurrences[i].thread);
    return thread;
}

static bool is_met_by_another(uint32_t party, uint32_t thread)
{
    return party != NO_ONE && (party == SEVERAL || thread == SEVERAL || party != thread);
}

static void find_parties(struct builder *builder)
{
    const struct order_relation *relation = &builder->relation;

    for (uint32_t node = 0; node < relation->node_count; node++)
        builder->parties[node] = (struct parties){NO_ONE, NO_ONE};
    for (size_t i = 0; i < relation->set->request_count; i++) {
        const struct request *request = &relation->set->requests[i];
        if (!relation->alive[i])
            continue;
        uint32_t thread = request_thread(request);
        struct parties *wanted = &builder->parties[lock_node(builder, request->lock)];
        wanted->requests = both(wanted->requests, thread);
        for (uint32_t j = 0; j < request->held_count; j++) {
            struct parties *held = &builder->parties[lock_node(builder, request->held[j].lock)];
            held->holds = both(held->holds, thread);
        }
    }
}

/* Whether another thread holds what it requests and requests something it holds. */
static bool is_met(const struct builder *builder, const struct request *request)
{
    uint32_t thread = request_thread(request);

    if (!is_met_by_another(builder->parties[lock_node(builder, request->lock)].holds, thread))
        return false;
    for (uint32_t i = 0; i < request->held_count; i++) {
        uint32_t node = lock_node(builder, request->held[i].lock);
        if (is_met_by_another(builder->parties[node].requests, thread))
            return true;
    }
    return false;
}

static bool is_in_component(const struct builder *builder, const struct request *request)
{
    uint32_t to = lock_node(builder, request->lock);

    for (uint32_t i = 0; i < request->held_count; i++) {
        if (builder->component[lock_node(builder, request->held[i].lock)] == builder->component[to])
            return true;
    }
    return false;
}

/* Takes out the requests that fail `keep`. Returns whether there was one. */
static bool take_out(struct builder *builder,
                     bool (*keep)(const struct builder *, const struct request *))
{
    struct order_relation *relation = &builder->relation;
    bool changed = false;

    for (size_t i = 0; i < relation->set->request_count; i++) {
        if (relation->alive[i] && !keep(builder, &relation->set->requests[i])) {
            relation->alive[i] = false;
            changed = true;
        }
    }
    return changed;
}

static void prune(struct builder *builder, bool across_threads)
{
    components_find(builder->arena, &builder->relation, builder->component);
    (void)take_out(builder, is_in_component);
    for (int round = 0; across_threads && round < PRUNE_ROUNDS; round++) {
        find_parties(builder);
        if (!take_out(builder, is_met))
            break;
        components_find(builder->arena, &builder->relation, builder->component);
        (void)take_out(builder, is_in_component);
    }
}

static int compare_arcs(const void *left, const void *right)
{
    const struct arc *a = left, *b = right;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    if (a->request != b->request)
        return a->request < b->request ? -1 : 1;
    return a->hold < b->hold ? -1 : a->hold > b->hold;
}

static void add_edges(struct builder *builder, const struct arc *arcs, size_t arc_count,
                      struct order_graph *graph)
{
    const struct request_set *set = builder->relation.set;
    ARRAY(struct order_edge) edges = {0};
    struct edge_use *uses = arena_alloc(builder->arena, arc_count, sizeof *uses);

    for (size_t i = 0; i < arc_count; i++) {
        uses[i] = (struct edge_use){&set->requests[arcs[i].request], arcs[i].hold};
        if (i == 0 || arcs[i].from != arcs[i - 1].from || arcs[i].to != arcs[i - 1].to)
            *array_add(builder->arena, &edges) =
                (struct order_edge){.from = arcs[i].from, .to = arcs[i].to, .uses = &uses[i]};
        edges.items[edges.count - 1].use_count++;
    }
    graph->edges = edges.items;
    graph->edge_count = edges.count;
}

static void make_edges(struct builder *builder, struct order_graph *graph)
{
    const struct order_relation *relation = &builder->relation;
    ARRAY(struct arc) arcs = {0};

    for (size_t i = 0; i < relation->set->request_count; i++) {
        const struct request *request = &relation->set->requests[i];
        uint32_t to = lock_node(builder, request->lock);
        for (uint32_t j = 0; relation->alive[i] && j < request->held_count; j++) {
            uint32_t from = lock_node(builder, request->held[j].lock);
            if (builder->component[from] == builder->component[to])
                *array_add(builder->arena, &arcs) = (struct arc){from, to, i, j};
        }
    }
    if (arcs.count == 0)
        return;
    qsort(arcs.items, arcs.count, sizeof *arcs.items, compare_arcs);
    add_edges(builder, arcs.items, arcs.count, graph);
}

/* Edges are sorted by (from, to), so that filling in that order sorts in_edges by (to, from). */
static void index_edges(struct arena *arena, struct order_graph *graph)
{
    size_t nodes = graph->node_count;
    size_t *fill = arena_alloc(arena, nodes + 1, sizeof *fill);

    graph->first_out = arena_alloc(arena, nodes + 1, sizeof *graph->first_out);
    graph->first_in = arena_alloc(arena, nodes + 1, sizeof *graph->first_in);
    graph->in_edges = arena_alloc(arena, graph->edge_count, sizeof *graph->in_edges);
    for (size_t i = 0; i < graph->edge_count; i++) {
        graph->first_out[graph->edges[i].from + 1]++;
        graph->first_in[graph->edges[i].to + 1]++;
    }
    for (size_t node = 0; node < nodes; node++) {
        graph->first_out[node + 1] += graph->first_out[node];
        graph->first_in[node + 1] += graph->first_in[node];
        fill[node] = graph->first_in[node];
    }
    for (size_t i = 0; i < graph->edge_count; i++)
        graph->in_edges[fill[graph->edges[i].to]++] = i;
}

static size_t count_threads(const struct builder *builder)
{
    const struct request_set *set = builder->relation.set;
    bool *seen = arena_alloc(builder->arena, set->execution->thread_count, sizeof *seen);
    size_t count = 0;

    for (size_t i = 0; i < set->request_count; i++) {
        const struct request *request = &set->requests[i];
        for (uint32_t j = 0; builder->relation.alive[i] && j < request->occurrence_count; j++) {
            count += !seen[request->occurrences[j].thread];
            seen[request->occurrences[j].thread] = true;
        }
    }
    return count;
}

void order_graph_build(struct arena *arena, const struct request_set *set,
                       const struct order_graph_options *options, struct order_graph *graph)
{
    struct builder builder = {.arena = arena};
    struct order_relation *relation = &builder.relation;
    const uint32_t unblocking = TRACE_MODE_TRY | TRACE_MODE_TIMED;

    relation->set = set;
    relation->node_of_lock = options->node_of_lock;
    relation->node_count =
        options->node_of_lock ? options->node_count : (uint32_t)set->execution->lock_count;
    relation->alive = arena_alloc(arena, set->request_count, sizeof *relation->alive);
    for (size_t i = 0; i < set->request_count; i++)
        relation->alive[i] = !options->blocking_only || (set->requests[i].mode & unblocking) == 0;
    order_relation_index(arena, relation);
    builder.component = arena_alloc(arena, relation->node_count, sizeof *builder.component);
    builder.parties = arena_alloc(arena, relation->node_count, sizeof *builder.parties);

    *graph = (struct order_graph){.node_count = relation->node_count};
    prune(&builder, options->across_threads);
    make_edges(&builder, graph);
    index_edges(arena, graph);
    graph->thread_count = count_threads(&builder);
}
