/* Events: what each thread did with locks, conditions, semaphores, barriers and other threads, one
 * by one and in order, from which schedules are predicted (trace/event_kinds.def).
 *
 * Each thread writes into a chunk of its own that is mapped from the recording. The order between
 * threads is in the numbers: each object counts its events. One taken before the real call (what
 * gives something to others) or after it (what takes) is then in the order in which it happened.
 * Where an object counts, and how that is cheap: event_count.h. Having a lock for reading needs no
 * number of its own, as no writer's can lie between those of the writers before and after.
 *
 * The inline functions run without a guard. A place for an event is claimed by one instruction,
 * so that a signal handler that interrupts another event gets the next one. A full chunk of 16 KiB
 * is appended to the recording and used again: two or three system calls in a thousand events.
 * Where that fails, or trace_limit is met, events end for good and for all threads at once: the end
 * is published before the thread goes on, so that nothing that follows from a lost event is
 * recorded. With option times every event finds its chunk full, and the way for that writes its
 * time too. */
#ifndef UNKNOT_SHIM_EVENTS_H
#define UNKNOT_SHIM_EVENTS_H

#include "shim/core/event_count.h"
#include "shim/core/thread.h"
#include "shim/platform/birth_mark.h"

/* Does the thread record events? One load; false for all if option `events` is off. */
static EVENTS_INLINE bool events_are_on(const struct shim_thread *self)
{
    return __builtin_expect(self->event_end != NULL, 0);
}

typedef uint64_t __attribute__((may_alias)) event_half;

static EVENTS_INLINE uint64_t events_first_half(uint32_t object, uint32_t sequence)
{
    return object | (uint64_t)sequence << 32;
}

static EVENTS_INLINE uint64_t events_second_half(uint32_t stack, uint32_t kind, uint32_t mode,
                                                 uint32_t span)
{
    return stack | (uint64_t)(kind | mode << 8 | span << 16) << 32;
}

/* The half with the kind comes last: without it, the event is not there. */
static EVENTS_INLINE void events_fill(struct trace_event *event, uint64_t first, uint64_t second)
{
    event_half *halves = (event_half *)event;
    __atomic_store_n(&halves[0], first, __ATOMIC_RELAXED);
    __atomic_store_n(&halves[1], second, __ATOMIC_RELEASE);
}

/* The same in a place further on, if there is one. */
void events_add_slow(struct shim_thread *self, uint64_t first, uint64_t second);

/* False: there is no room for it where the thread stands. */
static EVENTS_INLINE bool events_put(struct shim_thread *self, uint64_t first, uint64_t second)
{
    uintptr_t place = sizeof(struct trace_event);
#ifdef __x86_64__
    __asm__("xaddq %0, %1" : "+r"(place), "+m"(self->event_next) : : "cc");
#else
    place = (uintptr_t)self->event_next++;
#endif
    struct trace_event *event = (struct trace_event *)place;
    if (__builtin_expect(event >= self->event_end, 0))
        return false;
    events_fill(event, first, second);
    return true;
}

static EVENTS_INLINE void events_add(struct shim_thread *self, uint64_t first, uint64_t second)
{
    if (__builtin_expect(!events_put(self, first, second), 0))
        events_add_slow(self, first, second);
}

static EVENTS_INLINE void events_write(struct shim_thread *self, enum trace_event_kind kind,
                                       uint32_t mode, uint32_t object, uint32_t sequence,
                                       uint32_t stack)
{
    events_add(self, events_first_half(object, sequence), events_second_half(stack, kind, mode, 0));
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

/* The same for a thread that records, of a lock that counts in the lock table: they call nothing in
 * the usual case. */
void events_table_acquired(struct shim_thread *self, const void *object);
void events_table_release(struct shim_thread *self);

static EVENTS_INLINE void events_acquired(struct shim_thread *self, enum trace_lock_kind kind,
                                          const void *object)
{
    if (!events_are_on(self))
        return;
    if (kind == TRACE_LOCK_MUTEX || kind == TRACE_LOCK_RWLOCK)
        events_acquired_slow(self, kind, object);
    else
        events_table_acquired(self, object);
}

/* Most releases need no event of their own: that of acquiring the lock, if it was the thread's
 * last, becomes a section; another one counts how many locks, acquired last and held alone, are
 * given back right after it. */
static EVENTS_INLINE bool events_fold_release(struct shim_thread *self, uint32_t lock,
                                              uint32_t number, uint32_t mode)
{
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

static EVENTS_INLINE void events_release_at(struct shim_thread *self, enum trace_lock_kind kind,
                                            event_word *word)
{
    const struct trace_held *entry = self->top - 1;
    uint32_t mode = entry->site_mode & EVENTS_RELEASE_MODE;
    if (__builtin_expect(!word, 0)) {
        events_release_slow(self, kind, entry, mode);
        return;
    }
    uint32_t number = event_count(word, event_counting_given(mode));
    if (!events_fold_release(self, entry->lock, number, mode))
        events_write(self, TRACE_EVENT_RELEASE, mode, entry->lock, number, entry->stack);
}

/* The event of giving back the lock acquired last, which has that number. */
static EVENTS_INLINE void events_release_as(struct shim_thread *self, uint32_t number)
{
    const struct trace_held *entry = self->top - 1;
    events_write(self, TRACE_EVENT_RELEASE, entry->site_mode & EVENTS_RELEASE_MODE, entry->lock,
                 number, entry->stack);
}

/* The lock acquired last, which counts at `word`, has just been had; `mode` may leave out what does
 * not matter to its number. */
static EVENTS_INLINE void events_held_at(struct shim_thread *self, event_word *word, uint32_t mode)
{
    const struct trace_held *entry = self->top - 1;
    events_write(self, TRACE_EVENT_ACQUIRE, entry->site_mode & EVENTS_MODE, entry->lock,
                 event_count(word, event_counting_had(mode)), entry->stack);
}

static EVENTS_INLINE void events_held_alone(struct shim_thread *self, event_word *word)
{
    events_held_at(self, word, 0);
}

/* And is about to be given back; it is the one acquired last. False: its number is taken, and
 * events_release_as is to be called. */
static EVENTS_INLINE bool events_given_alone(struct shim_thread *self, event_word *word,
                                             uint32_t *number)
{
    const struct trace_held *entry = self->top - 1;
    *number = ++*word;
    return events_fold_release(self, entry->lock, *number, 0) ||
           events_put(self, events_first_half(entry->lock, *number),
                      events_second_half(entry->stack, TRACE_EVENT_RELEASE,
                                         entry->site_mode & EVENTS_RELEASE_MODE, 0));
}

/* Before the real release of the mutex acquired last, whose entry is still there. */
static EVENTS_INLINE void events_mutex_release(struct shim_thread *self, pthread_mutex_t *mutex)
{
    events_release_at(self, TRACE_LOCK_MUTEX, event_word_inside(TRACE_LOCK_MUTEX, mutex));
}

/* Who reads such a lock twice waits for writers that came in between. */
static inline bool events_matter_again(const struct trace_held *held)
{
    return held->lock & LOCK_ID_RECORD_ALWAYS && held->site_mode & TRACE_MODE_READ;
}

/* A lock that the thread holds already is had once more, and given back once: nothing to tell of
 * one whose readers do not queue behind writers. */
void events_read_again(struct shim_thread *self, const void *object, uint32_t mode,
                       uintptr_t address, uintptr_t pointer);
void events_given_back_once(struct shim_thread *self, const struct trace_held *held);
/* The semaphore of the entry above all others, which is a proved lock, was taken or is about to be
 * given back. For a thread that records. */
void events_taken(struct shim_thread *self, const void *semaphore, uintptr_t address,
                  uintptr_t pointer);
void events_given(struct shim_thread *self, const void *semaphore, uintptr_t address,
                  uintptr_t pointer);

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
