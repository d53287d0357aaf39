/* __cxa_guard_*: the initialiser of a static local runs with its guard locked. The compiler looks
 * at a guard itself before it calls, so one that is done is never seen again.
 *
 * A C++ library opened with RTLD_LOCAL, as part of a plug-in, cannot be found from here, although
 * its users are bound to these functions. Then the guard is kept here, in the way libstdc++ keeps
 * it: bit 0 is what compilers test, the other two are ours alone to use. */
#include "shim/hook/hook.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GUARD_DONE = 1, GUARD_PENDING = 1 << 8, GUARD_WAITED_FOR = 1 << 16 };

static const struct manner initialising = {TRACE_LOCK_GUARD, 0};

/* Shared futexes, as in libstdc++: a static copy of it may wait for the same guard. */
static void wait_while(uint32_t *state, uint32_t value)
{
    int saved_errno = errno;
    syscall(SYS_futex, state, FUTEX_WAIT, value, NULL);
    errno = saved_errno;
}

static int own_acquire(uint32_t *state)
{
    for (;;) {
        uint32_t seen = 0;
        if (__atomic_compare_exchange_n(state, &seen, GUARD_PENDING, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            return 1;
        if (seen & GUARD_DONE)
            return 0;
        uint32_t waited_for = seen | GUARD_WAITED_FOR;
        if (seen == waited_for || __atomic_compare_exchange_n(state, &seen, waited_for, false,
                                                              __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            wait_while(state, waited_for);
    }
}

static void own_leave(uint32_t *state, uint32_t value)
{
    int saved_errno = errno;
    if (__atomic_exchange_n(state, value, __ATOMIC_ACQ_REL) & GUARD_WAITED_FOR)
        syscall(SYS_futex, state, FUTEX_WAKE, INT_MAX);
    errno = saved_errno;
}

static int real_acquire(uint64_t *guard)
{
    return REAL(__cxa_guard_acquire) ? REAL(__cxa_guard_acquire)(guard)
                                     : own_acquire((uint32_t *)(void *)guard);
}

int __cxa_guard_acquire(uint64_t *guard);
void __cxa_guard_release(uint64_t *guard);
void __cxa_guard_abort(uint64_t *guard);

EXPORTED int __cxa_guard_acquire(uint64_t *guard)
{
    enum acquire_result requested = acquire_request(guard, initialising, CALLER);
    /* Alone in its process, a thread that comes back gets an exception, it does not wait. */
    bool throws = requested == ACQUIRE_HELD && !hook_threads_started && REAL(__cxa_guard_acquire);
    if (requested == ACQUIRE_UNSEEN || throws)
        return real_acquire(guard);
    struct waiting waiting;
    waiting_begin(&waiting, guard, initialising, CALLER);
    int runs = real_acquire(guard);
    waiting_end(&waiting);
    if (runs)
        acquire_had(requested, guard, initialising, CALLER);
    else
        events_once_passed(guard, CALLER);
    return runs;
}

EXPORTED void __cxa_guard_release(uint64_t *guard)
{
    acquire_release(guard);
    if (REAL(__cxa_guard_release))
        REAL(__cxa_guard_release)(guard);
    else
        own_leave((uint32_t *)(void *)guard, GUARD_DONE);
}

EXPORTED void __cxa_guard_abort(uint64_t *guard)
{
    acquire_release(guard);
    if (REAL(__cxa_guard_abort))
        REAL(__cxa_guard_abort)(guard);
    else
        own_leave((uint32_t *)(void *)guard, 0);
}
