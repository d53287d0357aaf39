/* The wait-for graph across processes: who is blocked on what in the processes that are watched
 * too (peer.h), and which threads of theirs or ours have to act first.
 *
 * A lock that processes share is known by its place (mapping.h), its holder by the owner it names
 * if we see it, else by the held locks in the live blocks of all threads that are blocked. What is
 * private to a process is told by that process's blocks alone. Not known is the holder of a
 * semaphore that is no more, and who cancelled a thread of another process.
 *
 * Guarded callers, between peer_lock and peer_unlock. */
#ifndef UNKNOT_SHIM_SHARED_WAIT_H
#define UNKNOT_SHIM_SHARED_WAIT_H

#include "shim/core/peer.h"
#include "shim/core/wait_graph.h"

/* A thread: the index of its state, or this bit and the index of its block in peer.h. */
#define SHARED_WAIT_PEER (1u << 31)

/* What a thread waits for; false if it is not blocked for good. */
bool shared_wait_view(uint32_t who, struct wait_view *view);

/* Calls `found` with each thread that must act before `who` can go on, as far as they are known to
 * be blocked, with 0 if one that must is no more; `closely`: also if its process has ended, and
 * nobody has waited for that. */
void shared_wait_asks(uint32_t who, const struct wait_view *view, bool closely,
                      void (*found)(uint32_t who, void *context), void *context);

/* Where the lock lies that a thread of ours waits for; false if it is ours alone. */
bool shared_wait_place(const struct wait_view *view, struct mapping_place *place);

/* The thread that owned what a thread of ours waits for and is no more: what its recording says
 * that it held, and where that block is; false if no recording does. */
bool shared_wait_gone(const struct wait_view *view, const struct peer_block **block,
                      const struct trace_held **held);

/* False if `who` waits for a semaphore that its holder has not used in the way of a lock. */
bool shared_wait_is_proved(uint32_t who, const struct wait_view *view, uint32_t holder);

/* Is the process of this thread still what it was? Always, for one of ours. */
bool shared_wait_is_running(uint32_t who);

#endif
