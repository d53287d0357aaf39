#include "shim/core/events.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "shim/core/acquire.h"
#include "shim/core/lock_table.h"
#include "shim/platform/clock.h"
#include "shim/platform/options.h"
#include "shim/platform/recording.h"
#include "trace/event_pack.h"

/* A thread's first chunk is small and stays where it is; the others are appended when they are
 * full. Behind the end there is room for those that meet it at once, in handlers. */
enum { FIRST_CHUNK = 4096, CHUNK = 16 * 1024, SPARE = 4, FEWEST = 8, LOST_AT_ONCE = 64 };

/* Where threads stand that have no place: the first event takes the slow way. */
static struct trace_event none[2];
#define NOWHERE (&none[1])

/* Below every place, but not NULL: events are to be counted as lost. */
#define STOPPED ((struct trace_event *)sizeof(struct trace_event))

static atomic_bool is_stopped, is_confined;

/* Under recording_lock. */
static uint64_t bytes_taken; /* of the recording */
static struct event_model model;
static union {
    struct trace_packed block;
    uint8_t bytes[EVENT_PACK_BYTES(CHUNK / sizeof(struct trace_event))];
} packed;

/* For all, at once, without a lock or a system call. Whoever begins a piece meanwhile looks again.
 */
static void stop(void)
{
    atomic_store_explicit(&is_stopped, true, memory_order_seq_cst);
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        struct shim_thread *state = thread_at(i);
        if (state && __atomic_load_n(&state->event_end, __ATOMIC_RELAXED))
            __atomic_store_n(&state->event_end, STOPPED, __ATOMIC_SEQ_CST);
    }
}

static void count_lost(struct shim_thread *self)
{
    self->event_next = NOWHERE;
    if (++self->log.lost < LOST_AT_ONCE)
        return;
    recording_count_lost_some(TRACE_LOST_event, self->log.lost);
    self->log.lost = 0;
}

static uint32_t milliseconds(void)
{
    uint64_t now = clock_coarse_ns(), start = recording_start_ns();
    return now > start ? (uint32_t)((now - start) / 1000000u) : 0; /* coarse: it may be behind */
}

static struct trace_event *events_in(struct trace_chunk *chunk)
{
    return (struct trace_event *)(chunk + 1);
}

static struct trace_event *end_of(struct trace_chunk *chunk)
{
    return (struct trace_event *)((char *)chunk + chunk->bytes) - SPARE;
}

/* Packed to the end of the file and emptied. Killed in between, a reader finds the piece twice, or
 * a void chunk beside its block. */
static bool recycle(struct trace_chunk *chunk)
{
    size_t count = (chunk->bytes - sizeof(*chunk)) / sizeof(struct trace_event);
    size_t bytes = event_pack(&model, events_in(chunk), count, &packed.block);
    if (bytes_taken + bytes > options.trace_limit_bytes || !recording_append(&packed.block))
        return false;
    bytes_taken += bytes;
    __atomic_store_n(&chunk->state, TRACE_EVENTS_VOID, __ATOMIC_RELEASE);
    atomic_signal_fence(memory_order_seq_cst);
    memset(chunk + 1, 0, chunk->bytes - sizeof(*chunk));
    return true;
}

/* Where the thread's next piece begins, NULL for nowhere. */
static struct trace_event *next_place(struct shim_thread *self)
{
    struct event_log *log = &self->log;
    struct trace_event *resumed = log->resumed;
    log->resumed = NULL;
    if (resumed && end_of(log->chunk) - resumed >= FEWEST)
        return resumed;
    if (log->chunk && log->chunk->bytes == CHUNK)
        return recycle(log->chunk) ? events_in(log->chunk) : NULL;
    size_t bytes = log->chunk ? CHUNK : FIRST_CHUNK;
    if (bytes_taken + bytes > options.trace_limit_bytes)
        return NULL;
    struct trace_chunk *chunk = recording_events_chunk(bytes);
    if (!chunk)
        return NULL;
    bytes_taken += bytes;
    log->chunk = chunk;
    return events_in(chunk);
}

static uint32_t last_number(const struct trace_held *held)
{
    const void *object = (const void *)(uintptr_t)held->address;
    return events_sample_slow(lock_table_kind(object), object);
}

/* Who reads such a lock twice waits for writers that came in between. */
static bool matters_again(const struct trace_held *held)
{
    return held->lock & LOCK_ID_RECORD_ALWAYS && held->site_mode & TRACE_MODE_READ;
}

/* A thread that held locks before its first event: it has forked. The one it is about to record as
 * acquired is not among them. */
static struct trace_event *tell_held(const struct shim_thread *self, struct trace_event *place,
                                     uint32_t acquired)
{
    const struct trace_event *end = end_of(self->log.chunk);
    for (const struct trace_held *held = self->held; held != self->top; held++) {
        uint32_t times = !held->address || held->lock == acquired ? 0
                         : matters_again(held)                    ? held->count
                                                                  : 1;
        for (; times > 0 && place < end; times--)
            events_fill(place++, held->lock, last_number(held), held->stack, TRACE_EVENT_HELD,
                        held->site_mode & EVENTS_MODE, 0);
    }
    return place;
}

static void begin_piece(struct shim_thread *self, struct trace_event *place, uint32_t object)
{
    struct event_log *log = &self->log;
    events_fill(place++, self->id, ++log->piece, milliseconds(), TRACE_EVENT_PIECE, 0, 0);
    if (log->piece == 1 && log->is_of_survivor) {
        place = tell_held(self, place, object);
        memset(&self->stacks, 0, sizeof(self->stacks)); /* to be recorded when seen again */
    }
    __atomic_store_n(&log->chunk->state, 0, __ATOMIC_RELEASE);
    self->event_next = place;
    __atomic_store_n(&self->event_end, end_of(log->chunk), __ATOMIC_SEQ_CST);
    if (atomic_load_explicit(&is_stopped, memory_order_seq_cst))
        self->event_end = STOPPED;
}

/* A handler may have been here since the claim that failed. */
static void refill(struct shim_thread *self, uint32_t object)
{
    recording_lock();
    bool is_full = self->event_next >= self->event_end;
    if (is_full && !atomic_load_explicit(&is_stopped, memory_order_relaxed)) {
        struct trace_event *place = next_place(self);
        if (place)
            begin_piece(self, place, object);
        else
            stop();
    }
    recording_unlock();
}

/* What a fork child does before it has a recording is of no interest. */
static bool may_begin(const struct shim_thread *self)
{
    if (recording_is_open())
        return true;
    if (!self->log.is_of_survivor)
        stop();
    return false;
}

struct trace_event *events_claim_slow(struct shim_thread *self, uint32_t object)
{
    if (atomic_load_explicit(&is_confined, memory_order_relaxed))
        stop();
    if (atomic_load_explicit(&is_stopped, memory_order_relaxed)) {
        count_lost(self);
        return NULL;
    }
    if (!may_begin(self)) {
        self->event_next = self->event_end = NOWHERE;
        return NULL;
    }
    int saved_errno = errno;
    uintptr_t busy = self->busy;
    self->busy = THREAD_CALLING_OUT;
    refill(self, object);
    self->busy = busy;
    errno = saved_errno;
    return events_claim(self, object);
}

/* The object is known by its id from now on. */
static void introduce(struct shim_thread *self, const void *object, uint32_t id)
{
    struct lock_entry entry;
    struct trace_event *event = lock_table_get_any(object, &entry) ? events_claim(self, id) : NULL;
    if (event)
        events_fill(event, id, entry.initial,
                    entry.init_stack ? entry.init_stack : entry.first_stack, TRACE_EVENT_OBJECT,
                    entry.kind, entry.flags);
}

/* The object's next number; false if nothing is known of it. Kind 0: to be looked up; another may
 * be what an annotation calls it, and it may have got its mark just now. Who does not
 * hold the lock alone counts as a reader. */
static bool take_number(struct shim_thread *self, enum trace_lock_kind kind, const void *object,
                        uint32_t mode, struct event_number *number)
{
    if (!kind)
        kind = lock_table_kind(object);
    uint32_t *word = events_word(kind, object);
    if (!word && lock_table_count_event(object, !(mode & TRACE_MODE_READ), number)) {
        if (number->sequence == 1)
            introduce(self, object, number->object);
        return true;
    }
    if (!word && !(word = events_word(lock_table_kind(object), object)))
        return false;
    *number = (struct event_number){0, events_count(word, mode)};
    return true;
}

/* Two readers may come here at a time. */
void events_mark_birth(struct shim_thread *self, enum trace_lock_kind kind, const void *object)
{
    static struct inner_lock marking;
    struct event_number moved;
    uint32_t *word = NULL;
    bool is_new = false;
    inner_lock_acquire(&marking);
    if (birth_mark_is_missing(kind, object)) {
        is_new = lock_table_move_events(object, &moved);
        word = kind == TRACE_LOCK_MUTEX ? events_word_of_mutex((pthread_mutex_t *)object)
                                        : &((pthread_rwlock_t *)object)->__data.__pad3;
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
    struct event_number number;
    if (self->top != self->held && entry->address == (uintptr_t)object &&
        take_number(self, kind, object, mode, &number))
        events_write(self, TRACE_EVENT_ACQUIRE, mode, lock, number.sequence, stack);
}

/* One that is not the last in the chain of held locks, or in a wait, says so by itself. */
void events_release_slow(struct shim_thread *self, enum trace_lock_kind kind,
                         const struct trace_held *entry, uint32_t mode)
{
    uint32_t lock = entry->lock, stack = entry->stack;
    struct event_number number;
    if (!events_are_on(self) ||
        !take_number(self, kind, (const void *)(uintptr_t)entry->address, mode, &number) ||
        (entry == self->top - 1 && events_fold_release(self, lock, number.sequence, mode)))
        return;
    events_write(self, TRACE_EVENT_RELEASE, mode, lock, number.sequence, stack);
}

void events_read_again(struct shim_thread *self, const void *object, uint32_t mode,
                       uintptr_t address, uintptr_t pointer)
{
    const struct trace_held *held = acquire_find_held(self, object);
    struct event_number number;
    if (events_are_on(self) && held && matters_again(held) &&
        take_number(self, TRACE_LOCK_RWLOCK, object, TRACE_MODE_READ, &number))
        events_write(self, TRACE_EVENT_ACQUIRE, mode & EVENTS_MODE, held->lock, number.sequence,
                     events_stack(self, address, pointer));
}

void events_given_back_once(struct shim_thread *self, const struct trace_held *held)
{
    const void *object = (const void *)(uintptr_t)held->address;
    struct event_number number;
    if (events_are_on(self) && matters_again(held) &&
        take_number(self, TRACE_LOCK_RWLOCK, object, TRACE_MODE_READ, &number))
        events_write(self, TRACE_EVENT_RELEASE, TRACE_MODE_READ, held->lock, number.sequence,
                     held->stack);
}

uint32_t events_stack(struct shim_thread *self, uintptr_t address, uintptr_t pointer)
{
    const struct stack_cache_entry *caller = stack_cache_find(&self->stacks, address, pointer);
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
    if (!take_number(self, TRACE_LOCK_CONDITION, object, TRACE_MODE_READ, &number))
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
    if (lock && take_number(self, 0, object, TRACE_MODE_READ, &number))
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
    const uint32_t *word = events_word(kind, object);
    struct event_number number = {0, 0};
    if (word)
        return __atomic_load_n(word, __ATOMIC_ACQUIRE);
    return lock_table_sample_events(object, &number) ? number.sequence : 0;
}

/* A lock that nobody was seen to take is of no interest. */
void events_try_failed(enum trace_lock_kind kind, uint32_t mode, const void *object,
                       uint32_t before, uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    if (!events_are_on(self))
        return;
    uint32_t after = events_sample_slow(kind, object), passed = after - before;
    struct event_number number = {lock_table_find(object), 0};
    if (!events_word(kind, object) && !lock_table_sample_events(object, &number))
        return;
    uint32_t stack = events_stack(self, address, pointer);
    struct trace_event *event = after ? events_claim(self, number.object) : NULL;
    if (event)
        events_fill(event, number.object, after, stack, TRACE_EVENT_TRY_FAIL, mode | TRACE_MODE_TRY,
                    passed > UINT16_MAX ? UINT16_MAX : passed);
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

void events_of_thread(struct shim_thread *self, enum trace_event_kind kind, uint32_t mode,
                      uint32_t other, uint32_t stack)
{
    if (events_are_on(self))
        events_write(self, kind, mode, other, 0, stack);
}

struct event_log events_log_begin(struct shim_thread *state, struct event_log old)
{
    struct event_log log = {.chunk = old.chunk, .resumed = old.resumed};
    state->event_next = options.events ? NOWHERE : NULL;
    state->event_end = state->event_next;
    return log;
}

void events_log_end(struct shim_thread *self)
{
    if (self->log.lost)
        recording_count_lost_some(TRACE_LOST_event, self->log.lost);
    self->log.lost = 0;
}

void events_log_leave(struct shim_thread *state)
{
    struct trace_chunk *chunk = state->log.chunk;
    bool has_room =
        chunk && state->event_next >= events_in(chunk) && state->event_next < end_of(chunk);
    state->log.resumed = has_room ? state->event_next : NULL;
    events_log_end(state);
}

void events_confine(void)
{
    atomic_store_explicit(&is_confined, true, memory_order_relaxed);
}

void events_after_fork(void)
{
    bytes_taken = 0;
    atomic_store_explicit(&is_stopped, false, memory_order_relaxed);
}
