/* The wait-for graph as the threads' live blocks and the locks themselves show it now: who is
 * blocked on what, and which threads have to act before it can go on.
 *
 * Whose a lock is, it tells itself where it can (the owner of a mutex, the writer of a rwlock),
 * else the held entries of all threads tell. Everything is read without a lock while it changes:
 * what a view says was true together, but need not be any more; wait_graph_is_same asks again. A
 * timed wait, a try, and one with a cancellation pending are not blocked; an owner that is no
 * thread of ours is unknown, and who waits for him is left to hope.
 *
 * Any thread, guarded or not; allocates nothing, makes no system call but for threads that ended
 * while they held something. Cost: some ten ns for a mutex; for locks that do not know their owner
 * a look at each thread. */
#ifndef UNKNOT_SHIM_WAIT_GRAPH_H
#define UNKNOT_SHIM_WAIT_GRAPH_H

#include "shim/core/thread.h"

/* A thread and its wait, at one moment. */
struct wait_view {
    uint32_t index;      /* of its state */
    uint32_t id, number; /* of the thread; of the wait (trace_live.wait) */
    const struct shim_thread *state;
    const struct trace_live *live;
    uint64_t address, other, since_ns;
    uint32_t lock, stack;
    uint32_t pid; /* of another process (shared_wait.h): then there is no state; or 0 */
    uint16_t kind, mode;
};

/* What a thread waits for; false if it is not blocked for good. */
bool wait_graph_view(uint32_t index, struct wait_view *view);

/* The same, also if others may end the wait (condition, barrier, signal), or time. */
bool wait_graph_view_any(uint32_t index, struct wait_view *view);

bool wait_graph_is_same(const struct wait_view *view);

/* Calls `found` with each thread that must act before the wait of `view` can end; with 0 for one
 * that is gone and held the lock, with WAIT_SEARCH_ELSEWHERE if none is ours. */
void wait_graph_waits_for(const struct wait_view *view,
                          void (*found)(uint32_t thread, void *context), void *context);

/* Is it for a lock that processes share? */
bool wait_graph_is_shared(const struct wait_view *view);

/* Does what is held by `entry` keep the wait of `view` from ending? */
bool wait_graph_is_in_the_way(const struct wait_view *view, const struct trace_held *entry);

#endif
