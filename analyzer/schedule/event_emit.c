#include "analyzer/schedule/event_emit.h"

void merge_emit(struct merge *merge, uint32_t thread, enum sync_event_kind kind, uint32_t mode,
                uint32_t object, uint32_t site)
{
    const struct sync_event event = {
        .thread = thread,
        .object = object,
        .site = site,
        .kind = (uint8_t)kind,
        .mode = (uint8_t)mode,
    };

    merge->event_count++;
    merge->take(merge->taker, &event);
}

/* Recorded modes are those of a trace, bit by bit. */
_Static_assert(SYNC_READER == TRACE_MODE_READ && SYNC_TRY == TRACE_MODE_TRY &&
                   SYNC_TIMED == TRACE_MODE_TIMED && SYNC_IN_WAIT == TRACE_MODE_WAIT &&
                   SYNC_NOT_WOKEN == TRACE_EVENT_NOT_WOKEN,
               "modes need no translation");

static bool take_request(struct merge_thread *thread, uint32_t object)
{
    for (uint32_t i = thread->request_count; i-- > 0;) {
        if (thread->requests[i] != object + 1)
            continue;
        thread->requests[i] = thread->requests[--thread->request_count];
        return true;
    }
    return false;
}

/* Of many that were given up, the oldest are forgotten. */
static void note_request(struct merge_thread *thread, uint32_t object)
{
    if (thread->request_count == MERGE_REQUESTS) {
        for (uint32_t i = 1; i < MERGE_REQUESTS; i++)
            thread->requests[i - 1] = thread->requests[i];
        thread->request_count--;
    }
    thread->requests[thread->request_count++] = object + 1;
}

/* What was had at once was asked for just before. */
void merge_emit_request(struct merge *merge, uint32_t number, const struct trace_event *event,
                        uint32_t object)
{
    const uint32_t kept = SYNC_READER | SYNC_TIMED | SYNC_IN_WAIT;

    if (!take_request(&merge->threads.items[number], object) && !(event->mode & SYNC_TRY))
        merge_emit(merge, number, SYNC_REQUEST, event->mode & kept, object, event->stack);
}

void merge_acquire(struct merge *merge, uint32_t number, const struct trace_event *event,
                   uint32_t object, uint32_t mode)
{
    struct merge_thread *thread = &merge->threads.items[number];
    struct merge_object *of = &merge->objects.items[object];

    merge_emit(merge, number, SYNC_ACQUIRE, mode & (SYNC_READER | SYNC_TRY | SYNC_IN_WAIT), object,
               event->stack);
    *array_add(merge->arena, &thread->held) =
        (struct merge_held){object, event->sequence, event->stack, (uint8_t)mode};
    if (mode & SYNC_READER)
        of->readers++;
    else
        of->writer = number + 1;
}

void merge_forget_held(struct merge_thread *thread, uint32_t object)
{
    for (size_t i = thread->held.count; i-- > 0;) {
        if (thread->held.items[i].object != object)
            continue;
        for (size_t next = i + 1; next < thread->held.count; next++)
            thread->held.items[next - 1] = thread->held.items[next];
        thread->held.count--;
        return;
    }
}

void merge_release(struct merge *merge, uint32_t number, uint32_t object, uint32_t mode,
                   uint32_t site)
{
    struct merge_object *of = &merge->objects.items[object];

    merge_emit(merge, number, SYNC_RELEASE, mode & (SYNC_READER | SYNC_IN_WAIT), object, site);
    merge_forget_held(&merge->threads.items[number], object);
    if (!(mode & SYNC_READER))
        of->writer = 0;
    else if (of->readers)
        of->readers--;
}

const struct merge_held *merge_last_held_alone(const struct merge_thread *thread)
{
    for (size_t i = thread->held.count; i-- > 0;) {
        if (!(thread->held.items[i].mode & SYNC_READER))
            return &thread->held.items[i];
    }
    return NULL;
}

void merge_emit_plain(struct merge *merge, uint32_t number, const struct trace_event *event,
                      uint32_t object)
{
    static const uint8_t kinds[TRACE_EVENT_KINDS_END] = {
        [TRACE_EVENT_WAIT_BEGIN] = SYNC_WAIT_BEGIN,
        [TRACE_EVENT_WAIT_END] = SYNC_WAIT_END,
        [TRACE_EVENT_SIGNAL] = SYNC_SIGNAL,
        [TRACE_EVENT_BROADCAST] = SYNC_BROADCAST,
        [TRACE_EVENT_POST] = SYNC_POST,
        [TRACE_EVENT_TAKE] = SYNC_TAKE,
        [TRACE_EVENT_TAKE_POST] = SYNC_TAKE,
        [TRACE_EVENT_BARRIER_ENTER] = SYNC_BARRIER_ENTER,
        [TRACE_EVENT_BARRIER_LEAVE] = SYNC_BARRIER_LEAVE,
        [TRACE_EVENT_ONCE_PASS] = SYNC_ONCE_PASS,
        [TRACE_EVENT_CREATE] = SYNC_CREATE,
        [TRACE_EVENT_BEGIN] = SYNC_BEGIN,
        [TRACE_EVENT_JOIN] = SYNC_JOIN,
    };
    merge_emit(merge, number, kinds[event->kind],
               event->mode & (SYNC_TIMED | SYNC_TRY | SYNC_NOT_WOKEN), object, event->stack);
}

void merge_emit_asked(struct merge *merge, uint32_t number, const struct trace_event *event,
                      uint32_t object)
{
    merge_emit(merge, number, SYNC_REQUEST, event->mode & (TRACE_EVENT_ONE_RELEASE - 1), object,
               event->stack);
    if (event->kind == TRACE_EVENT_REQUEST)
        note_request(&merge->threads.items[number], object);
}
