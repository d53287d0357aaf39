/* Steering: threads that come to a step of the plan (plan.h) are held back, so that a deadlock that
 * needs them all there at once happens. After Joshi, Park, Sen, Naik, "A Randomized Dynamic Program
 * Analysis Technique for Detecting Real Deadlocks" (PLDI 2009), but with the places of one finding,
 * and with the live detection (deadlock.h) to tell when it is there.
 *
 * A thread is held back after its request is recorded and before the real call. It has published
 * that it waits, so whoever closes the circle finds it: each holds what the next is about to ask
 * for, and none goes on but by steering. Two sorts of threads are not published, and go on, and
 * really wait, when threads stand at all other steps: one whose place in a queue is what others
 * wait for (a writer where readers queue behind it), and, if a step of the plan is a wait, those
 * that request locks. Where all steps are waits, a signal is to be lost: a thread that is about to
 * wait on a condition, and has its mutex, goes on when that was signalled; if the step says where
 * that mutex is acquired, the thread is held back there, until any condition was.
 *
 * A thread is held back no longer than the plan's pause; a quarter of it once somebody that is at
 * no step waits for what it holds; not at all if no other thread can run (then the one held back
 * first goes on), if it is cancelled, in signal handlers, and once a deadlock was told. The first
 * four pauses at a step are spent whenever a thread comes to it; each one that follows comes after
 * twice as many arrivals as the one before, so that n of them cost 4 + log2(n) pauses. No thread is
 * held back for more than 32 pauses in all, no process for more than 128. Results, errno and
 * cancellation points stay as they are; a handler that comes meanwhile runs, and interrupts
 * nothing.
 *
 * While there are steps, the slots of all locks are special (LOCK_ID_SPECIAL), so that no request
 * takes its inline way. A program without a plan pays nothing but a look at one flag where a hook
 * has left that way already. Any thread, not inside the shim. */
#ifndef UNKNOT_SHIM_STEER_H
#define UNKNOT_SHIM_STEER_H

#include "shim/core/thread.h"

/* Has the plan steps? Constant after start-up. */
extern bool steer_is_on __attribute__((visibility("hidden")));

void steer_start(void);

struct waiting_for;
struct wake_record;

/* The thread has requested target->object and is about to ask for it. An unknown stack (0) is that
 * of the caller. */
void steer_request_slowly(const struct waiting_for *target, uintptr_t address, uintptr_t pointer);
static inline void steer_request(const struct waiting_for *target, uintptr_t address,
                                 uintptr_t pointer)
{
    if (__builtin_expect(steer_is_on, 0))
        steer_request_slowly(target, address, pointer);
}

/* The thread tries to have the lock and will wait if it fails, but tries with something held that
 * all threads need to run, as Python code does. True if it is at a step: then the try is to fail,
 * as if the lock were busy for a moment, and the thread is held back at the wait. */
bool steer_puts_off_slowly(const void *object, uintptr_t address, uintptr_t pointer);
static inline bool steer_puts_off(const void *object, uintptr_t address, uintptr_t pointer)
{
    return __builtin_expect(steer_is_on, 0) && steer_puts_off_slowly(object, address, pointer);
}

/* The thread is about to wait on the condition with these counts (NULL: not known), and holds its
 * mutex. */
void steer_wait_slowly(const struct wake_record *wakes, uintptr_t address, uintptr_t pointer);
static inline void steer_wait(const struct wake_record *wakes, uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(steer_is_on, 0))
        steer_wait_slowly(wakes, address, pointer);
}

/* The thread publishes a wait at this stack, and takes it back. */
void steer_stand_slowly(struct shim_thread *self, uint32_t stack);
static inline void steer_stand(struct shim_thread *self, uint32_t stack)
{
    if (__builtin_expect(steer_is_on, 0))
        steer_stand_slowly(self, stack);
}
static inline void steer_leave(struct shim_thread *self)
{
    if (__builtin_expect(steer_is_on, 0))
        atomic_store_explicit(&self->standing, 0, memory_order_release);
}

/* Does the thread, any, stand at a step? */
static inline bool steer_is_at_step(const struct shim_thread *thread)
{
    return thread && atomic_load_explicit(&thread->standing, memory_order_acquire) != 0;
}

/* Is the thread, any, held back? Then it will go on. */
static inline bool steer_holds_back(const struct shim_thread *thread)
{
    return atomic_load_explicit(&thread->held_back, memory_order_acquire) != 0;
}

/* A condition is about to be signalled. */
extern atomic_uint steer_signals __attribute__((visibility("hidden")));
static inline void steer_signalled(void)
{
    if (__builtin_expect(steer_is_on, 0))
        atomic_fetch_add_explicit(&steer_signals, 1, memory_order_release);
}

/* The thread is about to jump, perhaps out of a signal handler that came while it was held back. */
static inline void steer_may_be_left(struct shim_thread *self)
{
    if (__builtin_expect(steer_is_on, 0)) {
        steer_leave(self);
        atomic_store_explicit(&self->held_back, 0, memory_order_release);
    }
}

/* A deadlock that is certain was told: nobody is held back any more. */
void steer_deadlock_told(void);

void steer_after_fork(void);

#endif
