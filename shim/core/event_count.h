/* Where an object counts its events (events.h): a word of its own, or its entry in the lock table.
 *
 * A plain mutex or a rwlock has a word that glibc leaves unused, beside its birth mark. For the
 * others each thread remembers, by the lock's id, where the entry of one lately used counts: the id
 * lies beside the number, entries stay mapped, and ids are never used again, so that what was
 * remembered is the lock's or is seen not to be. No lock; what only the holder of a lock does
 * needs no atomic operation either. */
#ifndef UNKNOT_SHIM_EVENT_COUNT_H
#define UNKNOT_SHIM_EVENT_COUNT_H

#include "shim/core/lock_table.h"
#include "shim/core/thread.h"
#include "shim/platform/birth_mark.h"

#define EVENTS_INLINE inline __attribute__((always_inline))

/* The word in a mutex or rwlock that has a birth mark. */
static EVENTS_INLINE event_word *event_word_of_mutex(pthread_mutex_t *mutex)
{
    return (event_word *)(void *)&mutex->__data.__list.__prev;
}

static EVENTS_INLINE event_word *event_word_of_rwlock(pthread_rwlock_t *rwlock)
{
    return &rwlock->__data.__pad3;
}

/* That of an object that carries its birth mark, else NULL: the lock table counts. */
static inline event_word *event_word_inside(enum trace_lock_kind kind, const void *object)
{
    const uintptr_t *mark = birth_mark_word(kind, object);
    if (!mark || __atomic_load_n(mark, __ATOMIC_ACQUIRE) == 0)
        return NULL;
    return kind == TRACE_LOCK_MUTEX ? event_word_of_mutex((pthread_mutex_t *)object)
                                    : event_word_of_rwlock((pthread_rwlock_t *)object);
}

/* That in the lock's entry, NULL if the thread does not remember it. */
static EVENTS_INLINE event_word *event_word_in_table(const struct shim_thread *self, uint32_t lock)
{
    const struct event_counter *known = &self->counters[lock % EVENT_COUNTERS];
    return known->lock == lock && __atomic_load_n(&known->word[1], __ATOMIC_RELAXED) == lock
               ? known->word
               : NULL;
}

/* Any of them for a lock that the thread has. */
static EVENTS_INLINE event_word *event_word_of(const struct shim_thread *self,
                                               enum trace_lock_kind kind, const void *object,
                                               uint32_t lock)
{
    event_word *word = event_word_inside(kind, object);
    return word ? word : event_word_in_table(self, lock);
}

/* Who takes a number: nobody else does meanwhile; others may; or only the last one is asked for. */
enum event_counting { EVENT_ALONE, EVENT_SHARED, EVENT_SAMPLED };

/* Having a lock, or giving it back. A semaphore used as a lock is alone as well: a post by somebody
 * else, which makes it a signal, may then get the same number as one of the holder's, if it comes
 * within the same instruction, and the analyzer goes no further with it. */
static EVENTS_INLINE enum event_counting event_counting_had(uint32_t mode)
{
    return mode & TRACE_MODE_READ ? EVENT_SAMPLED : EVENT_ALONE;
}

static EVENTS_INLINE enum event_counting event_counting_given(uint32_t mode)
{
    return mode & TRACE_MODE_READ ? EVENT_SHARED : EVENT_ALONE;
}

static EVENTS_INLINE uint32_t event_count(event_word *word, enum event_counting counting)
{
    if (counting == EVENT_ALONE)
        return ++*word;
    return counting == EVENT_SHARED ? __atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST)
                                    : __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* The thread remembers where the lock counts, if it does so in the table. */
void event_count_remember(struct shim_thread *self, const void *object, uint32_t lock);

#endif
