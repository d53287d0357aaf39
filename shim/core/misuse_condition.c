#include "shim/core/misuse_condition.h"

#include <errno.h>
#include <string.h>

#include "shim/capture/stack.h"
#include "shim/core/acquire.h"
#include "shim/core/misuse_lock.h"
#include "shim/core/past_objects.h"
#include "shim/core/waiters.h"

/* glibc's struct pthread_barrier (2.25 and later): threads that have entered it, and how many of
 * those belong to rounds that are complete. */
struct barrier_fields {
    unsigned entered, complete, count, shared;
};

static struct barrier_fields fields_of(const pthread_barrier_t *barrier)
{
    struct barrier_fields fields;
    memcpy(&fields, barrier, sizeof(fields));
    return fields;
}

/* The call of a waiter, captured when it began to wait. */
static struct trace_misuse_place place_of(const struct waiter *waiter)
{
    return (struct trace_misuse_place){
        .role = MISUSE_PLACE_WAITING, .thread = waiter->thread, .stack = waiter->stack};
}

static void enter(const void *object, const void *mutex, bool timed, uintptr_t address,
                  uintptr_t pointer)
{
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    int saved_errno = errno;
    thread_guard(self, pointer);
    waiters_leave(&self->waiter); /* a handler left an earlier wait by longjmp */
    const struct known_stack *stack = thread_capture(self, address, pointer);
    self->waiter = (struct waiter){.object = object,
                                   .mutex = mutex,
                                   .thread = self->id,
                                   .stack = stack ? stack->id : 0,
                                   .may_be_woken = timed};
    waiters_enter(&self->waiter);
    thread_unguard(self);
    errno = saved_errno;
}

void misuse_wait_end(void)
{
    struct shim_thread *self = thread_self;
    if (!self->waiter.object || !(self = thread_enter_guarded()))
        return;
    int saved_errno = errno;
    waiters_leave(&self->waiter);
    thread_unguard(self);
    errno = saved_errno;
}

static void tell(const struct misuse_judgement *judgement, enum misuse_object object,
                 const void *place, const char *function, uintptr_t address, uintptr_t pointer)
{
    misuse_tell_judgement(judgement, object, place, function, 0, address, pointer);
}

/* Another thread's wait that nobody can have ended. */
static bool find_waiter(const void *object, const void *mutex, struct waiter *found)
{
    struct shim_thread *self = thread_enter_guarded();
    if (!self)
        return false;
    int saved_errno = errno;
    bool is_there = waiters_find(object, mutex, &self->waiter, found);
    thread_unguard(self);
    errno = saved_errno;
    return is_there;
}

void misuse_wait_begin(const struct misuse_wait *wait, uintptr_t address, uintptr_t pointer)
{
    struct waiter other;
    enter(wait->condition, wait->mutex, wait->timed, address, pointer);
    /* Of kinds that check their owner the wait fails, and its result is told. */
    if (!wait->held && !misuse_checks_owner(TRACE_LOCK_MUTEX, wait->mutex)) {
        const struct misuse_judgement judgement = misuse_of_wait(wait->mutex);
        tell(&judgement, MISUSE_OF_MUTEX, wait->mutex, wait->function, address, pointer);
    }
    if (find_waiter(wait->condition, wait->mutex, &other)) {
        const struct misuse_judgement judgement = {MISUSE_WAIT_DIFFERENT_MUTEXES, place_of(&other)};
        tell(&judgement, MISUSE_OF_CONDITION, wait->condition, wait->function, address, pointer);
    }
    misuse_of_held(MISUSE_HELD_ACROSS_BLOCKING_CALL, wait->mutex, wait->function, address, pointer);
}

void misuse_signalled_slowly(const void *condition, const char *function, uintptr_t address,
                             uintptr_t pointer)
{
    struct shim_thread *self = thread_enter_guarded();
    if (!self)
        return;
    int saved_errno = errno;
    struct waiter waiter;
    bool any = waiters_signalled(condition, &waiter);
    thread_unguard(self);
    errno = saved_errno;
    if (!any || !waiter.mutex || !misuse_is_on(MISUSE_SIGNAL_UNLOCKED) ||
        acquire_holds(waiter.mutex))
        return;
    const struct misuse_judgement judgement = {MISUSE_SIGNAL_UNLOCKED, place_of(&waiter)};
    tell(&judgement, MISUSE_OF_CONDITION, condition, function, address, pointer);
}

/* Only another thread can be waiting that nobody has woken. */
static void judge_waiters(enum misuse_rule rule, enum misuse_object object, const void *place,
                          const char *function, uintptr_t address, uintptr_t pointer)
{
    struct waiter waiter;
    if (!waiters_any(place) || !find_waiter(place, NULL, &waiter))
        return;
    const struct misuse_judgement judgement = {rule, place_of(&waiter)};
    tell(&judgement, object, place, function, address, pointer);
}

void misuse_condition_begins(const void *condition, const char *function, uintptr_t address,
                             uintptr_t pointer)
{
    judge_waiters(MISUSE_INIT_WAITED, MISUSE_OF_CONDITION, condition, function, address, pointer);
}

void misuse_condition_ends(const void *condition, const char *function, uintptr_t address,
                           uintptr_t pointer)
{
    judge_waiters(MISUSE_COND_DESTROY_WAITED, MISUSE_OF_CONDITION, condition, function, address,
                  pointer);
}

/* Threads of a complete round may still be on their way out: that is in order. */
static bool has_incomplete_round(const pthread_barrier_t *barrier)
{
    struct barrier_fields fields = fields_of(barrier);
    return fields.entered != fields.complete;
}

/* Of a thread, what it knows of the barrier with this id; its place may have another's. */
#define BARRIER_PLACE(thread, id)                                                                  \
    (&(thread)->barriers[(id) % (sizeof((thread)->barriers) / sizeof((thread)->barriers[0]))])

static void note_barrier(const pthread_barrier_t *barrier)
{
    struct shim_thread *self = thread_self;
    uint32_t lock = lock_table_find(barrier);
    if (!misuse_is_on(MISUSE_BARRIER_DESTROY_UNSYNCHRONISED) || !lock || !self->waiter.object)
        return;
    BARRIER_PLACE(self, lock)->lock = lock;
    BARRIER_PLACE(self, lock)->stack = self->waiter.stack;
}

/* A thread that has waited at the barrier and was not joined. What others do meanwhile may be
 * missed. */
static bool find_unjoined(uint32_t lock, struct trace_misuse_place *place)
{
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        const struct shim_thread *other = thread_at(i);
        if (other && other->registered && BARRIER_PLACE(other, lock)->lock == lock) {
            *place = (struct trace_misuse_place){.role = MISUSE_PLACE_WAITING,
                                                 .thread = other->id,
                                                 .stack = BARRIER_PLACE(other, lock)->stack};
            return true;
        }
    }
    return false;
}

/* Who has waited there itself comes after all others of its round. If its place has another
 * barrier, that is not known. */
static void judge_unsynchronised(const pthread_barrier_t *barrier, const char *function,
                                 uintptr_t address, uintptr_t pointer)
{
    struct misuse_judgement judgement = {.rule = MISUSE_BARRIER_DESTROY_UNSYNCHRONISED};
    uint32_t lock = lock_table_find(barrier);
    if (misuse_is_on(judgement.rule) && lock && !BARRIER_PLACE(thread_self, lock)->lock &&
        find_unjoined(lock, &judgement.other))
        tell(&judgement, MISUSE_OF_BARRIER, barrier, function, address, pointer);
}

void misuse_barrier_begins(const pthread_barrier_t *barrier, const char *function,
                           uintptr_t address, uintptr_t pointer)
{
    if (waiters_any(barrier) && has_incomplete_round(barrier))
        judge_waiters(MISUSE_BARRIER_INIT_WAITED, MISUSE_OF_BARRIER, barrier, function, address,
                      pointer);
}

void misuse_barrier_ends(const pthread_barrier_t *barrier, const char *function, uintptr_t address,
                         uintptr_t pointer)
{
    if (waiters_any(barrier) && has_incomplete_round(barrier))
        judge_waiters(MISUSE_BARRIER_DESTROY_WAITED, MISUSE_OF_BARRIER, barrier, function, address,
                      pointer);
    else
        judge_unsynchronised(barrier, function, address, pointer);
}

/* No barrier is for no threads, and there is no static initialiser. */
void misuse_barrier_wait(const pthread_barrier_t *barrier, const char *function, uintptr_t address,
                         uintptr_t pointer)
{
    struct misuse_judgement judgement = {.rule = MISUSE_NONE};
    if (!fields_of(barrier).shared && past_objects_is_destroyed(barrier, MISUSE_OF_BARRIER))
        judgement.rule = MISUSE_USE_DESTROYED;
    else if (fields_of(barrier).count == 0)
        judgement.rule = MISUSE_BARRIER_UNINITIALISED;
    tell(&judgement, MISUSE_OF_BARRIER, barrier, function, address, pointer);
    enter(barrier, NULL, false, address, pointer);
    note_barrier(barrier);
    misuse_of_held(MISUSE_HELD_ACROSS_BLOCKING_CALL, NULL, function, address, pointer);
}
