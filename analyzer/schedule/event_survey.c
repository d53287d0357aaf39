/* The first look at all events: which objects and threads there are, where their numbers begin. */
#include "analyzer/schedule/event_merge.h"

static const uint64_t THREADS = (uint64_t)1 << 32;

static bool is_about_thread(uint8_t kind)
{
    return kind >= TRACE_EVENT_CREATE && kind <= TRACE_EVENT_JOIN;
}

uint32_t merge_thread_of(struct merge *merge, uint32_t id)
{
    uint32_t *number = number_table_at(merge->arena, &merge->thread_numbers, id);

    if (*number == 0) {
        array_add(merge->arena, &merge->threads)->id = id;
        *number = (uint32_t)merge->threads.count;
    }
    return *number - 1;
}

uint32_t merge_object_of(struct merge *merge, const struct trace_event *event)
{
    bool is_thread = is_about_thread(event->kind);
    uint64_t key = event->object | (is_thread ? THREADS : 0);
    uint32_t *number = number_table_at(merge->arena, &merge->object_numbers, key);

    if (*number == 0) {
        *array_add(merge->arena, &merge->objects) = (struct merge_object){
            .id = event->object, .is_thread = is_thread, .initial = SYNC_UNKNOWN};
        *number = (uint32_t)merge->objects.count;
        if (is_thread)
            (void)merge_thread_of(merge, event->object);
    }
    return *number - 1;
}

bool merge_is_shared(const struct trace_event *event)
{
    bool is_acquired = event->kind == TRACE_EVENT_ACQUIRE || event->kind == TRACE_EVENT_SECTION;
    return is_acquired && event->mode & TRACE_MODE_READ;
}

uint32_t merge_second_number(const struct trace_event *event)
{
    return event->sequence + (event->kind == TRACE_EVENT_SECTION ? event->span : 1);
}

/* The lowest number is the first: what came before is not in this recording. */
static void note_number(struct merge_object *object, uint32_t number)
{
    if (!object->is_numbered || number < object->next)
        object->next = number;
    object->is_numbered = true;
}

/* What the kind of event tells of an object that nothing else is known of. */
static uint8_t kind_from(uint8_t event_kind)
{
    switch (event_kind) {
    case TRACE_EVENT_WAIT_BEGIN:
    case TRACE_EVENT_WAIT_END:
    case TRACE_EVENT_SIGNAL:
    case TRACE_EVENT_BROADCAST:
        return TRACE_LOCK_CONDITION;
    case TRACE_EVENT_POST:
    case TRACE_EVENT_TAKE:
    case TRACE_EVENT_TAKE_POST:
        return TRACE_LOCK_SEMAPHORE;
    case TRACE_EVENT_BARRIER_ENTER:
    case TRACE_EVENT_BARRIER_LEAVE:
        return TRACE_LOCK_BARRIER;
    default:
        return 0;
    }
}

static bool is_counted(uint8_t kind)
{
    return (kind >= TRACE_EVENT_ACQUIRE && kind <= TRACE_EVENT_BARRIER_LEAVE &&
            kind != TRACE_EVENT_TRY_FAIL) ||
           kind == TRACE_EVENT_TAKE_POST;
}

static void survey_object(struct merge *merge, const struct trace_event *event)
{
    uint32_t number = merge_object_of(merge, event);
    struct merge_object *object = &merge->objects.items[number];

    if (event->kind == TRACE_EVENT_OBJECT) {
        object->lock_kind = event->mode;
        object->lock_flags = event->span;
        object->initial = event->sequence ? event->sequence - 1 : SYNC_UNKNOWN;
    } else if (event->kind == TRACE_EVENT_HELD) {
        note_number(object, event->sequence + 1);
    } else if (event->kind == TRACE_EVENT_TRY_FAIL) {
        object->has_tries = true;
        ++*number_table_at(merge->arena, &merge->tries, (uint64_t)number << 32 | event->sequence);
    } else if (event->kind == TRACE_EVENT_CREATE) {
        merge->threads.items[merge_thread_of(merge, event->object)].has_creator = true;
    } else if (merge_is_shared(event)) {
        if (event->kind == TRACE_EVENT_SECTION)
            note_number(object, merge_second_number(event));
    } else if (is_counted(event->kind)) {
        note_number(object, event->sequence);
    }
    if (!object->lock_kind && !object->is_thread)
        object->lock_kind = kind_from(event->kind);
}

/* A section is a request, an acquisition and a release; then come the locks given back with it. */
static size_t most_made_of(const struct trace_event *event)
{
    return 3 + event->mode / TRACE_EVENT_ONE_RELEASE;
}

const struct trace_event *merge_read_piece(struct merge *merge, const struct event_piece *piece,
                                           struct event_room **room)
{
    if (*room == NULL && piece->block != NULL) {
        *room = merge->rooms;
        if (*room != NULL)
            merge->rooms = (*room)->next;
        else
            *room = arena_alloc(merge->arena, 1, sizeof **room);
    }
    return event_piece_read(piece, *room);
}

void merge_free_room(struct merge *merge, struct event_room **room)
{
    if (*room == NULL)
        return;
    (*room)->next = merge->rooms;
    merge->rooms = *room;
    *room = NULL;
}

void merge_survey(struct merge *merge)
{
    struct event_room *room = NULL;

    for (size_t p = 0; p < merge->pieces->count; p++) {
        const struct event_piece *piece = &merge->pieces->items[p];
        uint32_t number = merge_thread_of(merge, piece->thread);
        struct merge_thread *thread = &merge->threads.items[number];
        if (thread->piece_end == 0)
            thread->piece = p;
        thread->piece_end = p + 1;
        const struct trace_event *events = merge_read_piece(merge, piece, &room);
        for (size_t i = 0; i < piece->count; i++) {
            const struct trace_event *event = &events[i];
            if (event->kind == TRACE_EVENT_TIME)
                merge->processors = event->object != 0 ? event->object : 1;
            if (event->kind == 0 || event->kind == TRACE_EVENT_TIME)
                continue;
            merge->raw_count++;
            merge->most_events += most_made_of(event);
            if (event->kind != TRACE_EVENT_FORK && event->kind < TRACE_EVENT_KINDS_END)
                survey_object(merge, event);
        }
    }
    merge->most_events += merge->threads.count; /* the ends of threads */
    merge_free_room(merge, &room);
}
