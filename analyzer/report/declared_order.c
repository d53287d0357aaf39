#include "analyzer/report/declared_order.h"

#include "analyzer/report/title.h"

bool declared_order_is_broken(const struct declared_order *order, const struct cycle_step *step)
{
    return order->before == step_wanted(step);
}

/* Declared both ways round, the one it breaks is the one to tell. */
const struct declared_order *declared_order_find(const struct execution *execution,
                                                 const struct cycle_step *step)
{
    const struct declared_order *found = NULL;
    uint32_t held = step_hold(step)->lock, wanted = step_wanted(step);
    for (size_t i = 0; i < execution->order_count; i++) {
        const struct declared_order *order = &execution->orders[i];
        if (order->before == wanted && order->after == held) {
            return order;
        }
        if (order->before == held && order->after == wanted) {
            found = order;
        }
    }
    return found;
}
