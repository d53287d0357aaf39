/* pthread_spin_*: spinning is waiting. */
#include "shim/hook/hook.h"

#include <errno.h>

EXPORTED int pthread_spin_init(pthread_spinlock_t *spin, int shared)
{
    int result = REAL_GET(pthread_spin_init)(spin, shared);
    uint16_t flags = shared == PTHREAD_PROCESS_SHARED ? TRACE_LOCK_SHARED : 0;
    if (result == 0)
        hook_initialised_as((const void *)spin, TRACE_LOCK_SPIN, flags, CALLER);
    return result;
}

EXPORTED int pthread_spin_destroy(pthread_spinlock_t *spin)
{
    int result = REAL_GET(pthread_spin_destroy)(spin);
    if (result == 0)
        hook_destroyed((const void *)spin);
    return result;
}

EXPORTED int pthread_spin_lock(pthread_spinlock_t *spin)
{
    const struct manner manner = {TRACE_LOCK_SPIN, 0};
    const void *object = (const void *)spin;
    enum acquire_result requested = acquire_request(object, manner, CALLER);
    if (__builtin_expect(requested == ACQUIRE_UNSEEN, 0))
        return REAL_GET(pthread_spin_lock)(spin);
    int result = REAL(pthread_spin_trylock)(spin);
    if (__builtin_expect(result == EBUSY, 0)) {
        acquire_block(object);
        result = REAL(pthread_spin_lock)(spin);
        acquire_unblock();
    }
    acquire_had(requested, object, manner, CALLER);
    return result;
}

EXPORTED int pthread_spin_trylock(pthread_spinlock_t *spin)
{
    const struct manner manner = {TRACE_LOCK_SPIN, TRACE_MODE_TRY};
    const void *object = (const void *)spin;
    int result = REAL_GET(pthread_spin_trylock)(spin);
    if (result == 0)
        acquire_had(acquire_request(object, manner, CALLER), object, manner, CALLER);
    return result;
}

EXPORTED int pthread_spin_unlock(pthread_spinlock_t *spin)
{
    bool held = acquire_release((const void *)spin);
    int result = REAL_GET(pthread_spin_unlock)(spin);
    if (__builtin_expect(!held, 0))
        acquire_released_foreign((const void *)spin, CALLER);
    return result;
}
