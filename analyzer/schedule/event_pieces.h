/* The event chunks of a recording, sorted: the runs of events of each thread, in its order.
 *
 * A recording may be torn, and a program killed while its shim copied a chunk leaves a run twice:
 * the copy with more events counts. Where a thread's run is missing, what it did later is left
 * out, as nothing tells what came before. Nothing in the data is trusted. Linear, but for sorting
 * the runs. */
#ifndef UNKNOT_SCHEDULE_EVENT_PIECES_H
#define UNKNOT_SCHEDULE_EVENT_PIECES_H

#include <stdbool.h>
#include "analyzer/base/arena.h"
#include "trace/reader.h"

struct event_piece {
    uint32_t thread, number;          /* the thread's id, and which of its runs, from 1 */
    const struct trace_event *events; /* NULL: they are packed */
    const struct trace_packed *block; /* then, in this block from its event `first` on */
    size_t first, count;              /* places, of which some may be unwritten (kind 0) */
    size_t written;
};

/* Room for the events of one block, to unpack it when they are needed. All zero when new. */
struct event_room {
    const struct trace_packed *block; /* whose events these are */
    struct event_room *next;          /* for who has several */
    struct trace_event events[TRACE_PACKED_EVENTS];
};

struct event_pieces {
    struct event_piece *items; /* by thread, then number */
    size_t count;
    size_t left_out; /* events of no thread, or behind a gap in their thread's runs */
};

/* The recording's bytes stay the caller's; the pieces point into them. */
void event_pieces_collect(struct arena *arena, const struct trace_reader *reader,
                          struct event_pieces *pieces);

/* The events of a piece; those that were packed lie in the room, until the next call with it. */
const struct trace_event *event_piece_read(const struct event_piece *piece,
                                           struct event_room *room);

#endif
