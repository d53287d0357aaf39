/* The frames of one Python thread, and what they show of locks: which a with block holds, which
 * the innermost frame is acquiring.
 *
 * Not thread-safe; allocates from the target's arena. Some twenty reads a frame. */
#ifndef UNKNOT_DIAGNOSE_PYTHON_STACK_H
#define UNKNOT_DIAGNOSE_PYTHON_STACK_H

#include "analyzer/diagnose/python_frames.h"
#include "analyzer/diagnose/python_names.h"
#include "analyzer/diagnose/python_runtime.h"

/* Fills frames and held locks of a thread, and names what its frames lead to. */
void python_stack_read(struct python_reader *reader, const struct python_thread_state *state,
                       struct python_names *names, struct python_thread *thread);

/* What the thread waits for, told by the futex it sleeps on; object 0 when it is no lock. */
struct python_held python_stack_find_wanted(struct python_reader *reader,
                                            const struct python_thread_state *state,
                                            const struct python_names *names, uint64_t futex);

#endif
