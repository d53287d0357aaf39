#include "shim/core/events.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

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

/* Below every place, too: with option times each event takes the slow way, and has its time behind
 * it. */
#define TIMED ((struct trace_event *)(2 * sizeof(struct trace_event)))
enum { TIME_MODE = 255 }; /* no release is folded into it */

static atomic_bool is_stopped, is_confined;

/* Under recording_lock. */
static uint64_t bytes_taken; /* by events, not packed: what bounds the reader's memory, too */
static uint32_t processors;  /* counted before the first time is written */
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
    if (bytes_taken + chunk->bytes > options.trace_limit_bytes)
        return false;
    event_pack(&model, events_in(chunk), count, &packed.block);
    if (!recording_append(&packed.block))
        return false;
    bytes_taken += chunk->bytes;
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

/* A thread that held locks before its first event: it has forked. The one it is about to record as
 * acquired is not among them. */
static struct trace_event *tell_held(const struct shim_thread *self, struct trace_event *place,
                                     uint32_t acquired)
{
    const struct trace_event *end = end_of(self->log.chunk);
    for (const struct trace_held *held = self->held; held != self->top; held++) {
        uint32_t times = !held->address || held->lock == acquired ? 0
                         : events_matter_again(held)              ? held->count
                                                                  : 1;
        for (; times > 0 && place < end; times--)
            events_fill(place++, events_first_half(held->lock, last_number(held)),
                        events_second_half(held->stack, TRACE_EVENT_HELD,
                                           held->site_mode & EVENTS_MODE, 0));
    }
    return place;
}

static void count_processors(void)
{
    cpu_set_t usable;
    if (processors == 0 && sched_getaffinity(0, sizeof(usable), &usable) == 0)
        processors = (uint32_t)CPU_COUNT(&usable);
}

static void begin_piece(struct shim_thread *self, struct trace_event *place, uint32_t object)
{
    struct event_log *log = &self->log;
    events_fill(place++, events_first_half(self->id, ++log->piece),
                events_second_half(milliseconds(), TRACE_EVENT_PIECE, 0, 0));
    if (log->piece == 1 && log->is_of_survivor) {
        place = tell_held(self, place, object);
        memset(&self->stacks, 0, sizeof(self->stacks)); /* to be recorded when seen again */
    }
    __atomic_store_n(&log->chunk->state, 0, __ATOMIC_RELEASE);
    self->event_next = place;
    if (options.times)
        count_processors();
    struct trace_event *end = options.times ? TIMED : end_of(log->chunk);
    __atomic_store_n(&self->event_end, end, __ATOMIC_SEQ_CST);
    if (atomic_load_explicit(&is_stopped, memory_order_seq_cst))
        self->event_end = STOPPED;
}

static bool is_full(const struct shim_thread *self)
{
    const struct trace_event *end = self->event_end;
    return self->event_next >= (end == TIMED ? end_of(self->log.chunk) : end);
}

/* A handler may have been here since the claim that failed. */
static void refill(struct shim_thread *self, uint32_t object)
{
    recording_lock();
    if (is_full(self) && !atomic_load_explicit(&is_stopped, memory_order_relaxed)) {
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

/* In one step, as in events_add. */
static struct trace_event *claim(struct shim_thread *self)
{
    return __atomic_fetch_add(&self->event_next, sizeof(struct trace_event), __ATOMIC_RELAXED);
}

/* The place claimed by who calls this is the last one, unless a handler has written there since.
 * False: it is behind the end. */
static bool add_timed(struct shim_thread *self, uint64_t first, uint64_t second)
{
    const struct trace_event *end = end_of(self->log.chunk);
    struct trace_event *event = self->event_next - 1;
    if (event < end && event->kind != 0)
        event = claim(self);
    if (event >= end)
        return false;
    events_fill(event, first, second);
    uint64_t now = clock_exact_ns() - recording_start_ns();
    event = claim(self);
    if (event < end + SPARE)
        events_fill(event, events_first_half(processors, (uint32_t)now),
                    events_second_half((uint32_t)(now >> 32), TRACE_EVENT_TIME, TIME_MODE, 0));
    return true;
}

void events_add_slow(struct shim_thread *self, uint64_t first, uint64_t second)
{
    if (atomic_load_explicit(&is_confined, memory_order_relaxed))
        stop();
    if (atomic_load_explicit(&is_stopped, memory_order_relaxed)) {
        count_lost(self);
        return;
    }
    if (self->event_end == TIMED && add_timed(self, first, second))
        return;
    if (!may_begin(self)) {
        self->event_next = self->event_end = NOWHERE;
        return;
    }
    int saved_errno = errno;
    uintptr_t busy = self->busy;
    self->busy = THREAD_CALLING_OUT;
    refill(self, (uint32_t)first);
    self->busy = busy;
    errno = saved_errno;
    events_add(self, first, second);
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
