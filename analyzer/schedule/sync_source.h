/* Where the events of a trace come from: read from the first to the last, as often as needed, so
 * that nobody has to have them all in memory. */
#ifndef UNKNOT_SCHEDULE_SYNC_SOURCE_H
#define UNKNOT_SCHEDULE_SYNC_SOURCE_H

#include <stdbool.h>
#include "analyzer/schedule/sync_trace.h"

/* Takes the next event, which is its own only until it returns. */
typedef void sync_take(void *taker, const struct sync_event *event);

/* What reads; the first member of what knows how. */
struct sync_source {
    /* Hands all events over, each time the same. False: *error is one line for the user. */
    bool (*read)(struct sync_source *source, sync_take *take, void *taker, const char **error);
    /* The threads and objects of the events handed over so far, and those of the one at hand;
     * without events. They keep their numbers. */
    const struct sync_trace *trace;
    size_t most_events; /* that there can be, if known; else 0 */
    /* When the event at hand was, as in a trace's times; NULL: that is not known of any. */
    const uint64_t *time_ns;
};

#endif
