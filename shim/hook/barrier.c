/* pthread_barrier_*. Nobody holds a barrier, so it has no place in a lock order; whoever is not the
 * last to come waits for the others. A barrier that was not initialised in our sight is only said
 * to be waited for: how many it needs is not known. */
#include <errno.h>

#include "shim/core/misuse_condition.h"
#include "shim/core/past_objects.h"
#include "shim/core/wakes.h"
#include "shim/hook/hook.h"

static void initialised(const pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes,
                        unsigned count, uintptr_t address, uintptr_t pointer)
{
    int shared = PTHREAD_PROCESS_PRIVATE;
    if (attributes)
        pthread_barrierattr_getpshared(attributes, &shared);
    hook_initialised_as(barrier, TRACE_LOCK_BARRIER,
                        shared == PTHREAD_PROCESS_SHARED ? TRACE_LOCK_SHARED : 0, address, pointer);
    struct wake_record *wakes = wakes_enter(barrier, TRACE_LOCK_BARRIER, address, pointer);
    if (wakes) {
        atomic_store_explicit(&wakes->needed, count, memory_order_relaxed);
        lock_table_set_initial(barrier, count);
    }
    past_objects_keep(MISUSE_OF_BARRIER, MISUSE_PLACE_CREATED, barrier, address, pointer);
}

EXPORTED int pthread_barrier_init(pthread_barrier_t *barrier,
                                  const pthread_barrierattr_t *attributes, unsigned count)
{
    misuse_barrier_begins(barrier, __func__, CALLER);
    int result = REAL_GET(pthread_barrier_init)(barrier, attributes, count);
    if (result == 0)
        initialised(barrier, attributes, count, CALLER);
    else
        misuse_failed_as(count == 0 ? MISUSE_BARRIER_COUNT_ZERO : MISUSE_ERROR_IGNORED,
                         MISUSE_OF_BARRIER, barrier, __func__, result, CALLER);
    return result;
}

EXPORTED int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    misuse_barrier_ends(barrier, __func__, CALLER);
    int result = REAL_GET(pthread_barrier_destroy)(barrier);
    hook_destroyed(barrier);
    if (result == 0)
        past_objects_keep(MISUSE_OF_BARRIER, MISUSE_PLACE_DESTROYED, barrier, CALLER);
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

/* PTHREAD_BARRIER_SERIAL_THREAD is no error. */
EXPORTED int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    struct wake_record *wakes = wakes_find(barrier);
    int result;
    misuse_barrier_wait(barrier, __func__, CALLER);
    events_of_object(TRACE_EVENT_BARRIER_ENTER, 0, barrier, CALLER);
    if (!wakes || !wakes_arrive(wakes)) {
        result = wait_for_others(barrier, wakes, CALLER);
    } else {
        result = REAL_GET(pthread_barrier_wait)(barrier);
        wakes_wait_end(wakes, true);
    }
    misuse_wait_end();
    events_of_object(TRACE_EVENT_BARRIER_LEAVE, 0, barrier, CALLER);
    return result;
}
