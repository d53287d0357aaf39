/* The routes that numbers in the lock table stand for (lock_entry.route). Routes of locks that
 * share their stand-ins are shared, too; that of a lock with a stand-in of its own is used again,
 * with the stand-in, when the lock has ended. For the files of standin.h only; any thread. */
#ifndef UNKNOT_SHIM_STANDIN_ROUTE_H
#define UNKNOT_SHIM_STANDIN_ROUTE_H

#include "shim/core/lock_table.h"
#include "shim/core/standin.h"

static inline bool standin_route_has_number(uint32_t route)
{
    return route && !(route & (LOCK_ROUTE_OWN | LOCK_ROUTE_RECURSIVE));
}

/* Of a number; it does not change while a lock has it. */
const struct standin_route *standin_route_at(uint32_t number);

/* The number of that route; of one with a new stand-in instead of what `to` has. 0 without memory.
 */
uint32_t standin_route_share(const struct standin_route *to);
uint32_t standin_route_own(const struct standin_route *to, uint32_t fix);

/* In a fork child: standin_renew for each stand-in that is one lock's own. */
void standin_route_renew_own(uint32_t parent_tid, uint32_t child_tid);

#endif
