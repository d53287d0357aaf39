#include "analyzer/schedule/story.h"

#define NOT_OF_PATTERN UINT32_MAX

struct teller {
    struct arena *arena, *scratch;
    struct schedule_index *index;
    const struct witness *witness;
    struct story *story;
    uint32_t *request_of; /* thread → its place among the requests, or NOT_OF_PATTERN */
    uint32_t *released;   /* object → position of its last release, plus one; 0: none */
    bool *is_marked;      /* by position */
    size_t marked;
};

static void mark(struct teller *teller, uint32_t position)
{
    teller->marked += !teller->is_marked[position];
    teller->is_marked[position] = true;
}

/* Follows what the pattern's threads hold, and marks what is left in the end. */
static void mark_holds(struct teller *teller)
{
    const struct sync_trace *trace = teller->index->trace;

    for (size_t i = 0; i < teller->witness->order_count; i++) {
        uint32_t position = teller->witness->order[i];
        const struct sync_event *event = &trace->events[position];
        uint32_t request = teller->request_of[event->thread];
        if (request == NOT_OF_PATTERN)
            continue;
        struct held_stack *held = &teller->story->holds[request];
        if (event->kind == SYNC_ACQUIRE)
            held_stack_push(teller->scratch, held, event->object, event->mode & SYNC_READER,
                            position);
        else if (event->kind == SYNC_RELEASE)
            (void)held_stack_remove(held, event->object, NULL);
    }
    for (size_t i = 0; i < teller->witness->request_count; i++) {
        for (size_t j = 0; j < teller->story->holds[i].count; j++)
            mark(teller, teller->story->holds[i].items[j].tag);
    }
}

/* Marks the releases by other threads that came last before the holds. */
static void mark_releases(struct teller *teller)
{
    const struct sync_trace *trace = teller->index->trace;

    for (size_t i = 0; i < teller->witness->order_count; i++) {
        uint32_t position = teller->witness->order[i];
        const struct sync_event *event = &trace->events[position];
        uint32_t *released = &teller->released[event->object];
        if (event->kind == SYNC_RELEASE)
            *released = position + 1;
        else if (event->kind == SYNC_ACQUIRE && teller->is_marked[position] && *released != 0 &&
                 trace->events[*released - 1].thread != event->thread)
            mark(teller, *released - 1);
    }
}

/* Marks the last event before the request that needed one of another thread, and that one. */
static void mark_need(struct teller *teller, uint32_t position)
{
    struct schedule_index *index = teller->index;
    uint32_t thread = index->trace->events[position].thread;
    const struct edge *last = NULL;

    for (size_t i = 0; i < index->threads[thread].edges.count; i++) {
        const struct edge *edge = &index->threads[thread].edges.items[i];
        if (schedule_index_position(index, thread, edge->index) > position)
            break;
        last = edge;
    }
    if (last == NULL)
        return;
    position = schedule_index_position(index, thread, last->index);
    if (index->trace->events[position].kind != SYNC_BEGIN)
        mark(teller, position);
    if (last->thread < index->trace->thread_count)
        mark(teller, schedule_index_position(index, last->thread, last->from));
}

static void keep_events(struct teller *teller)
{
    const struct sync_trace *trace = teller->index->trace;
    const struct trace_ids *ids = teller->story->ids;
    const struct witness *witness = teller->witness;
    struct witness_event *events =
        arena_alloc(teller->arena, teller->marked + witness->request_count, sizeof *events);
    size_t count = 0;

    for (size_t i = 0; i < witness->order_count; i++) {
        if (teller->is_marked[witness->order[i]])
            events[count++] = trace_ids_event(ids, trace, witness->order[i]);
    }
    for (size_t i = 0; i < witness->request_count; i++)
        events[count++] = trace_ids_event(ids, trace, witness->requests[i]);
    teller->story->events = events;
    teller->story->event_count = count;
}

void story_tell(struct arena *arena, struct arena *scratch, struct schedule_index *index,
                const struct trace_ids *ids, const struct witness *witness, struct story *story)
{
    const struct sync_trace *trace = index->trace;
    struct teller teller = {
        .arena = arena,
        .scratch = scratch,
        .index = index,
        .witness = witness,
        .story = story,
        .request_of = arena_alloc(scratch, trace->thread_count, sizeof *teller.request_of),
        .released = arena_alloc(scratch, trace->object_count, sizeof *teller.released),
        .is_marked = arena_alloc(scratch, trace->event_count, sizeof *teller.is_marked),
    };

    *story = (struct story){.trace = trace, .ids = ids};
    story->holds = arena_alloc(scratch, witness->request_count, sizeof *story->holds);
    for (uint32_t i = 0; i < trace->thread_count; i++)
        teller.request_of[i] = NOT_OF_PATTERN;
    for (size_t i = 0; i < witness->request_count; i++)
        teller.request_of[trace->events[witness->requests[i]].thread] = (uint32_t)i;
    mark_holds(&teller);
    mark_releases(&teller);
    for (size_t i = 0; i < witness->request_count; i++)
        mark_need(&teller, witness->requests[i]);
    keep_events(&teller);
}

uint32_t story_held_stack(const struct story *story, size_t request, uint32_t lock,
                          uint32_t otherwise)
{
    const struct held_stack *held = &story->holds[request];

    for (size_t i = 0; i < held->count; i++) {
        if (story->ids->locks[held->items[i].object] == lock)
            return story->ids->first_stack + story->trace->events[held->items[i].tag].site;
    }
    return otherwise;
}
