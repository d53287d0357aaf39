/* Semaphores that are locks, as locks.
 *
 * A semaphore that begins with 1, and that in the trace only those post who took it last, each
 * once, is free exactly while nobody has taken and not posted it: in every schedule that keeps the
 * order of each thread, since each goes on taking and posting by turns. So its events are those of
 * a lock, and what is said of locks is true of it. Any other stays a semaphore. Two passes over the
 * trace if there is a semaphore in it. */
#ifndef UNKNOT_SCHEDULE_SEMAPHORE_LOCK_H
#define UNKNOT_SCHEDULE_SEMAPHORE_LOCK_H

#include "analyzer/base/arena.h"
#include "analyzer/schedule/sync_trace.h"

/* Rewrites the events and the objects of the trace, which is the caller's. */
void semaphore_locks_make(struct arena *arena, const struct sync_trace *trace,
                          struct sync_event *events, struct sync_object *objects);

#endif
