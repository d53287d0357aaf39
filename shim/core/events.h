/* Events: what each thread did with locks, conditions, semaphores, barriers and other threads, one
 * by one and in order, from which schedules are predicted (trace/event_kinds.def).
 *
 * Each thread writes into a chunk of its own that is mapped from the recording. The order between
 * threads is in the numbers: each object counts its events. One taken before the real call (what
 * gives something to others) or after it (what takes) is then in the order in which it happened.
 * The count of a plain mutex, or of a rwlock, lies in a word of the object that glibc leaves
 * unused, beside its birth mark, so that nothing has to be looked up; others count in the lock
 * table. What only the holder of a lock does needs no atomic operation.
 *
 * The inline functions run without a guard. A place for an event is claimed by one instruction,
 * so that a signal handler that interrupts another event gets the next one. A full chunk of 16 KiB
 * is appended to the recording and used again: two or three system calls in a thousand events.
 * Where that fails, or trace_limit is met, events end for good and for all threads at once: the end
 * is published before the thread goes on, so that nothing that follows from a lost event is
 * recorded. */
#ifndef UNKNOT_SHIM_EVENTS_H
#define UNKNOT_SHIM_EVENTS_H

#include "shim/core/thread.h"
#include "shim/platform/birth_mark.h"

#define EVENTS_INLINE inline __attribute__((always_inline))

/* Does the thread record events? One load; false for all if option `events` is off. */
static EVENTS_INLINE bool events_are_on(const struct shim_thread *self)
{
    return __builtin_expect(self->event_end != NULL, 0);
}

/* A place further on, NULL if there is none. `object` is that of the event. */
struct trace_event *events_claim_slow(struct shim_thread *self, uint32_t object);

static EVENTS_INLINE struct trace_event *events_claim(struct shim_thread *self, uint32_t object)
{
    uintptr_t place = sizeof(struct trace_event);
#ifdef __x86_64__
    __asm__("xaddq %0, %1" : "+r"(place), "+m"(self->event_next) : : "cc");
#else
    place = (uintptr_t)self->event_next++;
#endif
    struct trace_event *event = (struct trace_event *)place;
    return __builtin_expect(event < self->event_end, 1) ? event : events_claim_slow(self, object);
}

typedef uint64_t __attribute__((may_alias)) event_half;

/* The half with the kind comes last: without it, the event is not there. */
static EVENTS_INLINE void events_fill(struct trace_event *event, uint32_t object, uint32_t sequence,
                                      uint32_t stack, uint32_t kind, uint32_t mode, uint32_t span)
{
    event_half *halves = (event_half *)event;
    __atomic_store_n(&halves[0], object | (uint64_t)sequence << 32, __ATOMIC_RELAXED);
    __atomic_store_n(&halves[1], stack | (uint64_t)(kind | mode << 8 | span << 16) << 32,
                     __ATOMIC_RELEASE);
}

static EVENTS_INLINE void events_write(struct shim_thread *self, enum trace_event_kind kind,
                                       uint32_t mode, uint32_t object, uint32_t sequence,
                                       uint32_t stack)
{
    struct trace_event *event = events_claim(self, object);
    if (__builtin_expect(event != NULL, 1))
        events_fill(event, object, sequence, stack, kind, mode, 0);
}

/* The word in a mutex that has a birth mark. */
static EVENTS_INLINE uint32_t *events_word_of_mutex(pthread_mutex_t *mutex)
{
    return (uint32_t *)(void *)&mutex->__data.__list.__prev;
}

/* The word of an object that carries its birth mark, else NULL: the lock table counts. */
static inline uint32_t *events_word(enum trace_lock_kind kind, const void *object)
{
    const uintptr_t *mark = birth_mark_word(kind, object);
    if (!mark || __atomic_load_n(mark, __ATOMIC_ACQUIRE) == 0)
        return NULL;
    return kind == TRACE_LOCK_MUTEX ? events_word_of_mutex((pthread_mutex_t *)object)
                                    : &((pthread_rwlock_t *)object)->__data.__pad3;
}

/* The object gets its birth mark: from now on its word counts. */
void events_mark_birth(struct shim_thread *self, enum trace_lock_kind kind, const void *object);

/* The lock of the entry above all others is now held, or is about to be given back. Semaphores have
 * events of their own. */
void events_acquired_slow(struct shim_thread *self, enum trace_lock_kind kind, const void *object);
void events_release_slow(struct shim_thread *self, enum trace_lock_kind kind,
                         const struct trace_held *entry, uint32_t mode);

/* Of a mode, what an event has; a release has not that the lock was had again in a wait. */
enum { EVENTS_MODE = 15, EVENTS_RELEASE_MODE = EVENTS_MODE & ~TRACE_MODE_WAIT };

/* Only a holder counts, so that one who holds it alone does it in a plain way. */
static EVENTS_INLINE uint32_t events_count(uint32_t *word, uint32_t mode)
{
    return mode & TRACE_MODE_READ ? __atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST) : ++*word;
}

static EVENTS_INLINE void events_acquired(struct shim_thread *self, enum trace_lock_kind kind,
                                          const void *object)
{
    if (events_are_on(self))
        events_acquired_slow(self, kind, object);
}

/* The same for a plain mutex, for a thread that records. */
static EVENTS_INLINE void events_mutex_acquired(struct shim_thread *self, pthread_mutex_t *mutex)
{
    const struct trace_held *entry = self->top - 1;
    if (__builtin_expect(entry->address != (uintptr_t)mutex || birth_mark_mutex_lacks(mutex), 0))
        events_acquired_slow(self, TRACE_LOCK_MUTEX, mutex);
    else
        events_write(self, TRACE_EVENT_ACQUIRE, entry->site_mode & EVENTS_MODE, entry->lock,
                     ++*events_word_of_mutex(mutex), entry->stack);
}

/* Most releases need no event of their own: that of acquiring the lock, if it was the thread's
 * last, becomes a section; another one counts how many locks, acquired last and held alone, are
 * given back right after it. */
static EVENTS_INLINE bool events_fold_release(struct shim_thread *self, uint32_t lock,
                                              uint32_t number, uint32_t mode)
{
    typedef uint32_t __attribute__((may_alias)) event_word;
    struct trace_event *last = self->event_next - 1;
    event_word *ending = (event_word *)&last->kind, now = *ending;
    uint32_t kind = now & 0xff, span = number - last->sequence;
    if (kind == TRACE_EVENT_ACQUIRE && last->object == lock && span <= UINT16_MAX)
        now += TRACE_EVENT_SECTION - TRACE_EVENT_ACQUIRE + (span << 16);
    else if (kind > TRACE_EVENT_ACQUIRE && !(mode & TRACE_MODE_READ) &&
             (now >> 8 & 0xff) < TRACE_EVENT_RELEASES)
        now += TRACE_EVENT_ONE_RELEASE << 8;
    else
        return false;
    __atomic_store_n(ending, now, __ATOMIC_RELEASE);
    return true;
}

/* Before the real release of the mutex acquired last, whose entry is still there. */
static EVENTS_INLINE void events_mutex_release(struct shim_thread *self, pthread_mutex_t *mutex)
{
    const struct trace_held *entry = self->top - 1;
    uint32_t *word = events_word(TRACE_LOCK_MUTEX, mutex);
    uint32_t mode = entry->site_mode & EVENTS_RELEASE_MODE;
    if (__builtin_expect(!word, 0)) {
        events_release_slow(self, TRACE_LOCK_MUTEX, entry, mode);
        return;
    }
    uint32_t number = events_count(word, mode);
    if (!events_fold_release(self, entry->lock, number, mode))
        events_write(self, TRACE_EVENT_RELEASE, mode, entry->lock, number, entry->stack);
}

/* The same for any kind. */
static EVENTS_INLINE void events_release(struct shim_thread *self, enum trace_lock_kind kind)
{
    const struct trace_held *entry = self->top - 1;
    if (events_are_on(self))
        events_release_slow(self, kind, entry, entry->site_mode & EVENTS_RELEASE_MODE);
}

/* A lock that the thread holds already is had once more, and given back once: nothing to tell of
 * one whose readers do not queue behind writers. */
void events_read_again(struct shim_thread *self, const void *object, uint32_t mode,
                       uintptr_t address, uintptr_t pointer);
void events_given_back_once(struct shim_thread *self, const struct trace_held *held);

/* The thread's entry for a lock goes without a release of its own. */
void events_dropped(struct shim_thread *self, const struct trace_held *entry);

/* A counted event of a condition, semaphore or barrier. */
void events_of_object_slow(enum trace_event_kind kind, uint32_t mode, const void *object,
                           uintptr_t address, uintptr_t pointer);

static EVENTS_INLINE void events_of_object(enum trace_event_kind kind, uint32_t mode,
                                           const void *object, uintptr_t address, uintptr_t pointer)
{
    if (events_are_on(thread_self))
        events_of_object_slow(kind, mode, object, address, pointer);
}

/* A lock is given back by a thread that did not hold it (what was handed over has been given back
 * already), or that failed. */
void events_released_by_other(const void *object, uintptr_t address, uintptr_t pointer);
void events_not_released(const void *object, uintptr_t address, uintptr_t pointer);

/* The thread is about to wait for a lock or semaphore. */
void events_requested(struct shim_thread *self, uint16_t kind, const void *object, uint32_t mode,
                      uint32_t stack);

/* The stack of a hook's caller, 0 where it cannot be told: in a handler that interrupted the shim.
 */
uint32_t events_stack(struct shim_thread *self, uintptr_t address, uintptr_t pointer);

/* Around a try: what to compare later, and the event if it was in vain. */
uint32_t events_sample_slow(enum trace_lock_kind kind, const void *object);
void events_try_failed(enum trace_lock_kind kind, uint32_t mode, const void *object,
                       uint32_t before, uintptr_t address, uintptr_t pointer);

static inline uint32_t events_sample(enum trace_lock_kind kind, const void *object)
{
    return events_are_on(thread_self) ? events_sample_slow(kind, object) : 0;
}

/* The thread goes on as a once control or guard is done, for the first time. */
void events_once_passed(const void *control, uintptr_t address, uintptr_t pointer);

/* An event about thread (or process) `other`. */
void events_of_thread(struct shim_thread *self, enum trace_event_kind kind, uint32_t mode,
                      uint32_t other, uint32_t stack);

/* A new state begins; it may go on in the chunk of the one whose memory it has. The function of its
 * thread is over. The state is nobody's. */
struct event_log events_log_begin(struct shim_thread *state, struct event_log old);
void events_log_end(struct shim_thread *self);
void events_log_leave(struct shim_thread *state);

/* From now on a system call may end the process: no more when the chunks are full. */
void events_confine(void);

/* In a fork child. */
void events_after_fork(void);

#endif
