/* pthread_cond_*.
 *
 * Exported as GLIBC_2.3.2 (see exports.map): programs bound to the older ABI, whose condition is
 * another structure, must go on finding the C library's own. */
#include "shim/hook/condition.h"

#include <errno.h>

static void judge(const void *condition, const struct acquire_wait *wait, bool timed,
                  const char *function, uintptr_t address, uintptr_t pointer)
{
    const struct misuse_wait begun = {.condition = condition,
                                      .mutex = wait->mutex,
                                      .function = function,
                                      .held = wait->was_held,
                                      .timed = timed};
    misuse_wait_begin(&begun, address, pointer);
}

/* The call goes on with another mutex where one stands in for it. */
static void apply_fixes(struct condition_wait *wait, struct condition_call *call, uintptr_t address,
                        uintptr_t pointer)
{
    wait->asked = call->mutex;
    wait->given = (pthread_mutex_t *)call->mutex;
    wait->has_fixes = standin_on;
    if (__builtin_expect(!wait->has_fixes, 1))
        return;
    standin_wait_begin(&wait->standin, wait->asked, address, pointer);
    call->mutex = wait->given = wait->standin.given;
}

void condition_wait_begin(struct condition_wait *wait, struct condition_call *call,
                          uintptr_t address, uintptr_t pointer)
{
    apply_fixes(wait, call, address, pointer);
    held_time_end(call->mutex, call->function, address, pointer);
    wait->condition = call->condition;
    wait->address = address;
    wait->pointer = pointer;
    wait->wakes = wakes_enter(call->condition, TRACE_LOCK_CONDITION, address, pointer);
    if (!(call->mode & TRACE_MODE_TIMED))
        steer_wait(wait->wakes, address, pointer);
    events_of_object(TRACE_EVENT_WAIT_BEGIN, call->mode, call->condition, address, pointer);
    acquire_wait_begin(call->mutex, address, pointer, &wait->mutex);
    judge(call->condition, &wait->mutex, call->mode & TRACE_MODE_TIMED, call->function, address,
          pointer);
    const struct waiting_for target = {.object = (uintptr_t)call->condition,
                                       .other = (uintptr_t)call->mutex,
                                       .lock = lock_table_find(call->mutex),
                                       .kind = TRACE_WAIT_CONDITION,
                                       .mode = call->mode};
    wait->is_woken = false;
    wakes_wait_begin(wait->wakes);
    waiting_begin_for(&wait->waiting, &target, address, pointer);
}

void condition_wait_end(void *argument)
{
    struct condition_wait *wait = argument;
    waiting_end(&wait->waiting);
    misuse_wait_end();
    wakes_wait_end(wait->wakes, wait->is_woken);
    events_of_object(TRACE_EVENT_WAIT_END, wait->is_woken ? 0 : TRACE_EVENT_NOT_WOKEN,
                     wait->condition, wait->address, wait->pointer);
    acquire_wait_end(&wait->mutex);
    if (__builtin_expect(wait->has_fixes, 0))
        standin_wait_end(&wait->standin, wait->asked, wait->address, wait->pointer);
}

/* Only mutexes that check their owner make a wait fail for that. */
void condition_wait_failed(const struct condition_call *call, int result, uintptr_t address,
                           uintptr_t pointer)
{
    if (result == EPERM)
        misuse_failed_as(MISUSE_WAIT_MUTEX_NOT_HELD, MISUSE_OF_MUTEX, call->mutex, call->function,
                         result, address, pointer);
    else
        misuse_failed(MISUSE_OF_CONDITION, call->condition, call->function, result, address,
                      pointer);
}

EXPORTED int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    CONDITION_WAIT(condition, mutex, 0, REAL_GET(pthread_cond_wait)(condition, wait.given));
}

EXPORTED int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                    const struct timespec *deadline)
{
    CONDITION_WAIT(condition, mutex, TRACE_MODE_TIMED,
                   REAL_GET(pthread_cond_timedwait)(condition, wait.given, deadline));
}

EXPORTED int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                    clockid_t clock, const struct timespec *deadline)
{
    CONDITION_WAIT(condition, mutex, TRACE_MODE_TIMED,
                   REAL_GET(pthread_cond_clockwait)(condition, wait.given, clock, deadline));
}

EXPORTED int pthread_cond_signal(pthread_cond_t *condition)
{
    condition_signal(condition, false, __func__, CALLER);
    return REAL_GET(pthread_cond_signal)(condition);
}

EXPORTED int pthread_cond_broadcast(pthread_cond_t *condition)
{
    condition_signal(condition, true, __func__, CALLER);
    return REAL_GET(pthread_cond_broadcast)(condition);
}
