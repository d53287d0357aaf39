/* pthread_cond_init and destroy, cnd_init and destroy. A condition with waiters that nobody wakes
 * makes the real destruction wait for ever, so that is told before it. */
#include <threads.h>

#include "shim/core/misuse_condition.h"
#include "shim/core/past_objects.h"
#include "shim/hook/hook.h"

EXPORTED int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    misuse_condition_begins(condition, __func__, CALLER);
    int result = REAL_GET(pthread_cond_init)(condition, attributes);
    if (result == 0) {
        hook_initialised(condition, TRACE_LOCK_CONDITION, CALLER);
        past_objects_keep(MISUSE_OF_CONDITION, MISUSE_PLACE_CREATED, condition, CALLER);
    } else {
        misuse_failed(MISUSE_OF_CONDITION, condition, __func__, result, CALLER);
    }
    return result;
}

EXPORTED int pthread_cond_destroy(pthread_cond_t *condition)
{
    misuse_condition_ends(condition, __func__, CALLER);
    int result = REAL_GET(pthread_cond_destroy)(condition);
    hook_destroyed(condition);
    past_objects_forget(condition);
    return result;
}

EXPORTED int cnd_init(cnd_t *condition)
{
    int result = REAL_GET(cnd_init)(condition);
    if (result == thrd_success)
        hook_initialised(condition, TRACE_LOCK_CONDITION, CALLER);
    return result;
}

EXPORTED void cnd_destroy(cnd_t *condition)
{
    misuse_condition_ends(condition, __func__, CALLER);
    REAL_GET(cnd_destroy)(condition);
    hook_destroyed(condition);
    past_objects_forget(condition);
}
