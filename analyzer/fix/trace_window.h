/* A stretch of a run with times, as a run of its own: what is timed of a long one.
 *
 * Each thread begins where it first holds nothing and waits for nothing, and threads that are there
 * are there from the start. What lies before the stretch and would be needed in it is taken as
 * given: the end of a joined thread, the wake that ends a wait, what a semaphore was worth. Tries
 * that failed are left out: at another time they may not.
 *
 * Linear time; 24 bytes for each event, in the arena. */
#ifndef UNKNOT_FIX_TRACE_WINDOW_H
#define UNKNOT_FIX_TRACE_WINDOW_H

#include "analyzer/base/arena.h"
#include "analyzer/schedule/sync_trace.h"

/* Up to `most` events of the run, from event `first` on. */
void trace_window_make(struct arena *arena, const struct sync_trace *run, size_t first, size_t most,
                       struct sync_trace *window);

#endif
