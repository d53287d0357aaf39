#include "analyzer/base/progress.h"
#include "analyzer/schedule/event_emit.h"

/* At the clock, to tell how far it is. */
enum { EVENTS_BETWEEN_LOOKS = 1 << 16 };

/* What a thread waits for: bits 0-1 say which of these, bits 2-33 a number, the rest the object. */
enum wait { FOR_NUMBER, FOR_SAMPLE, FOR_END };

struct run {
    struct merge *merge;
    uint32_t *buckets; /* 1 more than a thread that waits, by its key */
    size_t bucket_mask;
    uint32_t *queue; /* threads that may go on, a ring; each at most once */
    size_t queue_first, queue_count;
    bool ignores_tries;
    struct number_table early; /* places of events whose first step was made before: 1 */
};

/* How many events to look through for one that a handler interrupted. */
enum { HANDLER_EVENTS_MAX = 1024 };

/* What the next step of an event is, and what has to come before it. */
struct step {
    enum { NOTHING_MORE, FREE, NEEDS_NUMBER, NEEDS_SAMPLE, NEEDS_END } need;
    uint32_t object, number;
};

static uint64_t key_of(enum wait wait, uint32_t object, uint32_t number)
{
    return (uint64_t)object << 34 | (uint64_t)number << 2 | wait;
}

static uint32_t *bucket_of(struct run *run, uint64_t key)
{
    return &run->buckets[(key * 0x9e3779b97f4a7c15u >> 20) & run->bucket_mask];
}

static void push(struct run *run, uint32_t number)
{
    size_t capacity = run->merge->threads.count;
    struct merge_thread *thread = &run->merge->threads.items[number];

    if (thread->is_queued || thread->is_done)
        return;
    thread->is_queued = true;
    run->queue[(run->queue_first + run->queue_count++) % capacity] = number;
}

static uint32_t pop(struct run *run)
{
    uint32_t number = run->queue[run->queue_first];

    run->queue_first = (run->queue_first + 1) % run->merge->threads.count;
    run->queue_count--;
    run->merge->threads.items[number].is_queued = false;
    return number;
}

static void wait_for(struct run *run, uint32_t number, uint64_t key)
{
    struct merge_thread *thread = &run->merge->threads.items[number];
    uint32_t *bucket = bucket_of(run, key);

    thread->waits_for = key;
    thread->next_waiter = *bucket;
    *bucket = number + 1;
}

static void wake(struct run *run, uint64_t key)
{
    for (uint32_t *link = bucket_of(run, key); *link != 0;) {
        uint32_t number = *link - 1;
        struct merge_thread *thread = &run->merge->threads.items[number];
        if (thread->waits_for == key) {
            *link = thread->next_waiter;
            push(run, number);
        } else {
            link = &thread->next_waiter;
        }
    }
}

/* Sections have a step more; the rest are releases. One that nothing is held for is damage: the
 * thread goes no further. */
static struct step later_step(const struct merge_thread *thread, const struct trace_event *event,
                              uint32_t object)
{
    bool is_pair = event->kind == TRACE_EVENT_SECTION || event->kind == TRACE_EVENT_TAKE_POST;
    uint32_t own = is_pair ? 2 : 1;
    uint32_t steps = own + event->mode / TRACE_EVENT_ONE_RELEASE;

    if (thread->step >= steps)
        return (struct step){NOTHING_MORE, 0, 0};
    if (thread->step < own)
        return (struct step){NEEDS_NUMBER, object, merge_second_number(event)};
    const struct merge_held *held = merge_last_held_alone(thread);
    return held ? (struct step){NEEDS_NUMBER, held->object, held->number + 1}
                : (struct step){NEEDS_END, UINT32_MAX, 0};
}

static struct step first_step(const struct trace_event *event, uint32_t object)
{
    enum { OTHER = FREE, COUNTED = NEEDS_NUMBER, SAMPLED = NEEDS_SAMPLE };
    static const uint8_t needs[] = {
#define X(number, NAME, numbering, text) [number] = numbering,
#include "trace/event_kinds.def"
#undef X
    };
    if (event->kind == TRACE_EVENT_JOIN)
        return (struct step){NEEDS_END, object, 0};
    if (merge_is_shared(event))
        return (struct step){NEEDS_SAMPLE, object, event->sequence};
    return (struct step){needs[event->kind], object, event->sequence};
}

static bool tries_remain(struct run *run, uint32_t object, uint32_t number)
{
    if (run->ignores_tries || !run->merge->objects.items[object].has_tries)
        return false;
    const uint32_t *left =
        number_table_find(&run->merge->tries, (uint64_t)object << 32 | (number - 1));
    return left && *left != 0;
}

static bool is_over(const struct merge *merge, uint32_t thread_object)
{
    if (thread_object == UINT32_MAX)
        return false;
    const uint32_t *number =
        number_table_find(&merge->thread_numbers, merge->objects.items[thread_object].id);
    const struct merge_thread *thread = number ? &merge->threads.items[*number - 1] : NULL;
    return !thread || thread->is_done || thread->piece_end == 0;
}

/* True if the step may be made; else the thread waits. */
static bool may_go(struct run *run, uint32_t number, const struct step *step)
{
    const struct merge *merge = run->merge;

    switch (step->need) {
    case NEEDS_NUMBER:
        if (merge->objects.items[step->object].next == step->number &&
            !tries_remain(run, step->object, step->number))
            return true;
        wait_for(run, number, key_of(FOR_NUMBER, step->object, step->number));
        return false;
    case NEEDS_SAMPLE:
        if (!merge->objects.items[step->object].is_numbered ||
            (int32_t)(merge->objects.items[step->object].next - 1 - step->number) >= 0)
            return true;
        wait_for(run, number, key_of(FOR_SAMPLE, step->object, step->number));
        return false;
    case NEEDS_END:
        if (is_over(merge, step->object))
            return true;
        wait_for(run, number, key_of(FOR_END, step->object & 0x3fffffff, 0));
        return false;
    default:
        return true;
    }
}

/* The object's next number is given: who waits for it, or for having seen this one, may go on. */
static void count_number(struct run *run, const struct step *step)
{
    run->merge->objects.items[step->object].next = step->number + 1;
    wake(run, key_of(FOR_SAMPLE, step->object, step->number));
    if (!tries_remain(run, step->object, step->number + 1))
        wake(run, key_of(FOR_NUMBER, step->object, step->number + 1));
}

/* The holder is certain where nobody else has had the lock alone since the samples were taken.
 * Readers are not: others may have come and gone, without numbers. */
static void fail_try(struct run *run, uint32_t number, const struct trace_event *event,
                     uint32_t object)
{
    struct merge *merge = run->merge;
    const struct merge_object *of = &merge->objects.items[object];
    bool is_certain = event->span == 0 && of->next == event->sequence + 1 && of->writer != 0;
    uint32_t *left = number_table_find(&merge->tries, (uint64_t)object << 32 | event->sequence);

    merge_emit(merge, number, SYNC_TRY_FAIL,
               (event->mode & (SYNC_READER | SYNC_TRY)) | (is_certain ? SYNC_HOLDER_SEEN : 0),
               object, event->stack);
    if (left && *left && --*left == 0)
        wake(run, key_of(FOR_NUMBER, object, event->sequence + 1));
}

static void begin_created(struct run *run, const struct trace_event *event)
{
    uint32_t number = merge_thread_of(run->merge, event->object);
    struct merge_thread *thread = &run->merge->threads.items[number];

    if (thread->has_creator && thread->piece_end != 0) {
        thread->has_creator = false;
        push(run, number);
    }
}

/* Of a thread, or of what it holds: nothing that others wait for. */
static bool make_own_step(struct merge *merge, uint32_t number, const struct trace_event *event,
                          uint32_t object)
{
    struct merge_thread *thread = &merge->threads.items[number];

    switch (event->kind) {
    case TRACE_EVENT_OBJECT:
    case TRACE_EVENT_FORK:
        return true;
    case TRACE_EVENT_DROP:
        merge_forget_held(thread, object);
        return true;
    case TRACE_EVENT_END:
        thread->has_ended = true;
        return true;
    case TRACE_EVENT_REQUEST:
    case TRACE_EVENT_JOIN_REQUEST:
        merge_emit_asked(merge, number, event, object);
        return true;
    default:
        return false;
    }
}

static void make_first_step(struct run *run, uint32_t number, const struct trace_event *event,
                            uint32_t object)
{
    struct merge *merge = run->merge;
    uint32_t mode = event->mode & (TRACE_EVENT_ONE_RELEASE - 1);

    if (make_own_step(merge, number, event, object))
        return;
    switch (event->kind) {
    case TRACE_EVENT_HELD:
        merge_acquire(merge, number, event, object, mode | SYNC_TRY);
        break;
    case TRACE_EVENT_ACQUIRE:
    case TRACE_EVENT_SECTION:
        merge_emit_request(merge, number, event, object);
        merge_acquire(merge, number, event, object, mode);
        break;
    case TRACE_EVENT_RELEASE:
        merge_release(merge, number, object, mode, event->stack);
        break;
    case TRACE_EVENT_TRY_FAIL:
        fail_try(run, number, event, object);
        break;
    case TRACE_EVENT_TAKE:
    case TRACE_EVENT_TAKE_POST:
    case TRACE_EVENT_ONCE_PASS: /* another time it might come while the initialiser runs */
        merge_emit_request(merge, number, event, object);
        merge_emit_plain(merge, number, event, object);
        break;
    default:
        merge_emit_plain(merge, number, event, object);
        if (event->kind == TRACE_EVENT_CREATE)
            begin_created(run, event);
    }
}

static void make_step(struct run *run, uint32_t number, const struct trace_event *event,
                      const struct step *step)
{
    struct merge *merge = run->merge;
    struct merge_thread *thread = &merge->threads.items[number];

    if (thread->step == 0) {
        make_first_step(run, number, event, step->object);
    } else if (event->kind == TRACE_EVENT_TAKE_POST && thread->step == 1) {
        merge_emit(merge, number, SYNC_POST, 0, step->object,
                   event->stack + (uint32_t)(int16_t)event->span);
    } else {
        const struct merge_held *held = merge_last_held_alone(thread);
        bool is_own = event->kind == TRACE_EVENT_SECTION && thread->step == 1;
        uint32_t mode = is_own ? event->mode & SYNC_READER : 0;
        uint32_t site = is_own || !held ? event->stack : held->stack;
        merge_release(merge, number, step->object, mode, site);
    }
    if (step->need == NEEDS_NUMBER)
        count_number(run, step);
    merge->threads.items[number].step++;
}

/* The thread's next event, NULL at its end. What a newer writer wrote is passed over. */
static const struct trace_event *next_event(struct merge *merge, struct merge_thread *thread)
{
    for (; thread->piece < thread->piece_end; thread->piece++, thread->event = 0) {
        const struct event_piece *piece = &merge->pieces->items[thread->piece];
        const struct trace_event *events = merge_read_piece(merge, piece, &thread->room);
        for (; thread->event < piece->count; thread->event++) {
            const struct trace_event *event = &events[thread->event];
            if (event->kind == 0 || event->kind == TRACE_EVENT_TIME)
                continue;
            if (event->kind < TRACE_EVENT_KINDS_END)
                return event;
            merge->done++;
        }
    }
    return NULL;
}

/* When the thread's event was: its time is behind it; that of the one before, if it is missing. */
static void read_time(struct merge *merge, struct merge_thread *thread,
                      const struct trace_event *event)
{
    const struct trace_event *end =
        event - thread->event + merge->pieces->items[thread->piece].count;

    if (merge->processors == 0)
        return;
    for (event++; event < end && event->kind == 0; event++) {
    }
    if (event < end && event->kind == TRACE_EVENT_TIME)
        thread->time_ns = (uint64_t)event->stack << 32 | event->sequence;
    merge->now_ns = thread->time_ns;
}

/* What a thread that has ended still holds of robust locks goes to who asks next. */
static void release_robust(struct merge *merge, uint32_t number)
{
    struct merge_thread *thread = &merge->threads.items[number];

    for (size_t i = thread->held.count; i-- > 0;) {
        const struct merge_held held = thread->held.items[i];
        const struct merge_object *object = &merge->objects.items[held.object];
        if (object->lock_flags & TRACE_LOCK_ROBUST && object->writer == number + 1)
            merge_release(merge, number, held.object, held.mode, held.stack);
    }
}

static void finish(struct run *run, uint32_t number)
{
    struct merge *merge = run->merge;
    struct merge_thread *thread = &merge->threads.items[number];
    const struct trace_event end = {.kind = TRACE_EVENT_END, .object = thread->id};

    thread->is_done = true;
    merge->now_ns = thread->time_ns;
    merge_free_room(merge, &thread->room);
    uint32_t object = merge_object_of(merge, &end);
    if (thread->has_ended)
        release_robust(merge, number);
    if (thread->has_ended)
        merge_emit(merge, number, SYNC_END, 0, object, thread->last_stack);
    wake(run, key_of(FOR_END, object & 0x3fffffff, 0));
}

/* Of the thread's next event: which it is. */
static uint64_t place_of(const struct merge_thread *thread)
{
    return (uint64_t)thread->piece << 32 | thread->event;
}

static bool is_early(const struct run *run, uint64_t place)
{
    return run->early.count != 0 && number_table_find(&run->early, place) != NULL;
}

static void run_thread(struct run *run, uint32_t number)
{
    struct merge *merge = run->merge;
    const struct trace_event *event;

    while ((event = next_event(merge, &merge->threads.items[number]))) {
        struct merge_thread *thread = &merge->threads.items[number];
        uint32_t object = event->kind == TRACE_EVENT_FORK ? 0 : merge_object_of(merge, event);
        if (thread->step == 0 && is_early(run, place_of(thread)))
            thread->step = 1;
        struct step step =
            thread->step == 0 ? first_step(event, object) : later_step(thread, event, object);
        if (step.need == NOTHING_MORE) {
            thread->step = 0;
            thread->event++;
            if (++merge->done % EVENTS_BETWEEN_LOOKS == 0)
                progress_at(merge->done, merge->raw_count);
        } else if (may_go(run, number, &step)) {
            read_time(merge, thread, event);
            make_step(run, number, event, &step);
        } else {
            return;
        }
    }
    finish(run, number);
}

static void push_all(struct run *run)
{
    for (size_t i = 0; i <= run->bucket_mask; i++)
        run->buckets[i] = 0;
    for (uint32_t i = 0; i < run->merge->threads.count; i++) {
        const struct merge_thread *thread = &run->merge->threads.items[i];
        if (thread->piece_end != 0 && !thread->has_creator)
            push(run, i);
    }
}

static void run_queue(struct run *run)
{
    while (run->queue_count)
        run_thread(run, pop(run));
}

/* The event that has the number on which the thread's next one has to wait, if it is the thread's
 * own: a signal handler came between the number of one event and its place, and acted on the same
 * object. Among the next events only; handlers are short. Good until the thread's next event. */
static const struct trace_event *find_interrupted(struct merge *merge, uint32_t number,
                                                  uint64_t *place)
{
    struct merge_thread thread = merge->threads.items[number]; /* its place is not moved */
    const struct trace_event *found = NULL, *event = next_event(merge, &thread);
    uint32_t object = event != NULL ? event->object : 0;
    size_t done = merge->done;

    for (uint32_t i = 0; event != NULL && found == NULL && i < HANDLER_EVENTS_MAX; i++) {
        thread.event++;
        event = next_event(merge, &thread);
        if (event == NULL || event->object != object || event->kind == TRACE_EVENT_FORK)
            continue;
        uint32_t of = merge_object_of(merge, event);
        struct step step = first_step(event, of);
        if (step.need == NEEDS_NUMBER && step.number == merge->objects.items[of].next)
            found = event;
        *place = place_of(&thread);
    }
    merge->done = done;
    merge->threads.items[number].room = thread.room;
    return found;
}

/* Lets such events happen where their numbers say. False: there is none. */
static bool resume_interrupted(struct run *run)
{
    struct merge *merge = run->merge;
    bool any = false;

    for (uint32_t i = 0; i < merge->threads.count; i++) {
        const struct merge_thread *thread = &merge->threads.items[i];
        if (thread->is_done || thread->piece_end == 0 || thread->step != 0 || thread->is_queued)
            continue;
        uint64_t place = 0;
        const struct trace_event *event = find_interrupted(merge, i, &place);
        if (event == NULL || is_early(run, place))
            continue;
        struct step step = first_step(event, merge_object_of(merge, event));
        *number_table_at(merge->arena, &run->early, place) = 1;
        make_first_step(run, i, event, step.object);
        count_number(run, &step);
        any = true;
    }
    return any;
}

/* Where all are stuck, handlers may be the reason, or tries that were never recorded; the order
 * then holds without these. */
void merge_run(struct merge *merge)
{
    struct run run = {.merge = merge};
    size_t buckets = 1;

    while (buckets < 2 * merge->threads.count)
        buckets *= 2;
    run.bucket_mask = buckets - 1;
    run.buckets = arena_alloc(merge->arena, buckets, sizeof *run.buckets);
    run.queue = arena_alloc(merge->arena, merge->threads.count + 1, sizeof *run.queue);
    progress_begin("reading the events");
    push_all(&run);
    run_queue(&run);
    while (merge->done < merge->raw_count && resume_interrupted(&run))
        run_queue(&run);
    if (merge->done < merge->raw_count && merge->tries.count) {
        run.ignores_tries = true;
        push_all(&run);
        run_queue(&run);
    }
    progress_end();
}
