/* Events of locks and what else threads wait for. */
#include "shim/core/events.h"

#include <errno.h>

#include "shim/capture/stack.h"
#include "shim/core/acquire.h"
#include "shim/core/lock_table.h"
#include "shim/platform/recording.h"

/* The object is known by its id from now on. */
static void introduce(struct shim_thread *self, const void *object, uint32_t id)
{
    struct lock_entry entry;
    if (lock_table_get_any(object, &entry))
        events_add(self, events_first_half(id, entry.initial),
                   events_second_half(entry.init_stack ? entry.init_stack : entry.first_stack,
                                      TRACE_EVENT_OBJECT, entry.kind, entry.flags));
}

static bool take_number_in_table(struct shim_thread *self, const void *object,
                                 enum event_counting counting, struct event_number *number)
{
    bool is_sampled = counting == EVENT_SAMPLED;
    if (!(is_sampled ? lock_table_sample_events(object, number)
                     : lock_table_count_event(object, counting == EVENT_ALONE, number)))
        return false;
    if (number->sequence == (is_sampled ? 0 : 1))
        introduce(self, object, number->object);
    return true;
}

/* The object's number; false if nothing is known of it. Kind 0: to be looked up; another may be
 * what an annotation calls it, and it may have got its mark just now. */
static bool take_number(struct shim_thread *self, enum trace_lock_kind kind, const void *object,
                        enum event_counting counting, struct event_number *number)
{
    if (!kind)
        kind = lock_table_kind(object);
    event_word *word = event_word_inside(kind, object);
    if (!word && take_number_in_table(self, object, counting, number))
        return true;
    if (!word && !(word = event_word_inside(lock_table_kind(object), object)))
        return false;
    *number = (struct event_number){0, event_count(word, counting)};
    return true;
}

/* The same for a lock that the thread has: the second time it knows where to count. */
static bool take_number_of_held(struct shim_thread *self, enum trace_lock_kind kind,
                                const struct trace_held *entry, enum event_counting counting,
                                uint32_t *sequence)
{
    const void *object = (const void *)(uintptr_t)entry->address;
    uint32_t lock = entry->lock;
    event_word *word = event_word_of(self, kind, object, lock);
    struct event_number number;
    if (__builtin_expect(word != NULL, 1)) {
        *sequence = event_count(word, counting);
        return true;
    }
    if (!take_number(self, kind, object, counting, &number))
        return false;
    event_count_remember(self, object, lock);
    *sequence = number.sequence;
    return true;
}

/* Two readers may come here at a time. */
void events_mark_birth(struct shim_thread *self, enum trace_lock_kind kind, const void *object)
{
    static struct inner_lock marking;
    struct event_number moved;
    event_word *word = NULL;
    bool is_new = false;
    inner_lock_acquire(&marking);
    if (birth_mark_is_missing(kind, object)) {
        is_new = lock_table_move_events(object, &moved);
        word = kind == TRACE_LOCK_MUTEX ? event_word_of_mutex((pthread_mutex_t *)object)
                                        : event_word_of_rwlock((pthread_rwlock_t *)object);
        if (is_new)
            __atomic_store_n(word, moved.sequence, __ATOMIC_RELAXED);
        atomic_thread_fence(memory_order_release);
        birth_mark_set(kind, object);
    }
    inner_lock_release(&marking);
    if (is_new && moved.sequence == 0 && events_are_on(self))
        introduce(self, object, moved.object);
}

void events_acquired_slow(struct shim_thread *self, enum trace_lock_kind kind, const void *object)
{
    const struct trace_held *entry = self->top - 1;
    uint32_t mode = entry->site_mode & EVENTS_MODE, lock = entry->lock, stack = entry->stack;
    uint32_t number;
    if (self->top != self->held && entry->address == (uintptr_t)object &&
        take_number_of_held(self, kind, entry, event_counting_had(mode), &number))
        events_write(self, TRACE_EVENT_ACQUIRE, mode, lock, number, stack);
}

/* One that is not the last in the chain of held locks, or in a wait, says so by itself. */
void events_release_slow(struct shim_thread *self, enum trace_lock_kind kind,
                         const struct trace_held *entry, uint32_t mode)
{
    uint32_t lock = entry->lock, stack = entry->stack, number;
    if (!events_are_on(self) ||
        !take_number_of_held(self, kind, entry, event_counting_given(mode), &number) ||
        (entry == self->top - 1 && events_fold_release(self, lock, number, mode)))
        return;
    events_write(self, TRACE_EVENT_RELEASE, mode, lock, number, stack);
}

void events_read_again(struct shim_thread *self, const void *object, uint32_t mode,
                       uintptr_t address, uintptr_t pointer)
{
    const struct trace_held *held = acquire_find_held(self, object);
    struct event_number number;
    if (events_are_on(self) && held && events_matter_again(held) &&
        take_number(self, TRACE_LOCK_RWLOCK, object, EVENT_SAMPLED, &number))
        events_write(self, TRACE_EVENT_ACQUIRE, mode & EVENTS_MODE, held->lock, number.sequence,
                     events_stack(self, address, pointer));
}

void events_given_back_once(struct shim_thread *self, const struct trace_held *held)
{
    const void *object = (const void *)(uintptr_t)held->address;
    struct event_number number;
    if (events_are_on(self) && events_matter_again(held) &&
        take_number(self, TRACE_LOCK_RWLOCK, object, EVENT_SHARED, &number))
        events_write(self, TRACE_EVENT_RELEASE, TRACE_MODE_READ, held->lock, number.sequence,
                     held->stack);
}

void events_table_acquired(struct shim_thread *self, const void *object)
{
    const struct trace_held *entry = self->top - 1;
    event_word *word = event_word_in_table(self, entry->lock);
    if (__builtin_expect(!word || entry->address != (uintptr_t)object, 0))
        events_acquired_slow(self, 0, object);
    else
        events_held_at(self, word, entry->site_mode);
}

void events_table_release(struct shim_thread *self)
{
    events_release_at(self, 0, event_word_in_table(self, self->top[-1].lock));
}

uint32_t events_stack(struct shim_thread *self, uintptr_t address, uintptr_t pointer)
{
    const struct stack_cache_entry *caller =
        stack_cache_find_further(&self->stacks, address, pointer);
    if (caller || self->busy)
        return caller ? caller->id : 0;
    int saved_errno = errno;
    const struct known_stack *stack = thread_capture(self, address, pointer);
    errno = saved_errno;
    return stack ? stack->id : 0;
}

static void record_waited_for(const struct shim_thread *self, const void *object, uint32_t id)
{
    recording_lock();
    lock_table_record(object, id);
    for (const struct trace_held *held = self->held; held != self->top; held++)
        lock_table_record((const void *)(uintptr_t)held->address, held->lock);
    recording_unlock();
}

/* A wait with locks held may turn out to be one that never ends: then these have names. */
static void name_wait(const void *object, uint32_t id)
{
    struct shim_thread *self = thread_self;
    uint32_t hash = id;
    for (const struct trace_held *held = self->held; held != self->top; held++)
        hash = hash * 31 + held->lock;
    uint32_t *known =
        &self->named_waits[hash % (sizeof(self->named_waits) / sizeof(self->named_waits[0]))];
    if (*known == hash || !(self = thread_enter()))
        return;
    *known = hash;
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    record_waited_for(self, object, id);
    thread_unguard(self);
    errno = saved_errno;
}

/* The mutex that a condition wait gives back is still among the held ones. */
static bool holds_up(const struct shim_thread *self, enum trace_event_kind kind, uint32_t mode)
{
    size_t held = (size_t)(self->top - self->held);
    return (kind == TRACE_EVENT_WAIT_BEGIN && held > 1) ||
           (kind == TRACE_EVENT_BARRIER_ENTER && held > 0) ||
           (kind == TRACE_EVENT_TAKE && held > 0 && !(mode & TRACE_MODE_TRY));
}

void events_of_object_slow(enum trace_event_kind kind, uint32_t mode, const void *object,
                           uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    struct event_number number;
    uint32_t stack = events_stack(self, address, pointer);
    if (!take_number(self, TRACE_LOCK_CONDITION, object, EVENT_SHARED, &number))
        return;
    events_write(self, kind, mode, number.object, number.sequence, stack);
    if (holds_up(self, kind, mode))
        name_wait(object, number.object);
}

static void of_lock(enum trace_event_kind kind, uint32_t mode, const void *object,
                    uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    struct event_number number;
    if (!events_are_on(self))
        return;
    uint32_t stack = events_stack(self, address, pointer), lock = lock_table_find(object);
    if (lock && take_number(self, 0, object, EVENT_SHARED, &number))
        events_write(self, kind, mode, lock, number.sequence, stack);
}

void events_released_by_other(const void *object, uintptr_t address, uintptr_t pointer)
{
    struct lock_entry entry;
    if (events_are_on(thread_self) && lock_table_get_any(object, &entry) &&
        !(entry.marks & LOCK_MARK_HANDED_OVER))
        of_lock(TRACE_EVENT_RELEASE, 0, object, address, pointer);
}

void events_not_released(const void *object, uintptr_t address, uintptr_t pointer)
{
    of_lock(TRACE_EVENT_ACQUIRE, TRACE_MODE_TRY, object, address, pointer);
}

void events_dropped(struct shim_thread *self, const struct trace_held *entry)
{
    if (events_are_on(self))
        events_write(self, TRACE_EVENT_DROP, 0, entry->lock, 0, entry->stack);
}

/* A semaphore may have another id by now than its events have. */
void events_requested(struct shim_thread *self, uint16_t kind, const void *object, uint32_t mode,
                      uint32_t stack)
{
    bool is_semaphore = kind == TRACE_LOCK_SEMAPHORE || kind == TRACE_WAIT_SEMAPHORE;
    struct event_number number = {lock_table_find(object), 0};
    if (is_semaphore && !lock_table_sample_events(object, &number))
        return;
    if (number.object)
        events_write(self, TRACE_EVENT_REQUEST, mode & EVENTS_MODE, number.object, 0, stack);
}

uint32_t events_sample_slow(enum trace_lock_kind kind, const void *object)
{
    const event_word *word = event_word_inside(kind, object);
    struct event_number number = {0, 0};
    if (word)
        return __atomic_load_n(word, __ATOMIC_ACQUIRE);
    return lock_table_sample_events(object, &number) ? number.sequence : 0;
}

/* What nothing is known of is of no interest. */
void events_try_failed(enum trace_lock_kind kind, uint32_t mode, const void *object,
                       uint32_t before, uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    if (!events_are_on(self))
        return;
    uint32_t after = events_sample_slow(kind, object), passed = after - before;
    struct event_number number = {lock_table_find(object), 0};
    if (!event_word_inside(kind, object) && !lock_table_sample_events(object, &number))
        return;
    uint32_t stack = events_stack(self, address, pointer);
    if (number.object)
        events_add(self, events_first_half(number.object, after),
                   events_second_half(stack, TRACE_EVENT_TRY_FAIL, mode | TRACE_MODE_TRY,
                                      passed > UINT16_MAX ? UINT16_MAX : passed));
}

void events_once_passed(const void *control, uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    struct event_number number;
    if (!events_are_on(self) || !lock_table_sample_events(control, &number))
        return;
    uint32_t *passed = &self->log.passed[number.object % EVENT_PASSED];
    if (*passed == number.object || !number.sequence)
        return;
    *passed = number.object;
    events_write(self, TRACE_EVENT_ONCE_PASS, 0, number.object, number.sequence,
                 events_stack(self, address, pointer));
}
