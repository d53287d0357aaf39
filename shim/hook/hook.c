#include "shim/hook/hook.h"

#include <errno.h>

#include "shim/core/lifecycle.h"
#include "shim/core/lock_kind.h"
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
}
