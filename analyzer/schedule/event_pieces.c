#include "analyzer/schedule/event_pieces.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/base/array.h"
#include "trace/event_pack.h"

struct collector {
    struct arena *arena;
    struct event_pieces *result;
    ARRAY(struct event_piece) pieces;
};

static void take_chunk(const struct trace_event *events, size_t count, void *context)
{
    struct collector *collector = context;
    struct event_piece *piece = NULL;

    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == 0)
            continue;
        if (events[i].kind == TRACE_EVENT_PIECE) {
            piece = array_add(collector->arena, &collector->pieces);
            *piece =
                (struct event_piece){events[i].object, events[i].sequence, &events[i + 1], 0, 0};
        } else if (piece) {
            piece->count = (size_t)(&events[i + 1] - piece->events);
            piece->written++;
        } else {
            collector->result->left_out++;
        }
    }
}

/* The fuller one of two copies first. */
static int compare(const void *a, const void *b)
{
    const struct event_piece *one = a, *two = b;

    if (one->thread != two->thread)
        return one->thread < two->thread ? -1 : 1;
    if (one->number != two->number)
        return one->number < two->number ? -1 : 1;
    if (one->written != two->written)
        return one->written > two->written ? -1 : 1;
    return one->events < two->events ? -1 : one->events > two->events;
}

/* Keeps of each thread the runs up to the first that is missing. */
static void drop_behind_gaps(struct event_pieces *pieces)
{
    size_t kept = 0;
    uint32_t thread = 0, number = 0;

    for (size_t i = 0; i < pieces->count; i++) {
        const struct event_piece *piece = &pieces->items[i];
        if (i == 0 || piece->thread != thread) {
            thread = piece->thread;
            number = 0;
        }
        bool is_copy = number != 0 && piece->number == number;
        if (piece->number == number + 1) {
            number++;
            pieces->items[kept++] = *piece;
        } else if (!is_copy) {
            pieces->left_out += piece->written;
        }
    }
    pieces->count = kept;
}

static void take_block(const struct trace_packed *block, void *context)
{
    struct collector *collector = context;
    struct trace_event unpacked[TRACE_PACKED_EVENTS];
    struct event_model model;
    size_t count = event_unpack(&model, block, unpacked);
    struct trace_event *events = arena_alloc(collector->arena, count, sizeof *events);

    memcpy(events, unpacked, count * sizeof *events);
    take_chunk(events, count, context);
}

void event_pieces_collect(struct arena *arena, const struct trace_reader *reader,
                          struct event_pieces *pieces)
{
    struct collector collector = {.arena = arena, .result = pieces};

    *pieces = (struct event_pieces){0};
    trace_reader_each_events(reader, take_chunk, &collector);
    trace_reader_each_packed(reader, take_block, &collector);
    pieces->items = collector.pieces.items;
    pieces->count = collector.pieces.count;
    if (pieces->count)
        qsort(pieces->items, pieces->count, sizeof *pieces->items, compare);
    drop_behind_gaps(pieces);
}
