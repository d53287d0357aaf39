#include "analyzer/schedule/event_pieces.h"

#include <stdlib.h>

#include "analyzer/base/array.h"
#include "trace/event_pack.h"

struct collector {
    struct arena *arena;
    struct event_pieces *result;
    struct event_room *room;
    ARRAY(struct event_piece) pieces;
};

/* Takes the pieces of a chunk, or of a block, NULL for none. */
static void take_pieces(struct collector *collector, const struct trace_event *events, size_t count,
                        const struct trace_packed *block)
{
    struct event_piece *piece = NULL;

    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == 0)
            continue;
        if (events[i].kind == TRACE_EVENT_PIECE) {
            piece = array_add(collector->arena, &collector->pieces);
            *piece = (struct event_piece){
                .thread = events[i].object,
                .number = events[i].sequence,
                .events = block == NULL ? &events[i + 1] : NULL,
                .block = block,
                .first = i + 1,
            };
        } else if (piece) {
            piece->count = i + 1 - piece->first;
            piece->written++;
        } else {
            collector->result->left_out++;
        }
    }
}

static void take_chunk(const struct trace_event *events, size_t count, void *context)
{
    take_pieces(context, events, count, NULL);
}

/* The fuller one of two copies first, else the one that lies first. */
static int compare(const void *a, const void *b)
{
    const struct event_piece *one = a, *two = b;

    if (one->thread != two->thread)
        return one->thread < two->thread ? -1 : 1;
    if (one->number != two->number)
        return one->number < two->number ? -1 : 1;
    if (one->written != two->written)
        return one->written > two->written ? -1 : 1;
    uintptr_t at_one = (uintptr_t)(one->block != NULL ? (const void *)one->block : one->events);
    uintptr_t at_two = (uintptr_t)(two->block != NULL ? (const void *)two->block : two->events);
    if (at_one != at_two)
        return at_one < at_two ? -1 : 1;
    return one->first < two->first ? -1 : one->first > two->first;
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
    struct event_model model;

    take_pieces(collector, collector->room->events,
                event_unpack(&model, block, collector->room->events), block);
}

const struct trace_event *event_piece_read(const struct event_piece *piece, struct event_room *room)
{
    struct event_model model;

    if (piece->block == NULL)
        return piece->events;
    if (room->block != piece->block)
        (void)event_unpack(&model, piece->block, room->events);
    room->block = piece->block;
    return &room->events[piece->first];
}

void event_pieces_collect(struct arena *arena, const struct trace_reader *reader,
                          struct event_pieces *pieces)
{
    struct collector collector = {
        .arena = arena,
        .result = pieces,
        .room = arena_alloc(arena, 1, sizeof *collector.room),
    };

    *pieces = (struct event_pieces){0};
    trace_reader_each_events(reader, take_chunk, &collector);
    trace_reader_each_packed(reader, take_block, &collector);
    pieces->items = collector.pieces.items;
    pieces->count = collector.pieces.count;
    if (pieces->count)
        qsort(pieces->items, pieces->count, sizeof *pieces->items, compare);
    drop_behind_gaps(pieces);
}
