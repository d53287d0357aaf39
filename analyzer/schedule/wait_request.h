/* Waits for what any thread could bring: for a semaphore, a condition, the others of a barrier.
 *
 * They are abstract requests (abstract_request.h), of what they wait for: alike are those of one
 * thread, one object, with the same locks held in the same modes. The mutex that a condition wait
 * gives back is not held in it. An event's position is that of the REQUEST, WAIT_BEGIN or
 * BARRIER_ENTER; its index is that of the first event of the thread that comes after all of the
 * wait's beginning: it is not there while the thread waits.
 *
 * Left out is what holds nobody up for good: waits with a time limit, semaphores and barriers of
 * unknown size, and semaphores with more units than all threads together ever have of them. If no
 * wait is left with a lock held, and no join, nothing is collected.
 *
 * Beside the waits stand the requests of locks with nothing held, by threads that serve waits: what
 * they would do can lie behind one. Four passes over the trace, if there are such objects; memory
 * for each distinct wait and request, 8 bytes for each of its events, 16 for each object and thread
 * that serves it. Read-only once made. */
#ifndef UNKNOT_SCHEDULE_WAIT_REQUEST_H
#define UNKNOT_SCHEDULE_WAIT_REQUEST_H

#include "analyzer/schedule/abstract_request.h"
#include "analyzer/schedule/number_table.h"

struct wait_requests {
    const struct abstract_requests *locks;
    /* All that can take part in a circle, none with a time limit: the waits, then requests. */
    const struct abstract_request *const *nodes;
    size_t wait_count, node_count;
    const uint32_t *mutex_of;    /* by object: that of a condition's waits, or SYNC_UNKNOWN */
    struct number_table servers; /* object and thread → index of the last event that serves */
};

/* `locks` stays the caller's and must live as long. */
void wait_requests_collect(struct arena *arena, const struct abstract_requests *locks,
                           struct wait_requests *waits);

/* Whether it is such an object. */
bool wait_request_is_served(const struct sync_trace *trace, uint32_t object);

/* Whether the event could end a wait for its object. */
bool wait_request_serves(const struct sync_event *event);

/* The index of the thread's last event that could end a wait for the object, 0: it has none. */
uint32_t wait_request_last_server(const struct wait_requests *waits, uint32_t object,
                                  uint32_t thread);

/* Whether `waiter` may wait for `other`'s thread when that stands at its request: the lock is held
 * there, or what would serve is still to come. */
bool wait_request_waits_for(const struct wait_requests *waits,
                            const struct abstract_request *waiter,
                            const struct abstract_request *other);

#endif
