/* Locks that a signal handler takes and that are taken elsewhere while its signal can arrive: the
 * thread that is interrupted there would wait for itself.
 *
 * Which handler the caller is in tells the signal frame on its stack: the mask before and the mask
 * now differ by what that signal's sigaction says. The program's handlers are never replaced. Each
 * lock remembers one side until the other is met: first where it was taken outside and which
 * signals could arrive there, then, once a handler took it, that. Handlers of signals that the
 * thread's own code raises (a fault, abort) do not count, nor a lock that can be had again, nor
 * what a handler only tries.
 *
 * signal_hazard_installed: from the hooks of sigaction, any thread. The others: guarded, or on the
 * way in; without handlers one load. In a program with handlers the first acquisition of each lock
 * goes the slow way and asks for the thread's mask, and so does the first at each place of a lock
 * that a handler took. */
#ifndef UNKNOT_SHIM_SIGNAL_HAZARD_H
#define UNKNOT_SHIM_SIGNAL_HAZARD_H

#include <signal.h>

#include "shim/core/thread.h"

/* There was a handler of a signal that may come at any time. Plain, as inner_quiet_needed. */
extern bool signal_hazard_possible __attribute__((visibility("hidden")));

/* The signal has this action now. */
void signal_hazard_installed(int number, const struct sigaction *action);

/* Is there something to learn from the taking of this lock by a caller with this stack? */
bool signal_hazard_wants_slow(const void *object, uint32_t lock, uint32_t stack);
static inline bool signal_hazard_wants(const void *object, uint32_t lock, uint32_t stack)
{
    return __builtin_expect(signal_hazard_possible, 0) &&
           signal_hazard_wants_slow(object, lock, stack);
}

/* The thread (guarded) takes the lock of `entry`; the hook's return address lies at `pointer`. */
void signal_hazard_note(const struct shim_thread *self, const struct trace_held *entry,
                        uintptr_t pointer);

#endif
