/* pthread_barrier_*. Nobody holds a barrier, so it has no place in a lock order; whoever is not the
 * last to come waits for the others. A barrier that was not initialised in our sight is only said
 * to be waited for: how many it needs is not known. */
#include "shim/core/wakes.h"
#include "shim/hook/hook.h"

EXPORTED int pthread_barrier_init(pthread_barrier_t *barrier,
                                  const pthread_barrierattr_t *attributes, unsigned count)
{
    int shared = PTHREAD_PROCESS_PRIVATE;
    int result = REAL_GET(pthread_barrier_init)(barrier, attributes, count);
    if (result != 0)
        return result;
    if (attributes)
        pthread_barrierattr_getpshared(attributes, &shared);
    hook_initialised_as(barrier, TRACE_LOCK_BARRIER,
                        shared == PTHREAD_PROCESS_SHARED ? TRACE_LOCK_SHARED : 0, CALLER);
    struct wake_record *wakes = wakes_enter(barrier, TRACE_LOCK_BARRIER, CALLER);
    if (wakes)
        atomic_store_explicit(&wakes->needed, count, memory_order_relaxed);
    return 0;
}

EXPORTED int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    int result = REAL_GET(pthread_barrier_destroy)(barrier);
    hook_destroyed(barrier);
    return result;
}

static int wait_for_others(pthread_barrier_t *barrier, struct wake_record *wakes, uintptr_t address,
                           uintptr_t pointer)
{
    const struct manner manner = {TRACE_WAIT_BARRIER, 0};
    struct waiting waiting;
    waiting_begin(&waiting, barrier, manner, address, pointer);
    int result = REAL_GET(pthread_barrier_wait)(barrier);
    waiting_end(&waiting);
    wakes_wait_end(wakes, true);
    return result;
}

EXPORTED int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    struct wake_record *wakes = wakes_find(barrier);
    if (!wakes || !wakes_arrive(wakes))
        return wait_for_others(barrier, wakes, CALLER);
    int result = REAL_GET(pthread_barrier_wait)(barrier);
    wakes_wait_end(wakes, true);
    return result;
}
