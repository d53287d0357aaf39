/* Abstract requests: the recorded dependencies, each distinct one once.
 *
 * A request is (lock, mode, set of held locks with modes); its occurrences are the threads and
 * happens-before segments that made it, each with the first dependency recorded as witness.
 * Locks and threads are named by their position in the execution's arrays. Locks that another
 * thread unlocked are left out, as requested and as held: they order nothing. So are semaphores
 * that signal, and those that were not seen to be used as a lock.
 *
 * Cost: linear in the dependencies and their held locks, but for sorting occurrences. Read-only
 * once made. */
#ifndef UNKNOT_PREDICT_REQUEST_H
#define UNKNOT_PREDICT_REQUEST_H

#include "analyzer/model/execution.h"

#define REQUEST_NO_THREAD UINT32_MAX

struct held_lock {
    uint32_t lock;
    uint32_t read; /* 1: held for reading only */
};

struct occurrence {
    uint32_t thread, segment;
    const struct dependency *witness;
};

struct request {
    uint32_t lock;
    uint32_t mode; /* of TRACE_MODE_READ, TRY, TIMED: what the rules look at */
    uint32_t held_count;
    const struct held_lock *held;         /* by lock, ascending; never empty */
    const struct occurrence *occurrences; /* in the order recorded */
    uint32_t occurrence_count;
    size_t dependency_count; /* recorded dependencies that are this request */
};

/* Up to three threads seen to take a lock for writing: enough to tell whether there is one that
 * is neither of any two given. */
struct lock_writers {
    uint32_t threads[3]; /* REQUEST_NO_THREAD from the first unused one on */
};

struct request_set {
    const struct execution *execution;
    struct request *requests; /* in the order first recorded */
    size_t request_count;
    size_t occurrence_count;
    struct lock_writers *writers; /* by lock */
    size_t excluded_locks;
};

void request_set_collect(struct arena *arena, const struct execution *execution,
                         struct request_set *set);

/* Where in the witness's held list the lock is. */
size_t request_hold_index(const struct request_set *set, const struct dependency *witness,
                          uint32_t lock);

#endif
