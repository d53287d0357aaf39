#include "shim/core/waiting.h"

#include <errno.h>

#include "shim/core/deadlock.h"
#include "shim/core/everyone.h"
#include "shim/core/lock_kind.h"
#include "shim/core/shared_deadlock.h"
#include "shim/core/steer.h"
#include "shim/platform/clock.h"

enum { FIRST_SPAN_MS = 50, LAST_SPAN_MS = 1000 };

/* Where the thread asks: known from its request, or the stack of the hook's caller. */
static uint32_t stack_of_caller(struct shim_thread *self, uintptr_t address, uintptr_t pointer)
{
    const struct stack_cache_entry *caller = stack_cache_find(&self->stacks, address, pointer);
    if (caller)
        return caller->id;
    int saved_errno = errno;
    thread_guard(self, pointer);
    const struct known_stack *stack = thread_capture(self, address, pointer);
    thread_unguard(self);
    errno = saved_errno;
    return stack ? stack->id : 0;
}

static bool is_published(const struct trace_live *live)
{
    return __atomic_load_n(&live->wait, __ATOMIC_RELAXED) & 1;
}

/* A signal handler that waits meanwhile, or moves the live block, has changed the number: then all
 * is written again. The exchange is a full fence: what follows sees every wait published before. */
static void publish(const struct waiting *waiting)
{
    const struct waiting_for *target = &waiting->target;
    struct trace_live *live;
    uint32_t wait;
    steer_stand(waiting->self, target->stack);
    do {
        live = waiting->self->live;
        wait = __atomic_load_n(&live->wait, __ATOMIC_RELAXED);
        live->wanted_kind = target->kind;
        live->wanted_mode = target->mode;
        live->wanted_since_ns = target->since_ns;
        live->wanted_other = target->other;
        live->wanted_address = target->object;
        live->wanted_lock = target->lock;
        live->wanted_stack = target->stack;
    } while (!__atomic_compare_exchange_n(&live->wait, &wait, wait + 1, false, __ATOMIC_SEQ_CST,
                                          __ATOMIC_RELAXED));
    waiting->self->waiting = waiting;
}

static void take_back(struct shim_thread *self)
{
    struct trace_live *live = self->live;
    __atomic_store_n(&live->wait, live->wait + 1, __ATOMIC_RELEASE);
    atomic_thread_fence(memory_order_release); /* before the fields are written anew */
    steer_leave(self);
}

/* What the thread waited for until now, if a signal handler has interrupted that. A wait whose
 * frame lies below this one was left by a longjmp out of the handler. */
static struct waiting *interrupted(struct shim_thread *self, const struct waiting *inner)
{
    if (!is_published(self->live))
        return NULL;
    take_back(self);
    struct waiting *outer = (struct waiting *)self->waiting;
    bool on_own_stack = (uintptr_t)inner >= self->stack_low && (uintptr_t)inner < self->stack_high;
    return on_own_stack && (uintptr_t)outer < (uintptr_t)inner ? NULL : outer;
}

/* A lock of the program's own makes its waiters sleep on a condition or semaphore, or for a time
 * and again; that they wait for the lock is what counts. */
static bool is_way_to_its_own(const struct trace_live *live, const struct waiting_for *target)
{
    return is_published(live) && live->wanted_kind == TRACE_LOCK_CUSTOM &&
           (target->kind >= TRACE_WAIT_CONDITION || target->kind == TRACE_LOCK_SEMAPHORE ||
            target->mode & (TRACE_MODE_TIMED | TRACE_MODE_TRY));
}

static bool is_shared(const struct waiting_for *target)
{
    const void *object = (const void *)(uintptr_t)target->object;
    return lock_kind_flags(target->kind, object) & TRACE_LOCK_SHARED;
}

void waiting_begin_for(struct waiting *waiting, const struct waiting_for *target, uintptr_t address,
                       uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    waiting->self = NULL;
    waiting->is_interrupted = waiting->is_shared = false;
    if (!self->live || self->busy || is_way_to_its_own(self->live, target))
        return;
    waiting->target = *target;
    if (!target->stack)
        waiting->target.stack = stack_of_caller(self, address, pointer);
    waiting->target.since_ns = clock_coarse_ns();
    waiting->inner_of = interrupted(self, waiting);
    waiting->self = self;
    publish(waiting);
    if (target->mode & TRACE_MODE_TIMED)
        return;
    waiting->looks = 0;
    if (target->kind < TRACE_WAIT_CONDITION) {
        waiting->is_shared = is_shared(target);
        waiting->is_interrupted = deadlock_look(self);
    }
    if (!waiting->is_interrupted)
        everyone_look(self);
}

void waiting_next_look(struct waiting *waiting, struct timespec *deadline)
{
    uint64_t span_ms = FIRST_SPAN_MS << waiting->looks;
    if (waiting->looks)
        shared_deadlock_look(waiting->self, true);
    if (span_ms < LAST_SPAN_MS)
        waiting->looks++;
    else
        span_ms = LAST_SPAN_MS;
    clock_gettime(CLOCK_MONOTONIC, deadline);
    uint64_t nanoseconds = (uint64_t)deadline->tv_nsec + span_ms * 1000000u;
    deadline->tv_sec += (time_t)(nanoseconds / 1000000000u);
    deadline->tv_nsec = (long)(nanoseconds % 1000000000u);
}

/* Not of a lock that the thread has already: that counts, fails, or is the end of it. */
static void tell_request(const struct waiting_for *target, uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    const void *object = (const void *)(uintptr_t)target->object;
    if (!events_are_on(self) || target->kind == TRACE_WAIT_BARRIER || acquire_holds(object))
        return;
    events_requested(self, target->kind, object, target->mode,
                     target->stack ? target->stack : events_stack(self, address, pointer));
}

void waiting_begin(struct waiting *waiting, const void *object, struct manner manner,
                   uintptr_t address, uintptr_t pointer)
{
    const struct trace_held *entry = thread_self->top;
    bool is_requested =
        entry && entry != thread_self->held_end && entry->address == (uintptr_t)object;
    struct waiting_for target = {
        .object = (uintptr_t)object,
        .kind = manner.kind,
        .mode = manner.mode,
        .lock = is_requested ? entry->lock : lock_table_find(object),
        .stack = is_requested ? entry->stack : 0,
    };
    tell_request(&target, address, pointer);
    waiting_begin_for(waiting, &target, address, pointer);
}

/* Not if it was withdrawn. */
static bool is_current(const struct waiting *waiting)
{
    return waiting->self->waiting == waiting && is_published(waiting->self->live);
}

void waiting_end(void *argument)
{
    struct waiting *waiting = argument;
    if (!waiting->self)
        return;
    if (is_current(waiting))
        take_back(waiting->self);
    if (waiting->inner_of)
        publish(waiting->inner_of);
}

void waiting_withdraw(void)
{
    struct shim_thread *self = thread_self;
    take_back(self);
    self->waiting = NULL;
}
