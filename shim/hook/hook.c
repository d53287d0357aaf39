#include "shim/hook/hook.h"

#include <errno.h>

#include "shim/core/lifecycle.h"
#include "shim/core/lock_kind.h"
#include "shim/core/past_objects.h"
#include "shim/hook/standin.h"
#include "shim/platform/recording.h"

bool hook_threads_started;

/* Processes that share the lock have to be told when it began. */
static void record_at_once(const void *object)
{
    recording_lock();
    lock_table_record(object, lock_table_find(object));
    recording_unlock();
}

void hook_initialised_as(const void *object, enum trace_lock_kind kind, uint16_t flags,
                         uintptr_t address, uintptr_t pointer)
{
    lifecycle_start_early(address);
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    const struct known_stack *stack = thread_capture(self, address, pointer);
    struct lock_birth birth = {
        .kind = (uint16_t)kind, .flags = flags, .stack = stack ? stack->id : 0, .thread = self->id};
    lock_table_create(object, &birth);
    if (flags & TRACE_LOCK_SHARED)
        record_at_once(object);
    thread_unguard(self);
    errno = saved_errno;
    if (__builtin_expect(standin_on, 0))
        standin_prune(address, pointer);
}

void hook_initialised(const void *object, enum trace_lock_kind kind, uintptr_t address,
                      uintptr_t pointer)
{
    hook_initialised_as(object, kind, lock_kind_flags(kind, object), address, pointer);
}

void hook_destroyed(const void *object)
{
    if (!lock_table_may_hold((uintptr_t)object, (uintptr_t)object + 1))
        return;
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    lock_table_retire(object);
    thread_unguard(self);
    errno = saved_errno;
    if (__builtin_expect(standin_on, 0))
        standin_prune(CALLER);
}

void hook_begins(const void *object, enum trace_lock_kind kind, const char *function,
                 uintptr_t address, uintptr_t pointer)
{
    past_objects_forget(object);
    if (!lock_table_find(object))
        return;
    const struct misuse_judgement judgement = misuse_of_init(kind, object);
    misuse_tell_judgement(&judgement, misuse_object_of((uint16_t)kind), object, function, 0,
                          address, pointer);
}

struct misuse_judgement hook_ends(const void *object, enum trace_lock_kind kind)
{
    return misuse_of_destroy(kind, object);
}

/* Told before the lock is forgotten, as the finding names it. */
void hook_ended(const void *object, enum trace_lock_kind kind,
                const struct misuse_judgement *judgement, const char *function, int result,
                uintptr_t address, uintptr_t pointer)
{
    enum misuse_object type = misuse_object_of((uint16_t)kind);
    if (judgement->rule)
        misuse_tell_judgement(judgement, type, object, function, result, address, pointer);
    else if (result != 0)
        misuse_failed(type, object, function, result, address, pointer);
    if (result != 0)
        return;
    hook_destroyed(object);
    past_objects_keep(type, MISUSE_PLACE_DESTROYED, object, address, pointer);
}

/* Kinds that check their owner have done so: without an error nothing was wrong. */
void hook_released(const void *object, enum trace_lock_kind kind,
                   const struct misuse_judgement *judgement, const char *function, int result,
                   uintptr_t address, uintptr_t pointer)
{
    enum misuse_object type = misuse_object_of((uint16_t)kind);
    if (judgement->rule && (result != 0 || !misuse_checks_owner(kind, object)))
        misuse_tell_judgement(judgement, type, object, function, result, address, pointer);
    else if (result != 0)
        misuse_failed(type, object, function, result, address, pointer);
}

static enum misuse_rule rule_of_failure(const void *object, enum trace_lock_kind kind, int result)
{
    const pthread_mutex_t *mutex = object;
    if (result == EDEADLK)
        return kind == TRACE_LOCK_RWLOCK ? MISUSE_RWLOCK_RELOCK : MISUSE_RELOCK;
    if (result == EINVAL && kind == TRACE_LOCK_MUTEX && mutex->__data.__kind == -1)
        return MISUSE_USE_DESTROYED;
    return MISUSE_ERROR_IGNORED;
}

void hook_lock_failed(const void *object, enum trace_lock_kind kind, const char *function,
                      int result, uintptr_t address, uintptr_t pointer)
{
    misuse_failed_as(rule_of_failure(object, kind, result), misuse_object_of((uint16_t)kind),
                     object, function, result, address, pointer);
}
