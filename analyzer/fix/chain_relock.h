/* Requests of what the thread holds itself: deadlocks of one thread. Linear in the held locks. */
#ifndef UNKNOT_FIX_CHAIN_RELOCK_H
#define UNKNOT_FIX_CHAIN_RELOCK_H

#include "analyzer/model/execution.h"

/* How many of them do not try, and conflict with how the lock is held; *first, if wanted, is the
 * first one's lock. Readers that queue behind writers conflict. */
size_t chain_relocks(const struct execution *execution, const struct dependency *dependencies,
                     size_t count, uint32_t *first);

#endif
