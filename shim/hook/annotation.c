/* What programs that include unknot/unknot.h tell of their own locks. Nobody calls these unless the
 * program asks for them by these names. */
#include "shim/hook/hook.h"

#include <errno.h>

#include "include/unknot/unknot.h"
#include "shim/core/lifecycle.h"
#include "shim/core/lock_notes.h"
#include "shim/platform/recording.h"

_Static_assert(UNKNOT_READ == TRACE_MODE_READ && UNKNOT_TRY == TRACE_MODE_TRY &&
                   UNKNOT_TIMED == TRACE_MODE_TIMED && UNKNOT_RECURSIVE == TRACE_LOCK_RECURSIVE,
               "a program's words are the recording's");

enum { MODES = UNKNOT_READ | UNKNOT_TRY | UNKNOT_TIMED };

void unknot_on_created(const void *lock, unsigned flags);
void unknot_on_destroyed(const void *lock);
void unknot_on_requested(const void *lock, unsigned mode);
void unknot_on_acquired(const void *lock, unsigned mode);
void unknot_on_not_acquired(const void *lock);
void unknot_on_released(const void *lock);
void unknot_on_handed_over(const void *lock);
void unknot_on_taken_over(const void *lock);
void unknot_on_named(const void *lock, const char *name);
void unknot_on_order(const void *before, const void *after);

/* The lock this thread requested last and has not had yet. How it comes by it may use other locks,
 * so the request's entry is kept aside. */
static __thread struct acquire_pending pending __attribute__((tls_model("initial-exec")));
static __thread struct waiting waiting __attribute__((tls_model("initial-exec"))); /* for it */

static struct manner manner_of(unsigned mode)
{
    return (struct manner){TRACE_LOCK_CUSTOM, (uint16_t)(mode & MODES)};
}

static const void *own(const void *lock)
{
    return (const void *)((uintptr_t)lock | LOCK_OBJECT_OWN);
}

/* A name or an order may have been told before the first request. */
static __attribute__((noinline)) void give_kind(const void *lock, uintptr_t address,
                                                uintptr_t pointer)
{
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    int saved_errno = errno;
    thread_guard(self, pointer);
    const struct known_stack *stack = thread_capture(self, address, pointer);
    struct lock_birth birth = {
        .kind = TRACE_LOCK_CUSTOM, .stack = stack ? stack->id : 0, .thread = self->id};
    lock_table_give_kind(lock, own(lock), &birth);
    thread_unguard(self);
    errno = saved_errno;
}

static inline const void *own_with_kind(const void *lock, uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(lock_id_is_signal(lock_table_find(lock)), 0))
        give_kind(lock, address, pointer);
    return own(lock);
}

EXPORTED void unknot_on_created(const void *lock, unsigned flags)
{
    hook_initialised_as(own(lock), TRACE_LOCK_CUSTOM, (uint16_t)(flags & UNKNOT_RECURSIVE), CALLER);
}

EXPORTED void unknot_on_destroyed(const void *lock)
{
    hook_destroyed(own(lock));
}

EXPORTED void unknot_on_requested(const void *lock, unsigned mode)
{
    if (mode & UNKNOT_TRY)
        return;
    const void *object = own_with_kind(lock, CALLER);
    acquire_request_pending(object, manner_of(mode), CALLER, &pending);
    waiting.self = NULL;
    if (pending.requested != ACQUIRE_UNSEEN)
        waiting_begin(&waiting, object, manner_of(mode), CALLER);
}

EXPORTED void unknot_on_acquired(const void *lock, unsigned mode)
{
    const struct manner manner = manner_of(mode);
    const void *object = own_with_kind(lock, CALLER);
    if (pending.object == object && !(mode & UNKNOT_TRY)) {
        waiting_end(&waiting);
        acquire_pending_had(&pending);
        pending.object = NULL;
    } else {
        acquire_had(acquire_request(object, manner, CALLER), object, manner, CALLER);
    }
}

EXPORTED void unknot_on_not_acquired(const void *lock)
{
    if (pending.object == own(lock)) {
        waiting_end(&waiting);
        pending.object = NULL;
    }
}

EXPORTED void unknot_on_released(const void *lock)
{
    if (acquire_release(own(lock)))
        return;
    events_released_by_other(own(lock), CALLER);
    acquire_released_foreign(own(lock), CALLER);
}

/* The lock of the program's own at that address, or else the other. */
static const void *known_as(const void *lock)
{
    return lock_table_find(own(lock)) ? own(lock) : lock;
}

EXPORTED void unknot_on_handed_over(const void *lock)
{
    const void *object = known_as(lock);
    struct shim_thread *self = thread_enter();
    struct lock_entry before;
    if (!self)
        return;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    lock_table_mark(object, LOCK_MARK_HANDED_OVER, &before);
    thread_unguard(self);
    acquire_release_slow(object);
}

/* It was had without waiting, as by a try form. */
EXPORTED void unknot_on_taken_over(const void *lock)
{
    const struct manner manner = manner_of(UNKNOT_TRY);
    const void *object = known_as(lock);
    acquire_had(acquire_request(object, manner, CALLER), object, manner, CALLER);
}

/* The instance at `lock`, of unknown kind if nothing was seen of it yet; 0 without memory. */
static uint32_t note(const void *lock, const struct shim_thread *self, uint32_t stack)
{
    struct lock_birth birth = {.stack = stack, .thread = self->id};
    struct lock_entry before;
    uint32_t id = lock_table_enter(lock, &birth);
    lock_table_mark(lock, LOCK_MARK_NOTED, &before);
    return id;
}

/* What is noted of a lock that is in the recording already goes there at once. */
static void record_note(const void *lock, uint32_t id)
{
    struct lock_entry entry;
    recording_lock();
    if (lock_table_get(lock, id, &entry) && entry.written == recording_epoch)
        lock_notes_record(id);
    recording_unlock();
}

static void tell_name(struct shim_thread *self, const void *lock, const char *name, uint32_t stack)
{
    uint32_t id = note(lock, self, stack);
    if (id && lock_notes_name(id, name))
        record_note(lock, id);
    else
        recording_count_lost(TRACE_LOST_memory);
}

static void tell_order(struct shim_thread *self, const void *before, const void *after,
                       uint32_t stack)
{
    uint32_t first = note(before, self, stack), second = note(after, self, stack);
    if (first && second && lock_notes_order(first, second, self->id, stack)) {
        record_note(before, first);
        record_note(after, second);
    } else {
        recording_count_lost(TRACE_LOST_memory);
    }
}

#define TELL(tell, ...)                                                                            \
    lifecycle_start_early(CALLER_ADDRESS);                                                         \
    struct shim_thread *self = thread_enter();                                                     \
    if (!self)                                                                                     \
        return;                                                                                    \
    int saved_errno = errno;                                                                       \
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));                                     \
    const struct known_stack *stack = thread_capture(self, CALLER);                                \
    tell(self, __VA_ARGS__, stack ? stack->id : 0);                                                \
    thread_unguard(self);                                                                          \
    errno = saved_errno

EXPORTED void unknot_on_named(const void *lock, const char *name)
{
    TELL(tell_name, known_as(lock), name);
}

EXPORTED void unknot_on_order(const void *before, const void *after)
{
    if (before == after)
        return;
    TELL(tell_order, known_as(before), known_as(after));
}
