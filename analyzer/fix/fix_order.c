#include "analyzer/fix/fix_order.h"

#include "analyzer/base/array.h"
#include "analyzer/fix/lock_traits.h"
#include "analyzer/fix/order_choice.h"

/* A call that changes outweighs all the ways in which it was seen, one that cannot change all calls
 * that can. */
#define WEIGHT_OF_CALL  (UINT64_C(1) << 20)
#define WEIGHT_OF_FIXED (UINT64_C(1) << 44)

struct chooser {
    struct arena *arena;
    const struct fix_graph *graph;
    uint32_t *node_of; /* by class, plus one */
    ARRAY(uint32_t) classes;
    ARRAY(bool) can_move; /* by node */
    ARRAY(struct order_arc) arcs;
};

static uint32_t node_of(struct chooser *chooser, uint32_t lock_class)
{
    uint32_t *node = &chooser->node_of[lock_class];

    if (*node == 0) {
        *array_add(chooser->arena, &chooser->classes) = lock_class;
        *array_add(chooser->arena, &chooser->can_move) =
            (fix_graph_traits(chooser->graph, lock_class) & LOCK_CAN_MOVE) != 0;
        *node = (uint32_t)chooser->classes.count;
    }
    return *node - 1;
}

static void add_arc(struct chooser *chooser, const struct nesting_seen *seen)
{
    uint32_t from = node_of(chooser, seen->nesting.outer_class);
    uint32_t to = node_of(chooser, seen->nesting.inner_class);
    uint64_t ways = seen->ways < WEIGHT_OF_CALL ? seen->ways : WEIGHT_OF_CALL - 1;

    if (from == to)
        return;
    bool is_fixed =
        seen->is_fixed || !chooser->can_move.items[from] || !chooser->can_move.items[to];
    *array_add(chooser->arena, &chooser->arcs) = (struct order_arc){
        .from = from, .to = to, .weight = is_fixed ? WEIGHT_OF_FIXED : WEIGHT_OF_CALL + ways};
}

bool fix_order_choose(struct arena *arena, const struct fix_graph *graph,
                      const struct nesting_list *nestings, struct fix_order *order)
{
    struct chooser chooser = {
        .arena = arena,
        .graph = graph,
        .node_of = arena_alloc(arena, graph->base.class_count, sizeof(uint32_t)),
    };
    struct order_choice choice;

    for (size_t i = 0; i < nestings->count; i++) {
        add_arc(&chooser, &nestings->items[i]);
        if (chooser.classes.count > FIX_ORDER_MOST_CLASSES)
            return false;
    }
    size_t count = chooser.classes.count;
    order_choose(arena, (uint32_t)count, chooser.arcs.items, chooser.arcs.count, &choice);
    *order = (struct fix_order){
        .classes = arena_alloc(arena, count, sizeof *order->classes),
        .class_count = count,
        .is_exact = choice.is_exact,
        .can_be = choice.against < WEIGHT_OF_FIXED,
    };
    for (size_t i = 0; i < count; i++)
        order->classes[i] = chooser.classes.items[choice.order[i]];
    return true;
}

uint32_t fix_order_rank(const struct fix_order *order, uint32_t lock_class)
{
    for (size_t i = 0; i < order->class_count; i++) {
        if (order->classes[i] == lock_class)
            return (uint32_t)i;
    }
    return UINT32_MAX;
}

static bool is_right(const struct fix_order *order, const struct fix_nesting *nesting)
{
    return fix_order_rank(order, nesting->outer_class) <=
           fix_order_rank(order, nesting->inner_class);
}

static bool is_turned(const struct fix_order *order, const struct nesting_seen *seen)
{
    return !is_right(order, &seen->nesting) ||
           (seen->nesting.outer_class == seen->nesting.inner_class && !seen->is_fixed &&
            seen->upward < seen->ways);
}

/* Whether the calls that are turned also do what is right: the order is to be told from the locks.
 */
static bool is_by_rank(const struct nesting_list *list, const struct fix_order *order,
                       const struct fix_nesting *turned, size_t count)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct fix_nesting *nesting = &list->items[i].nesting;
        for (size_t j = 0; is_right(order, nesting) && j < count; j++) {
            if (nesting_is_same_call(nesting, &turned[j]))
                return true;
        }
    }
    return false;
}

void fix_order_turn(struct arena *arena, const struct nesting_list *nestings,
                    const struct fix_order *order, struct fix *fix)
{
    struct fix_nesting *turned = arena_alloc(arena, nestings->count, sizeof *turned);
    size_t count = 0;

    for (size_t i = 0; i < nestings->count; i++) {
        if (is_turned(order, &nestings->items[i]))
            turned[count++] = nestings->items[i].nesting;
    }
    *fix = (struct fix){
        .change = {.kind = FIX_REORDER,
                   .classes = order->classes,
                   .class_count = order->class_count,
                   .nestings = turned,
                   .nesting_count = count,
                   .by_rank = is_by_rank(nestings, order, turned, count),
                   .is_approximate = !order->is_exact},
        .verdict.rejection = order->can_be ? FIX_REJECTION_NONE : FIX_REJECTION_NOT_APPLICABLE,
        .places = nesting_count_places(arena, turned, count),
    };
}
