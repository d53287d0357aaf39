/* From the waits of a target's threads to what hangs: circles of threads that wait for each other,
 * a thread that waits for itself, a lock whose holder is gone; and, when nobody can go on but none
 * of these is seen, all threads together.
 *
 * A living process is looked at twice: a thread that ran in between is not stuck. What is then
 * found is certain, for of threads that did not run none can have let go of anything: only one that
 * unlocks what it does not hold, or a signal handler, could still end it. Not thread-safe. */
#ifndef UNKNOT_DIAGNOSE_HANG_H
#define UNKNOT_DIAGNOSE_HANG_H

#include "analyzer/diagnose/wait.h"

enum hang_sort {
    HANG_CIRCLE,   /* of two threads or more */
    HANG_SELF,     /* a thread requests what it holds */
    HANG_GONE,     /* the holder is not in the process any more */
    HANG_EVERYONE, /* no thread can go on, and why is not seen: suspected */
};

struct hang {
    enum hang_sort sort;
    size_t count; /* of a circle: wait i is for what the thread of wait i + 1 (cyclically) holds */
    const struct wait **waits;
    size_t behind_count; /* who wait, directly or not, for threads of the circle */
    const struct wait **behind;
    uint32_t forked_from; /* HANG_GONE: the process that has the holder; 0 for none */
};

struct diagnosis {
    struct subject *subject;
    uint64_t interval_ns; /* between the two looks; 0 for a core */
    struct wait *waits;
    size_t wait_count;
    size_t moved_count; /* threads that ran between the two looks */
    struct hang *hangs;
    size_t hang_count;
};

/* False when the process ends meanwhile. */
__attribute__((warn_unused_result)) bool
diagnosis_make(struct subject *subject, uint64_t interval_ns, struct diagnosis *diagnosis);

/* Whether a hang of this sort is there for certain. */
bool hang_is_certain(const struct hang *hang);

/* The thread's wait; NULL when it waits for nothing of the kind. */
const struct wait *diagnosis_find_wait(const struct diagnosis *diagnosis, uint32_t tid);

/* Whether the wait is told with one of the hangs. */
bool diagnosis_tells_wait(const struct diagnosis *diagnosis, const struct wait *wait);

#endif
