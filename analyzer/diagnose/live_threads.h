/* The threads of a living process, from /proc, without stopping them. Not thread-safe; allocates
 * from the target's arena. Cost: some ten system calls for each thread. */
#ifndef UNKNOT_DIAGNOSE_LIVE_THREADS_H
#define UNKNOT_DIAGNOSE_LIVE_THREADS_H

#include "analyzer/diagnose/target.h"

/* Fills target->threads anew. False when the process has ended. */
__attribute__((warn_unused_result)) bool live_threads_read(struct target *target, uint32_t pid);

/* The state of the process's first thread, and how many it has; false when there is none. */
__attribute__((warn_unused_result)) bool live_threads_state(struct arena *arena, uint32_t pid,
                                                            char *state, uint32_t *threads);

#endif
