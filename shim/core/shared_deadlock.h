/* A deadlock through locks that processes share: looked for when a way through the waits of this
 * process (deadlock.h) leads out of it, and again from time to time while the thread sleeps, as
 * nobody tells it that the owner was killed or that another process found the circle.
 *
 * Certain, and else not told, if each holder was seen to hold what the one before wants, twice,
 * 50 ms apart, with all waits unchanged meanwhile: by then a cancellation would have ended them,
 * and a semaphore takes part only if its holder has used it in the way of a lock. An owner that is
 * no more is believed only if its recording has the lock among those it held. A circle that the
 * owner's process was ended for ends this one, too, if it is to end: it is told there.
 *
 * Any thread that has published its wait. Costs a look at the owner's live block, once its process
 * is known, and no system call, unless that is blocked too. */
#ifndef UNKNOT_SHIM_SHARED_DEADLOCK_H
#define UNKNOT_SHIM_SHARED_DEADLOCK_H

#include "shim/core/thread.h"

/* `again`: the thread has slept already. */
void shared_deadlock_look(struct shim_thread *self, bool again);

#endif
