/* The order that the least weight of arcs is against, held against all orders there are. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include "analyzer/fix/order_choice.h"

enum { MOST_NODES = 8, MOST_ARCS = MOST_NODES * MOST_NODES };

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    uint64_t x = (random_state += UINT64_C(0x9e3779b97f4a7c15));
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ (x >> 31)) % limit);
}

struct graph {
    uint32_t node_count;
    struct order_arc arcs[MOST_ARCS];
    size_t arc_count;
};

static void make_graph(struct graph *graph)
{
    graph->node_count = 1 + random_below(MOST_NODES);
    graph->arc_count = graph->node_count < 2 ? 0 : random_below(MOST_ARCS);
    for (size_t i = 0; i < graph->arc_count; i++) {
        struct order_arc *arc = &graph->arcs[i];
        arc->from = random_below(graph->node_count);
        arc->to = (arc->from + 1 + random_below(graph->node_count - 1)) % graph->node_count;
        arc->weight = 1 + random_below(5);
    }
}

static uint64_t weigh(const struct graph *graph, const uint32_t *order)
{
    uint32_t rank[64] = {0};
    uint64_t against = 0;

    for (uint32_t i = 0; i < graph->node_count; i++)
        rank[order[i]] = i;
    for (size_t i = 0; i < graph->arc_count; i++) {
        const struct order_arc *arc = &graph->arcs[i];
        against += rank[arc->from] > rank[arc->to] ? arc->weight : 0;
    }
    return against;
}

/* The least of all orders that begin with the first `fixed` nodes. */
static uint64_t try_all(const struct graph *graph, uint32_t *order, uint32_t fixed)
{
    uint64_t least = UINT64_MAX;

    if (fixed == graph->node_count)
        return weigh(graph, order);
    for (uint32_t i = fixed; i < graph->node_count; i++) {
        uint32_t node = order[i];
        order[i] = order[fixed];
        order[fixed] = node;
        uint64_t found = try_all(graph, order, fixed + 1);
        least = found < least ? found : least;
        order[fixed] = order[i];
        order[i] = node;
    }
    return least;
}

static void assert_is_order(const struct order_choice *choice, uint32_t count)
{
    bool seen[64] = {false};

    for (uint32_t i = 0; i < count; i++) {
        assert_true(choice->order[i] < count);
        assert_false(seen[choice->order[i]]);
        seen[choice->order[i]] = true;
    }
}

static void no_order_costs_less(void **state)
{
    const char *cases = getenv("UNKNOT_TEST_CASES");
    uint64_t count = cases != NULL ? strtoull(cases, NULL, 0) : 100;
    (void)state;

    for (uint64_t seed = 1; seed <= count; seed++) {
        struct graph graph;
        struct order_choice choice;
        struct arena arena;
        uint32_t order[MOST_NODES];
        random_state = seed;
        arena_init(&arena, 0);
        make_graph(&graph);
        for (uint32_t i = 0; i < graph.node_count; i++)
            order[i] = i;
        order_choose(&arena, graph.node_count, graph.arcs, graph.arc_count, &choice);
        assert_true(choice.is_exact);
        assert_is_order(&choice, graph.node_count);
        assert_int_equal(choice.against, weigh(&graph, choice.order));
        assert_int_equal(choice.against, try_all(&graph, order, 0));
        arena_destroy(&arena);
    }
}

/* Arcs from lower to higher nodes, all of them, and `back` from the last to the first. */
static void choose_chain(struct arena *arena, uint32_t count, uint32_t back,
                         struct order_choice *choice)
{
    struct order_arc *arcs = arena_alloc(arena, (size_t)count * count, sizeof *arcs);
    size_t arc_count = 0;

    for (uint32_t from = 0; from < count; from++) {
        for (uint32_t to = from + 1; to < count; to++)
            arcs[arc_count++] = (struct order_arc){(from * 7) % count, (to * 7) % count, 2};
    }
    for (uint32_t i = 0; i < back; i++)
        arcs[arc_count++] = (struct order_arc){((count - 1 - i) * 7) % count, (i * 7) % count, 1};
    order_choose(arena, count, arcs, arc_count, choice);
}

static void twenty_classes_are_exact(void **state)
{
    struct order_choice choice;
    struct arena arena;
    (void)state;

    arena_init(&arena, 0);
    choose_chain(&arena, ORDER_CHOICE_EXACT, 3, &choice);
    assert_true(choice.is_exact);
    assert_int_equal(choice.against, 3);
    for (uint32_t i = 0; i < ORDER_CHOICE_EXACT; i++)
        assert_int_equal(choice.order[i], (i * 7) % ORDER_CHOICE_EXACT);
    arena_destroy(&arena);
}

static void more_classes_get_a_good_order(void **state)
{
    struct order_choice choice;
    struct arena arena;
    (void)state;

    arena_init(&arena, 0);
    choose_chain(&arena, 60, 5, &choice);
    assert_false(choice.is_exact);
    assert_is_order(&choice, 60);
    assert_int_equal(choice.against, 5);
    arena_destroy(&arena);
}

/* What makes an order is the same each time: reports can be compared. */
static void equal_orders_keep_what_came_first(void **state)
{
    const struct order_arc arcs[] = {{0, 1, 3}, {1, 0, 3}};
    struct order_choice choice;
    struct arena arena;
    (void)state;

    arena_init(&arena, 0);
    order_choose(&arena, 2, arcs, 2, &choice);
    assert_int_equal(choice.order[0], 0);
    assert_int_equal(choice.against, 3);
    order_choose(&arena, 0, NULL, 0, &choice);
    assert_int_equal(choice.against, 0);
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_order_costs_less),
        cmocka_unit_test(twenty_classes_are_exact),
        cmocka_unit_test(more_classes_get_a_good_order),
        cmocka_unit_test(equal_orders_keep_what_came_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
