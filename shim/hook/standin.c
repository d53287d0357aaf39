#include "shim/hook/standin.h"

#include <errno.h>

#include "shim/core/lock_kind.h"
#include "shim/hook/mutex.h"

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

void standin_hold(struct standin *standin, const struct standin_call *call, bool is_before)
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
        standin_hold(standin, call, false);
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

void standin_mark_held(const void *object)
{
    struct trace_held *held = acquire_find_held(thread_self, object);
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
        standin_hold(before->taken[i], call, true);
    if (!is_had(result))
        give_back_taken(before);
    else if (before->count && !route->instead)
        standin_mark_held(call->object);
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

/* What the thread took for the lock's sake. */
static bool give_back_all(struct standin *standin, const struct standin_call *call, bool is_before)
{
    bool any = false;
    while (standin && standin_is_mine(standin) &&
           standin_hold_of(standin, call->object, is_before)) {
        standin_hold_drop(standin, call->object, is_before);
        standin_unlock(standin, call->address, call->pointer);
        any = true;
    }
    return any;
}

/* Who waits for a semaphore that it has itself waits for somebody else to post: that is no lock,
 * unless the fix is that it may be had again. */
static bool is_signal(const struct standin_route *route, const struct standin_call *call)
{
    if (!is_semaphore(call) || is_try(call) ||
        (route->instead && standin_is_recursive(route->instead)))
        return false;
    bool has_it = give_back_all(route->instead, call, false);
    for (uint64_t rest = route->before; rest; rest &= rest - 1)
        has_it |= give_back_all(standin_before((uint32_t)__builtin_ctzll(rest)), call, true);
    if (has_it)
        standin_leave(call->object);
    return has_it;
}

int standin_acquire(const struct standin_call *call)
{
    struct standin_route route;
    int saved_errno = errno;
    (void)!thread_enter(); /* what a fork child finds is put right first */
    if (standin_has_left)
        standin_prune(call->address, call->pointer);
    bool is_routed =
        standin_find_route(call->object, call->manner.kind, call->address, call->pointer, &route);
    bool is_own = !is_routed || is_signal(&route, call);
    errno = saved_errno;
    if (is_own)
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

static bool has_before(const struct standin_call *call)
{
    bool any = false;
    for (uint64_t rest = standin_takers(); rest && !any; rest &= rest - 1) {
        struct standin *standin = standin_before((uint32_t)__builtin_ctzll(rest));
        any = standin_is_mine(standin) && standin_hold_of(standin, call->object, true);
    }
    return any;
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
        if (is_semaphore(call) && !has_before(call))
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
