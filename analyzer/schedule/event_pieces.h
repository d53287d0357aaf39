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
    uint32_t thread, number; /* the thread's id, and which of its runs, from 1 */
    const struct trace_event *events;
    size_t count; /* places, of which some may be unwritten (kind 0) */
    size_t written;
};

struct event_pieces {
    struct event_piece *items; /* by thread, then number */
    size_t count;
    size_t left_out; /* events of no thread, or behind a gap in their thread's runs */
};

/* The recording's bytes stay the caller's; the pieces point into them, or into the arena where
 * events were packed. */
void event_pieces_collect(struct arena *arena, const struct trace_reader *reader,
                          struct event_pieces *pieces);

#endif
