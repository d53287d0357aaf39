#include "analyzer/predict/components.h"

enum { UNVISITED = 0 };

struct visit_frame {
    uint32_t node;
    size_t next; /* in relation->holders */
};

struct tarjan {
    const struct order_relation *relation;
    uint32_t *component;
    uint32_t *number, *low; /* in the order visited, from 1 */
    bool *open;             /* on the stack of nodes without a component yet */
    uint32_t *open_nodes;
    struct visit_frame *frames;
    size_t open_count, depth;
    uint32_t visited, component_count;
};

void order_relation_index(struct arena *arena, struct order_relation *relation)
{
    const struct request_set *set = relation->set;
    size_t *first = arena_alloc(arena, (size_t)relation->node_count + 1, sizeof *first);
    size_t *fill = arena_alloc(arena, relation->node_count, sizeof *fill);
    size_t total = 0;

    for (size_t i = 0; i < set->request_count; i++) {
        for (uint32_t j = 0; relation->alive[i] && j < set->requests[i].held_count; j++)
            fill[order_relation_node(relation, set->requests[i].held[j].lock)]++;
    }
    for (uint32_t node = 0; node < relation->node_count; node++) {
        first[node] = total;
        total += fill[node];
        fill[node] = first[node];
    }
    first[relation->node_count] = total;
    relation->first_holder = first;
    relation->holders = arena_alloc(arena, total, sizeof *relation->holders);
    for (size_t i = 0; i < set->request_count; i++) {
        for (uint32_t j = 0; relation->alive[i] && j < set->requests[i].held_count; j++) {
            uint32_t node = order_relation_node(relation, set->requests[i].held[j].lock);
            relation->holders[fill[node]++] = i;
        }
    }
}

static void enter(struct tarjan *tarjan, uint32_t node)
{
    tarjan->number[node] = tarjan->low[node] = ++tarjan->visited;
    tarjan->open[node] = true;
    tarjan->open_nodes[tarjan->open_count++] = node;
    tarjan->frames[tarjan->depth++] =
        (struct visit_frame){node, tarjan->relation->first_holder[node]};
}

static void lower(struct tarjan *tarjan, uint32_t node, uint32_t value)
{
    if (value < tarjan->low[node])
        tarjan->low[node] = value;
}

static void leave(struct tarjan *tarjan)
{
    uint32_t node = tarjan->frames[--tarjan->depth].node;
    uint32_t member;

    if (tarjan->depth > 0)
        lower(tarjan, tarjan->frames[tarjan->depth - 1].node, tarjan->low[node]);
    if (tarjan->low[node] != tarjan->number[node])
        return;
    do {
        member = tarjan->open_nodes[--tarjan->open_count];
        tarjan->open[member] = false;
        tarjan->component[member] = tarjan->component_count;
    } while (member != node);
    tarjan->component_count++;
}

static void visit(struct tarjan *tarjan, uint32_t root)
{
    const struct order_relation *relation = tarjan->relation;

    enter(tarjan, root);
    while (tarjan->depth > 0) {
        struct visit_frame *top = &tarjan->frames[tarjan->depth - 1];
        if (top->next == relation->first_holder[top->node + 1]) {
            leave(tarjan);
            continue;
        }
        size_t request = relation->holders[top->next++];
        if (!relation->alive[request])
            continue;
        uint32_t next = order_relation_node(relation, relation->set->requests[request].lock);
        if (tarjan->number[next] == UNVISITED)
            enter(tarjan, next);
        else if (tarjan->open[next])
            lower(tarjan, top->node, tarjan->number[next]);
    }
}

void components_find(struct arena *arena, const struct order_relation *relation,
                     uint32_t *component)
{
    uint32_t count = relation->node_count;
    struct tarjan tarjan = {
        .relation = relation,
        .component = component,
        .number = arena_alloc(arena, count, sizeof *tarjan.number),
        .low = arena_alloc(arena, count, sizeof *tarjan.low),
        .open = arena_alloc(arena, count, sizeof *tarjan.open),
        .open_nodes = arena_alloc(arena, count, sizeof *tarjan.open_nodes),
        .frames = arena_alloc(arena, count, sizeof *tarjan.frames),
    };

    for (uint32_t node = 0; node < count; node++) {
        if (tarjan.number[node] == UNVISITED)
            visit(&tarjan, node);
    }
}
