/* A word of a lock object that shows whether it was constructed anew.
 *
 * A std::mutex, or a static initialiser assigned to a local variable, has neither init nor destroy
 * that a hook could see. But constructing one where another lay zeroes all of it, also what glibc
 * leaves unused: the list link of a mutex that is not robust, the padding of a rwlock. The shim
 * stores the word's own address there when a thread has the lock for the first time; once it is
 * zero again, the object is another lock. It is the one thing the shim writes into an object of
 * the program, and only into kinds that no other process shares.
 *
 * Any thread that holds the lock may mark it; one that requests or holds it may ask. */
#ifndef UNKNOT_SHIM_BIRTH_MARK_H
#define UNKNOT_SHIM_BIRTH_MARK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace/format.h"

/* False until birth_mark_start has seen that the real functions leave the words alone. */
extern bool birth_mark_enabled __attribute__((visibility("hidden")));

/* Before the first thread is created, after real_resolve. */
void birth_mark_start(void);

/* The same for a mutex of any kind; meaningful where birth_mark_word has an answer. */
static inline bool birth_mark_mutex_lacks(const pthread_mutex_t *mutex)
{
    return __atomic_load_n(&mutex->__data.__list.__next, __ATOMIC_RELAXED) == NULL;
}

/* The object's word, NULL if it has none to spare. */
static inline uintptr_t *birth_mark_word(enum trace_lock_kind kind, const void *object)
{
    enum { TYPES = 3, ELISION = 256 | 512 };
    pthread_mutex_t *mutex = (pthread_mutex_t *)object;
    pthread_rwlock_t *rwlock = (pthread_rwlock_t *)object;
    if (!birth_mark_enabled)
        return NULL;
    if (kind == TRACE_LOCK_MUTEX && (mutex->__data.__kind & ~(TYPES | ELISION)) == 0)
        return (uintptr_t *)&mutex->__data.__list.__next;
    if (kind == TRACE_LOCK_RWLOCK && !rwlock->__data.__shared)
        return (uintptr_t *)&rwlock->__data.__pad2;
    return NULL;
}

/* True for an object that could carry the mark and does not. */
static inline bool birth_mark_is_missing(enum trace_lock_kind kind, const void *object)
{
    const uintptr_t *word = birth_mark_word(kind, object);
    return word && __atomic_load_n(word, __ATOMIC_RELAXED) == 0;
}

static inline void birth_mark_set(enum trace_lock_kind kind, const void *object)
{
    uintptr_t *word = birth_mark_word(kind, object);
    if (word)
        __atomic_store_n(word, (uintptr_t)word, __ATOMIC_RELAXED);
}

#endif
