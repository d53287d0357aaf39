/* Whether a wait that is published can end by itself, as far as the awaited object and what is
 * counted of it tell: somebody has woken the thread already, the lock is free, a unit is there.
 *
 * Any thread, no lock but the lock table's, no system call unless a thread that is joined has
 * ended. Cost: as wait_graph_waits_for. */
#ifndef UNKNOT_SHIM_BLOCKED_H
#define UNKNOT_SHIM_BLOCKED_H

#include "shim/core/wait_graph.h"

/* Can any thread end such a wait? */
bool blocked_for_any(const struct wait_view *view);

/* False also where it is not known. */
bool blocked_for_good(const struct wait_view *view);

/* Can another process end it? */
bool blocked_on_shared(const struct wait_view *view);

/* Does a thread in this wait sleep on a futex at this address? */
bool blocked_is_at(const struct wait_view *view, uint64_t futex);

#endif
