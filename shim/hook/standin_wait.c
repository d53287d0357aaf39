/* Condition waits with a mutex that fixes are for: the wait passes its stand-in; locks taken before
 * it are given back meanwhile. */
#include "shim/hook/mutex.h"
#include "shim/hook/standin.h"

static const struct manner trying = {TRACE_LOCK_MUTEX, TRACE_MODE_TRY};

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
    const struct standin_call call = {.object = mutex, .manner = {TRACE_LOCK_MUTEX, 0}};
    for (uint32_t i = 0; i < wait->regained_count; i++)
        standin_hold(wait->regained[i], &call, true);
    if (wait->regained_count && !wait->instead)
        standin_mark_held(mutex);
}
