/* Everyone is blocked: a deadlock without a circle. Who waits on a condition, at a barrier or for a
 * semaphore that is a signal can be woken by any thread that runs; so such a wait is for ever only
 * when no thread runs any more: each is in a wait without end, none of those is about to end, and
 * nothing outside (another process, a signal handler, a thread not known here) can end one.
 *
 * Asked by each thread that publishes a wait, and by one that ends. It looks for one thread that
 * runs or has been woken: most often the one it found the last time. If there is none, the kernel
 * has the last word: the process has no other thread, and each sleeps on a futex of the very object
 * it waits for, seen twice, a millisecond apart, with nothing changed in between. Another thread
 * may be one that was joined and is not gone yet, so it is given a second to go. One thread looks
 * so at a time, and others that come meanwhile make it look again; a look that found nothing is
 * paid for by a pause a hundred times as long.
 *
 * Certain unless the program handles signals that can come from outside: then suspected, or, where
 * a semaphore is awaited, which handlers may post, not said at all. Without /proc nothing is said.
 *
 * Cost: some loads of another thread's state; with many threads that are all blocked and one that
 * was woken, a look at each. */
#ifndef UNKNOT_SHIM_EVERYONE_H
#define UNKNOT_SHIM_EVERYONE_H

#include "shim/core/thread.h"

/* After `self` has published a wait without end. */
void everyone_look(struct shim_thread *self);

/* In a fork child: nobody looks. */
void everyone_after_fork(void);

/* The function of `self` has ended. Is everyone else blocked? Then, when its key destructors have
 * run, too: looks. On the thread itself. */
bool everyone_is_left_by(const struct shim_thread *self);
void everyone_look_left_by(struct shim_thread *self);

struct deadlock;
struct text;

/* Why nobody wakes them, a line for each condition, barrier and signal. */
void everyone_tell(struct text *story, const struct deadlock *deadlock);

#endif
