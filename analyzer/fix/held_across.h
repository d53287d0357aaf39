/* Whether a change holds a lock across a wait that it was not held across: for a condition, at a
 * barrier, for a semaphore or for the end of a thread. Who would end the wait may need the lock.
 *
 * The moved acquisitions of try-and-give-way are not held before they are needed, so of these
 * nothing is said. One pass over both traces. */
#ifndef UNKNOT_FIX_HELD_ACROSS_H
#define UNKNOT_FIX_HELD_ACROSS_H

#include "analyzer/fix/trace_rewrite.h"

bool held_across_new_wait(const struct arena *arena, const struct trace_rewrite *rewrite,
                          const struct fix_change *change);

#endif
