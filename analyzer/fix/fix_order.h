/* One order for classes of locks that are nested in both orders, and what to turn for it. */
#ifndef UNKNOT_FIX_FIX_ORDER_H
#define UNKNOT_FIX_FIX_ORDER_H

#include "analyzer/fix/fix_graph.h"

/* A larger net of classes gets no order: the table of their arcs is the square of that. */
enum { FIX_ORDER_MOST_CLASSES = 1000 };

struct fix_order {
    uint32_t *classes; /* in the order chosen */
    size_t class_count;
    bool is_exact; /* no other order has fewer calls against it */
    bool can_be;   /* all that is against it can be turned */
};

/* False: there are too many classes. Lives in the arena. */
bool fix_order_choose(struct arena *arena, const struct fix_graph *graph,
                      const struct nesting_list *nestings, struct fix_order *order);

/* Makes a REORDER of what is against the order; of a class nested in itself, of what is not always
 * in the order of addresses. */
void fix_order_turn(struct arena *arena, const struct nesting_list *nestings,
                    const struct fix_order *order, struct fix *fix);

/* The position of a class in the order; UINT32_MAX: it has none. */
uint32_t fix_order_rank(const struct fix_order *order, uint32_t lock_class);

#endif
