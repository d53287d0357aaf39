/* Events of semaphores that are locks. */
#include "shim/core/events.h"

/* Where the semaphore of the last entry counts; NULL if the thread has to look for it. */
static EVENTS_INLINE event_word *word_of_semaphore(const struct shim_thread *self,
                                                   const void *semaphore)
{
    const struct trace_held *entry = self->top - 1;
    return entry->address == (uintptr_t)semaphore ? event_word_in_table(self, entry->lock) : NULL;
}

void events_taken(struct shim_thread *self, const void *semaphore, uintptr_t address,
                  uintptr_t pointer)
{
    const struct trace_held *entry = self->top - 1;
    event_word *word = word_of_semaphore(self, semaphore);
    if (word) {
        events_write(self, TRACE_EVENT_TAKE, 0, entry->lock, event_count(word, EVENT_ALONE),
                     entry->stack);
        return;
    }
    events_of_object_slow(TRACE_EVENT_TAKE, 0, semaphore, address, pointer);
    event_count_remember(self, semaphore, entry->lock);
}

/* The event of having taken it, if it is the last, tells both. */
static EVENTS_INLINE bool fold_post(struct shim_thread *self, uint32_t object, uint32_t number,
                                    uint32_t stack)
{
    struct trace_event *last = self->event_next - 1;
    int64_t further = (int64_t)stack - last->stack;
    if (last->kind != TRACE_EVENT_TAKE || last->object != object || last->sequence + 1 != number ||
        last->mode >= TRACE_EVENT_ONE_RELEASE || further != (int16_t)further)
        return false;
    event_word *ending = (event_word *)&last->kind;
    uint32_t now = *ending + (TRACE_EVENT_TAKE_POST - TRACE_EVENT_TAKE) + ((uint32_t)further << 16);
    __atomic_store_n(ending, now, __ATOMIC_RELEASE);
    return true;
}

void events_given(struct shim_thread *self, const void *semaphore, uintptr_t address,
                  uintptr_t pointer)
{
    uint32_t stack = events_stack(self, address, pointer), lock = self->top[-1].lock;
    event_word *word = word_of_semaphore(self, semaphore);
    if (!word) {
        events_of_object_slow(TRACE_EVENT_POST, 0, semaphore, address, pointer);
        return;
    }
    uint32_t number = event_count(word, EVENT_ALONE);
    if (!fold_post(self, lock, number, stack))
        events_write(self, TRACE_EVENT_POST, 0, lock, number, stack);
}
