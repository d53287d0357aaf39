/* A deadlock that happens: found by the thread whose wait completes it, recorded and told before
 * that thread sleeps; option on_deadlock says what then.
 *
 * Certain is a circle of threads each of which must act before the one before it can go on, or a
 * way to a lock whose holder is no more. A semaphore may be posted by anybody: with one that is
 * proved a lock the circle has to stay as it is for 50 ms, with another for a second, and then it
 * is only suspected. What is found is looked at twice: the same waits before and after each link
 * was seen to hold, all of them blocked meanwhile. Of two threads that find the same circle one
 * tells it.
 *
 * Any thread that has just published its wait. Nothing but a few loads unless the thread holds
 * something and whom it waits for is blocked too. */
#ifndef UNKNOT_SHIM_DEADLOCK_H
#define UNKNOT_SHIM_DEADLOCK_H

#include "shim/core/thread.h"
#include "shim/core/wait_graph.h"

/* After `self` has published a wait: looks for a deadlock, and reports it. True if that took time,
 * the wait is for a semaphore, and a signal handler would have ended it. */
bool deadlock_look(struct shim_thread *self);

/* The thread is about to end, still holds locks, and nobody can run code on it any more. */
void deadlock_look_left_by(struct shim_thread *self);

/* What was found, for those that tell of it: the threads in order, the first waits for the second
 * and so on; then those that are stuck behind them. */
struct deadlock {
    enum trace_deadlock_sort sort;
    bool is_suspected;
    bool ends_program; /* once it is told */
    bool
        is_owner_gone; /* the only thread of the set waits for what gone_thread (0: unknown) held */
    struct wait_view *threads;
    uint32_t set_count, stuck_count;
    uint32_t gone_thread;
    const struct orphan *gone; /* the lock it left, NULL if that was not seen */
};

/* Looks who is stuck behind the set (there is room for all threads), records and tells it, and ends
 * the program if that is wanted and it is certain. */
void deadlock_finish(struct shim_thread *self, struct deadlock *deadlock);

/* True for the first of several threads that found the same threads deadlocked. */
bool deadlock_claim(const struct wait_view *threads, uint32_t count);

/* Records it, tells it, and ends the program if it is to be ended. */
void deadlock_report(struct shim_thread *self, const struct deadlock *deadlock);

/* Writes the DEADLOCK record and all it names. Guarded. */
void deadlock_record(const struct deadlock *deadlock);

/* Tells it on standard error, in one write. Guarded. */
void deadlock_tell(const struct deadlock *deadlock);

/* The thread that one waits for among the first `count`, 0 for none. */
uint32_t deadlock_waits_for_one_of(const struct wait_view *view, const struct wait_view *threads,
                                   uint32_t count);

#endif
