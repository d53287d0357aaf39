#include "shim/hook/standin.h"

#include <errno.h>

#include "shim/core/lock_kind.h"
#include "shim/hook/mutex.h"

static const struct manner locking = {TRACE_LOCK_MUTEX, 0};
static const struct manner trying = {TRACE_LOCK_MUTEX, TRACE_MODE_TRY};

static bool is_try(const struct standin_call *call)
{
    return call->manner.mode & TRACE_MODE_TRY;
}

static bool is_semaphore(const struct standin_call *call)
{
    return call->manner.kind == TRACE_LOCK_SEMAPHORE;
}

/* In the way that the program asks for its own lock: waits no longer than it would. */
static int take(struct standin *standin, const struct standin_call *call)
{
    pthread_mutex_t *mutex = &standin->mutex;
    if (is_try(call))
        return mutex_try_itself(mutex, trying, call->address, call->pointer);
    if (is_semaphore(call))
        return standin_take_for_semaphore(standin, call);
    if (call->manner.mode & TRACE_MODE_TIMED)
        return mutex_timed_itself(mutex, call->clock, call->deadline, call->address, call->pointer);
    return mutex_lock_itself(mutex, call->address, call->pointer);
}

void standin_unlock(struct standin *standin, uintptr_t address, uintptr_t pointer)
{
    int result = mutex_unlock_itself(&standin->mutex, address, pointer);
    (void)result; /* the caller has it */
    standin_wake_sleepers(standin);
}

static void hold(struct standin *standin, const struct standin_call *call, bool is_before)
{
    const struct standin_hold taken = {
        .object = call->object,
        .lock = lock_table_find(call->object),
        .count = 1,
        .is_read = call->manner.mode & TRACE_MODE_READ,
        .is_before = is_before,
    };
    standin_hold_add(standin, &taken);
}

/* The thread has the lock already: what its own function says to that, 0 if it would block for
 * ever or count. */
static int refusal(const struct standin_call *call, const struct standin_hold *held)
{
    uint16_t flags = lock_kind_flags(call->manner.kind, call->object);
    bool is_read = call->manner.mode & TRACE_MODE_READ;
    switch (call->manner.kind) {
    case TRACE_LOCK_MUTEX:
        if (flags & TRACE_LOCK_RECURSIVE)
            return 0;
        if (is_try(call))
            return EBUSY;
        return flags & TRACE_LOCK_ERRORCHECK ? EDEADLK : 0;
    case TRACE_LOCK_RWLOCK:
        if (held->is_read && is_read)
            return 0;
        if (is_try(call))
            return EBUSY;
        return held->is_read ? 0 : EDEADLK;
    default:
        return is_try(call) ? EBUSY : 0;
    }
}

/* The functions that look at a timeout before they look at the lock. */
static bool has_bad_deadline(const struct standin_call *call)
{
    return call->manner.mode & TRACE_MODE_TIMED && call->manner.kind != TRACE_LOCK_MUTEX &&
           (call->deadline->tv_nsec < 0 || call->deadline->tv_nsec >= 1000000000);
}

static void unlock_cancelled(void *argument)
{
    standin_unlock(argument, CALLER);
}

/* A semaphore is taken itself, too: its value shows, and others may post to it. */
static int take_with_semaphore(struct standin *standin, const struct standin_call *call)
{
    int result;
    pthread_cleanup_push(unlock_cancelled, standin);
    result = standin_take_semaphore(call);
    pthread_cleanup_pop(0);
    if (result != 0)
        standin_unlock(standin, call->address, call->pointer);
    return result;
}

static int take_instead(struct standin *standin, const struct standin_call *call)
{
    const struct standin_hold *held =
        standin_is_mine(standin) ? standin_hold_of(standin, call->object, false) : NULL;
    bool had = held != NULL;
    int result = held ? refusal(call, held) : 0;
    if (result == 0)
        result = has_bad_deadline(call) ? EINVAL : take(standin, call);
    if (result == 0 && is_semaphore(call) && !had)
        result = take_with_semaphore(standin, call);
    if (result == 0)
        hold(standin, call, false);
    return result;
}

/* Those taken before the lock, in the order of the plan. */
struct before {
    struct standin *taken[STANDIN_FIXES];
    uint32_t count;
    const struct standin_call *call;
};

static void give_back_taken(struct before *before)
{
    while (before->count)
        standin_unlock(before->taken[--before->count], before->call->address,
                       before->call->pointer);
}

static void give_back_cancelled(void *before)
{
    give_back_taken(before);
}

static int take_before(struct before *before, const struct standin_route *route)
{
    int result = 0;
    for (uint64_t rest = route->before; rest && result == 0; rest &= rest - 1) {
        struct standin *standin = standin_before((uint32_t)__builtin_ctzll(rest));
        if (standin == route->instead)
            continue;
        result = take(standin, before->call);
        if (result == 0)
            before->taken[before->count++] = standin;
    }
    return result;
}

/* Its release has to look further than at the lock acquired last. */
static void mark_held(const struct standin_call *call)
{
    struct trace_held *held = acquire_find_held(thread_self, call->object);
    if (held && !held->attention)
        held->attention = 1;
}

static bool is_had(int result)
{
    return result == 0 || result == EOWNERDEAD;
}

static int acquire_behind(struct before *before, const struct standin_route *route)
{
    const struct standin_call *call = before->call;
    int result = take_before(before, route);
    if (result == 0)
        result = route->instead ? take_instead(route->instead, call) : call->itself(call);
    for (uint32_t i = 0; is_had(result) && i < before->count; i++)
        hold(before->taken[i], call, true);
    if (!is_had(result))
        give_back_taken(before);
    else if (before->count && !route->instead)
        mark_held(call);
    return result;
}

static int acquire_routed(const struct standin_route *route, const struct standin_call *call)
{
    struct before before;
    int result;
    before.count = 0;
    before.call = call;
    if (!route->before)
        return take_instead(route->instead, call);
    pthread_cleanup_push(give_back_cancelled, &before);
    result = acquire_behind(&before, route);
    pthread_cleanup_pop(0);
    return result;
}

int standin_acquire(const struct standin_call *call)
{
    struct standin_route route;
    int saved_errno = errno;
    (void)!thread_enter(); /* what a fork child finds is put right first */
    bool is_routed =
        standin_find_route(call->object, call->manner.kind, call->address, call->pointer, &route);
    errno = saved_errno;
    if (!is_routed)
        return call->itself(call);
    int result = acquire_routed(&route, call);
    errno = saved_errno;
    return result;
}

/* What went before the lock, the other way round. */
static void give_back_before(const struct standin_call *call)
{
    for (uint64_t rest = standin_takers(); rest;) {
        uint32_t fix = 63 - (uint32_t)__builtin_clzll(rest);
        struct standin *standin = standin_before(fix);
        rest &= ~((uint64_t)1 << fix);
        if (standin_is_mine(standin) && standin_hold_of(standin, call->object, true)) {
            standin_hold_drop(standin, call->object, true);
            standin_unlock(standin, call->address, call->pointer);
        }
    }
}

static int release_instead(struct standin *standin, const struct standin_call *call)
{
    const struct standin_hold *held = standin_hold_of(standin, call->object, false);
    int result = is_semaphore(call) && held && held->count == 1
                     ? REAL_GET(sem_post)((sem_t *)call->object)
                     : 0;
    if (result != 0)
        return errno;
    standin_hold_drop(standin, call->object, false);
    standin_unlock(standin, call->address, call->pointer);
    return 0;
}

static bool has_instead(struct standin *standin, const void *object)
{
    return standin && standin_is_mine(standin) &&
           (standin_hold_of(standin, object, false) || standin->untracked);
}

int standin_release(const struct standin_call *call)
{
    int saved_errno = errno;
    (void)!thread_enter();
    struct standin *instead = standin_instead_of(call->object);
    int result;
    if (has_instead(instead, call->object)) {
        result = release_instead(instead, call);
    } else {
        if (instead && is_semaphore(call))
            standin_leave(call->object);
        result = call->itself(call);
    }
    if (result == 0)
        give_back_before(call);
    errno = saved_errno;
    return result;
}

bool standin_keeps(const void *object)
{
    struct standin *instead = standin_instead_of(object);
    return instead && standin_is_mine(instead) && standin_hold_of(instead, object, false);
}

void standin_prune(uintptr_t address, uintptr_t pointer)
{
    int saved_errno = errno;
    for (uint64_t rest = standin_takers(); rest; rest &= rest - 1) {
        struct standin *standin = standin_before((uint32_t)__builtin_ctzll(rest));
        uint32_t count = standin_is_mine(standin) ? standin_hold_drop_ended(standin) : 0;
        while (count) {
            while (count--)
                standin_unlock(standin, address, pointer);
            count = standin_is_mine(standin) ? standin_hold_drop_ended(standin) : 0;
        }
    }
    errno = saved_errno;
}

static void count_waits(const struct standin_wait *wait)
{
    for (uint64_t rest = standin_takers(); rest; rest &= rest - 1) {
        struct standin *standin = standin_before((uint32_t)__builtin_ctzll(rest));
        bool is_given = standin == wait->instead;
        if (standin_is_mine(standin) && (!is_given || standin_depth(standin) > 1))
            standin_count_wait(standin);
    }
}

/* A lock that goes before the mutex is given back for the wait if that is all it was taken for. */
static bool is_for_this_only(struct standin *standin, const void *mutex)
{
    const struct standin_hold *held =
        standin_is_mine(standin) ? standin_hold_of(standin, mutex, true) : NULL;
    return held && held->count == 1 && standin_depth(standin) == 1;
}

void standin_wait_begin(struct standin_wait *wait, const pthread_mutex_t *mutex, uintptr_t address,
                        uintptr_t pointer)
{
    (void)!thread_enter();
    struct standin *instead = standin_instead_of(mutex);
    *wait = (struct standin_wait){.given = (pthread_mutex_t *)mutex};
    struct standin_hold *held =
        instead && standin_is_mine(instead) ? standin_hold_of(instead, mutex, false) : NULL;
    if (held) {
        wait->given = &instead->mutex;
        wait->instead = instead;
        wait->hold = *held;
        wait->hold.count = 1;
        standin_hold_drop(instead, mutex, false);
    }
    for (uint64_t rest = standin_takers(); rest; rest &= rest - 1) {
        struct standin *standin = standin_before((uint32_t)__builtin_ctzll(rest));
        if (wait->regained_count == STANDIN_REGAINED || !is_for_this_only(standin, mutex))
            continue;
        standin_hold_drop(standin, mutex, true);
        standin_unlock(standin, address, pointer);
        wait->regained[wait->regained_count++] = standin;
    }
    count_waits(wait);
    if (wait->instead && !atomic_exchange(&wait->instead->is_waited_with, true))
        standin_wake_sleepers(wait->instead);
}

/* True if none of them has to be waited for; else none is taken. */
static bool regain_at_once(const struct standin_wait *wait, uintptr_t address, uintptr_t pointer)
{
    for (uint32_t i = 0; i < wait->regained_count; i++) {
        if (mutex_try_itself(&wait->regained[i]->mutex, trying, address, pointer) == 0)
            continue;
        while (i--)
            standin_unlock(wait->regained[i], address, pointer);
        return false;
    }
    return true;
}

/* They go before the mutex, so it is given back and waited for last. */
static void regain_in_order(const struct standin_wait *wait, uintptr_t address, uintptr_t pointer)
{
    int result = mutex_unlock_itself(wait->given, address, pointer);
    for (uint32_t i = 0; i < wait->regained_count; i++)
        result |= mutex_lock_itself(&wait->regained[i]->mutex, address, pointer);
    result |= mutex_lock_itself(wait->given, address, pointer);
    (void)result; /* nothing of it can fail */
}

void standin_wait_end(struct standin_wait *wait, const pthread_mutex_t *mutex, uintptr_t address,
                      uintptr_t pointer)
{
    if (wait->regained_count && !regain_at_once(wait, address, pointer))
        regain_in_order(wait, address, pointer);
    if (wait->hold.count)
        standin_hold_add(wait->instead, &wait->hold);
    const struct standin_call call = {.object = mutex, .manner = locking};
    for (uint32_t i = 0; i < wait->regained_count; i++)
        hold(wait->regained[i], &call, true);
    if (wait->regained_count && !wait->instead)
        mark_held(&call);
}
