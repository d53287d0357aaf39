/* Locks of all kinds that have a rank, and threads that take them so that they cannot deadlock:
 * whoever waits without a limit waits for a rank above all that it holds. What is only tried, or
 * waited for in time, has any rank.
 *
 * Each lock guards a counter; a holder counts its own steps, so lost exclusion shows in the sums.
 * Any thread may call all but the first and the last function; one holder belongs to one thread. */
#ifndef UNKNOT_TESTS_RANDOM_RANKED_LOCKS_H
#define UNKNOT_TESTS_RANDOM_RANKED_LOCKS_H

#include "tests/random/actors.h"

enum { MOST_HELD = 6 };

struct holder {
    struct actor *actor;
    unsigned held[MOST_HELD]; /* ranks, in the order they were taken */
    bool is_alone[MOST_HELD]; /* not as one of many readers */
    unsigned count;
    long steps;
};

void ranked_locks_init(void);

/* Takes one more lock at random, or none if there is none to take. A cancellation point. */
void ranked_locks_take(struct holder *holder);

void ranked_locks_release_last(struct holder *holder);

/* All that it holds; ends the holder. A cleanup handler: the argument is a struct holder. */
void ranked_locks_release_all(void *holder);

/* Ends the calling thread's part with a robust lock held, which the next one inherits. */
void ranked_locks_leave_robust(struct holder *holder);

/* Ends the program unless all counters agree. */
void ranked_locks_check(void);

#endif
