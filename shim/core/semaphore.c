#include "shim/core/semaphore.h"

#include <errno.h>

#include "shim/core/chain_table.h"
#include "shim/core/dependency.h"
#include "shim/core/lifecycle.h"
#include "shim/core/lock_kind.h"

static int value_of(sem_t *semaphore)
{
    int value = 0;
    sem_getvalue(semaphore, &value);
    return value;
}

static struct lock_birth birth_of(struct shim_thread *self, const sem_t *semaphore, bool is_signal,
                                  uintptr_t address, uintptr_t pointer)
{
    const struct known_stack *stack = is_signal ? NULL : thread_capture(self, address, pointer);
    return (struct lock_birth){.kind = TRACE_LOCK_SEMAPHORE,
                               .flags = lock_kind_flags(TRACE_LOCK_SEMAPHORE, semaphore),
                               .marks = is_signal ? TRACE_MARK_SIGNAL : 0,
                               .stack = stack ? stack->id : 0,
                               .thread = self->id};
}

/* The state of a thread that may go on, guarded, or NULL. */
static struct shim_thread *enter(uintptr_t address, uintptr_t pointer)
{
    lifecycle_start_early(address);
    struct shim_thread *self = thread_enter();
    if (self)
        thread_guard(self, pointer);
    return self;
}

void semaphore_initialised(sem_t *semaphore, unsigned value, uintptr_t address, uintptr_t pointer)
{
    int saved_errno = errno;
    struct shim_thread *self = enter(address, pointer);
    if (!self)
        return;
    struct lock_birth birth = birth_of(self, semaphore, value != 1, address, pointer);
    lock_table_create(semaphore, &birth);
    lock_table_set_initial(semaphore, value);
    thread_unguard(self);
    errno = saved_errno;
}

void semaphore_opened(sem_t *semaphore, uintptr_t address, uintptr_t pointer)
{
    int saved_errno = errno;
    struct shim_thread *self = enter(address, pointer);
    if (!self)
        return;
    bool is_signal = value_of(semaphore) != 1;
    struct lock_birth birth = birth_of(self, semaphore, is_signal, address, pointer);
    lock_table_open(semaphore, &birth);
    thread_unguard(self);
    errno = saved_errno;
}

void semaphore_closed(sem_t *semaphore)
{
    int saved_errno = errno;
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    lock_table_close(semaphore);
    thread_unguard(self);
    errno = saved_errno;
}

/* What is recorded of it as a lock is taken back. Guarded. */
static void become_signal(struct shim_thread *self, sem_t *semaphore, uintptr_t address,
                          uintptr_t pointer)
{
    if (!lock_table_find(semaphore)) {
        struct lock_birth birth = birth_of(self, semaphore, true, address, pointer);
        lock_table_enter(semaphore, &birth);
    }
    const struct known_stack *stack = thread_capture(self, address, pointer);
    uint32_t was =
        dependency_mark(self, semaphore, TRACE_MARK_SIGNAL, MARK_IF_WRITTEN, stack ? stack->id : 0);
    if (was)
        chain_table_drop(was, CHAIN_LOCK_NAMED);
    acquire_forget(self, semaphore);
}

static void signal_seen(sem_t *semaphore, uintptr_t address, uintptr_t pointer)
{
    int saved_errno = errno;
    struct shim_thread *self = enter(address, pointer);
    if (!self)
        return;
    become_signal(self, semaphore, address, pointer);
    thread_unguard(self);
    errno = saved_errno;
}

bool semaphore_look_at(sem_t *semaphore, int free_value, uintptr_t address, uintptr_t pointer)
{
    if (lock_table_find(semaphore))
        return true;
    int saved_errno = errno;
    struct shim_thread *self = enter(address, pointer);
    if (!self)
        return false;
    bool is_signal = value_of(semaphore) != free_value;
    struct lock_birth birth = birth_of(self, semaphore, is_signal, address, pointer);
    lock_table_enter(semaphore, &birth);
    thread_unguard(self);
    errno = saved_errno;
    return true;
}

static bool is_proved(const void *object)
{
    struct lock_entry entry;
    return lock_table_get(object, lock_table_find(object), &entry) &&
           entry.marks & TRACE_MARK_PROVED;
}

/* The thread asks for what it holds. A try form had it: somebody else posted. */
static enum acquire_result request_held(sem_t *semaphore, struct manner manner, uintptr_t address,
                                        uintptr_t pointer)
{
    bool for_ever = !(manner.mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED));
    if (!thread_enter())
        return ACQUIRE_UNSEEN;
    if (for_ever && is_proved(semaphore))
        return ACQUIRE_HELD;
    signal_seen(semaphore, address, pointer);
    return ACQUIRE_UNSEEN;
}

enum acquire_result semaphore_request(sem_t *semaphore, int free_value, struct manner manner,
                                      uintptr_t address, uintptr_t pointer)
{
    if (!semaphore_look_at(semaphore, free_value, address, pointer) ||
        lock_id_is_signal(lock_table_find(semaphore)))
        return ACQUIRE_UNSEEN;
    if (acquire_holds(semaphore))
        return request_held(semaphore, manner, address, pointer);
    return free_value ? acquire_request_slow(semaphore, manner, address, pointer)
                      : acquire_request_late(semaphore, manner, address, pointer);
}

/* It is held, and was not proved when it was asked for. */
static void learn(struct shim_thread *self, sem_t *semaphore, uintptr_t address, uintptr_t pointer)
{
    struct lock_entry entry, before;
    if (!lock_table_get(semaphore, lock_table_find(semaphore), &entry) ||
        entry.marks & (TRACE_MARK_SIGNAL | TRACE_MARK_PROVED))
        return;
    bool is_shared_out = entry.marks & LOCK_MARK_TAKEN && !(entry.marks & LOCK_MARK_RELEASED);
    if (is_shared_out || value_of(semaphore) != 0) {
        become_signal(self, semaphore, address, pointer);
    } else if (entry.marks & LOCK_MARK_RELEASED) {
        dependency_mark(self, semaphore, TRACE_MARK_PROVED, MARK_IF_WRITTEN, 0);
    } else {
        lock_table_mark(semaphore, LOCK_MARK_TAKEN, &before);
        if (self->top != self->held && self->top[-1].address == (uintptr_t)semaphore)
            self->top[-1].attention = 1;
    }
}

void semaphore_had(enum acquire_result requested, sem_t *semaphore, struct manner manner,
                   uintptr_t address, uintptr_t pointer)
{
    if (requested == ACQUIRE_UNSEEN)
        return;
    if (requested == ACQUIRE_HELD) {
        signal_seen(semaphore, address, pointer);
        return;
    }
    int saved_errno = errno;
    acquire_done(thread_self, semaphore, manner, address, pointer);
    struct shim_thread *self = enter(address, pointer);
    if (!self)
        return;
    learn(self, semaphore, address, pointer);
    thread_unguard(self);
    errno = saved_errno;
}

bool semaphore_release(sem_t *semaphore, uintptr_t address, uintptr_t pointer)
{
    struct lock_entry before;
    uint32_t id = lock_table_find(semaphore);
    if (lock_id_is_signal(id))
        return false;
    int saved_errno = errno;
    struct shim_thread *self = enter(address, pointer);
    if (!self)
        return false;
    bool held = acquire_holds(semaphore);
    if (!held || value_of(semaphore) != 0)
        become_signal(self, semaphore, address, pointer);
    else
        lock_table_mark(semaphore, LOCK_MARK_RELEASED, &before);
    acquire_forget(self, semaphore);
    thread_unguard(self);
    errno = saved_errno;
    return held && !lock_id_is_signal(lock_table_find(semaphore));
}
