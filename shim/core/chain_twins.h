/* Ended locks that are alike but for themselves: see chain_end.c. Under chain_store_lock. */
#ifndef UNKNOT_SHIM_CHAIN_TWINS_H
#define UNKNOT_SHIM_CHAIN_TWINS_H

#include <stdbool.h>
#include <stdint.h>

/* True if an ended lock that stays has the same dependencies as this ended one; else this one is
 * remembered, if it may have twins at all. Linear in its dependencies. */
bool chain_twins_find_or_add(uint32_t lock);

/* A dependency of the lock is taken back: it is no longer what it was remembered for. */
void chain_twins_remove(uint32_t lock);

#endif
