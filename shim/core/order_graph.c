#include "shim/core/order_graph.h"

#include <stddef.h>

#include "shim/core/chain_table.h"
#include "shim/platform/memory.h"

struct edge {
    uint32_t from, to; /* lock ids, then node numbers */
};

struct node {
    uint32_t id;
    uint32_t first_edge, next_edge; /* of its edges: the first, and the next to look at */
    uint32_t order, low;            /* Tarjan's; 0: not visited */
    uint32_t below;                 /* node under it on the stack of open nodes... */
    uint32_t caller;                /* ...and on the path being searched; both number + 1 */
    uint32_t open;
};

struct graph {
    struct edge *edges;
    uint32_t edge_count, room;
    struct node *nodes;
    uint32_t node_count;
    uint32_t visited, open_top;
    struct order_conflicts found;
};

static void add_edge(uint32_t from, uint32_t to, void *context)
{
    struct graph *graph = context;
    if (graph->edges && graph->edge_count == graph->room)
        return; /* added by a thread that still runs, since they were counted */
    if (graph->edges)
        graph->edges[graph->edge_count] = (struct edge){from, to};
    graph->edge_count++;
}

static void sift(struct edge *edges, uint32_t at, uint32_t count)
{
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && edges[child + 1].from > edges[child].from)
            child++;
        if (edges[at].from >= edges[child].from)
            return;
        struct edge moved = edges[at];
        edges[at] = edges[child];
        edges[child] = moved;
    }
}

/* By source; heap sort, as nothing here may call the program's allocator. */
static void sort(struct edge *edges, uint32_t count)
{
    for (uint32_t i = count / 2; i; i--)
        sift(edges, i - 1, count);
    for (uint32_t end = count; end > 1; end--) {
        struct edge last = edges[end - 1];
        edges[end - 1] = edges[0];
        edges[0] = last;
        sift(edges, 0, end - 1);
    }
}

/* Locks without an edge of their own close no cycle and get no node. */
static uint32_t node_of(const struct graph *graph, uint32_t id)
{
    uint32_t low = 0, high = graph->node_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (graph->nodes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < graph->node_count && graph->nodes[low].id == id ? low : UINT32_MAX;
}

static void make_nodes(struct graph *graph)
{
    for (uint32_t i = 0; i < graph->edge_count; i++) {
        uint32_t id = graph->edges[i].from;
        if (graph->node_count && graph->nodes[graph->node_count - 1].id == id)
            continue;
        graph->nodes[graph->node_count++] =
            (struct node){.id = id, .first_edge = i, .next_edge = i};
    }
    for (uint32_t i = 0; i < graph->edge_count; i++)
        graph->edges[i].to = node_of(graph, graph->edges[i].to);
}

static void open_node(struct graph *graph, uint32_t number, uint32_t caller)
{
    struct node *node = &graph->nodes[number];
    node->order = node->low = ++graph->visited;
    node->below = graph->open_top;
    node->caller = caller;
    node->open = 1;
    graph->open_top = number + 1;
}

/* The component whose root is `number` is complete. */
static void close_component(struct graph *graph, uint32_t number)
{
    uint32_t size = 0, top;
    do {
        top = graph->open_top - 1;
        graph->open_top = graph->nodes[top].below;
        graph->nodes[top].open = 0;
        size++;
    } while (top != number);
    if (size > 1) {
        graph->found.groups++;
        graph->found.locks += size;
    }
}

static void lower(struct node *node, uint32_t order)
{
    if (order < node->low)
        node->low = order;
}

static void search(struct graph *graph, uint32_t start)
{
    open_node(graph, start, 0);
    for (uint32_t at = start;;) {
        struct node *node = &graph->nodes[at];
        if (node->next_edge < graph->edge_count && graph->edges[node->next_edge].from == node->id) {
            uint32_t to = graph->edges[node->next_edge++].to;
            if (to == UINT32_MAX)
                continue;
            if (!graph->nodes[to].order) {
                open_node(graph, to, at + 1);
                at = to;
            } else if (graph->nodes[to].open) {
                lower(node, graph->nodes[to].order);
            }
            continue;
        }
        if (node->low == node->order)
            close_component(graph, at);
        if (!node->caller)
            return;
        at = node->caller - 1;
        lower(&graph->nodes[at], node->low);
    }
}

struct order_conflicts order_graph_conflicts(void)
{
    struct graph graph = {0};
    chain_table_each_edge(add_edge, &graph);
    size_t edge_bytes = graph.edge_count * sizeof(struct edge);
    size_t node_bytes = graph.edge_count * sizeof(struct node);
    if (!graph.edge_count)
        return graph.found;
    graph.room = graph.edge_count;
    graph.edges = memory_map(edge_bytes);
    graph.nodes = memory_map(node_bytes);
    graph.edge_count = 0;
    if (graph.edges && graph.nodes) {
        chain_table_each_edge(add_edge, &graph);
        sort(graph.edges, graph.edge_count);
        make_nodes(&graph);
        for (uint32_t i = 0; i < graph.node_count; i++) {
            if (!graph.nodes[i].order)
                search(&graph, i);
        }
    }
    memory_unmap(graph.edges, edge_bytes);
    memory_unmap(graph.nodes, node_bytes);
    return graph.found;
}
