/* As much of a trace in memory as its analysis needs. A short one is kept as it is first read; of a
 * longer one the rest is let go, and if a cycle of locks asks for its events, it is read again for
 * those that matter (trace_survey.h).
 *
 * Memory: up to `most_events` times 16 bytes, else 16 for each event that matters, besides what the
 * survey takes. */
#ifndef UNKNOT_SCHEDULE_TRACE_KEEP_H
#define UNKNOT_SCHEDULE_TRACE_KEEP_H

#include "analyzer/schedule/sync_source.h"
#include "analyzer/schedule/trace_survey.h"

/* Traces up to this length are kept whole: a quarter of a gigabyte. */
#define TRACE_KEEP_MOST_EVENTS ((size_t)1 << 24)

struct trace_keep {
    struct arena *arena;
    struct sync_source *source;
    struct trace_survey survey;
    struct arena room; /* of `events`, until there are too many; then they are those loaded */
    struct sync_event *events;
    uint64_t *times; /* NULL: the source has none */
    size_t count, capacity, most_events;
    bool has_all;
    sync_take *also; /* of the first reading; NULL: nobody */
    void *context;
};

/* The first reading, in which `also` (unless NULL) gets each event after `survey.use` has it. The
 * source stays the caller's and must live as long. False: *error is one line for the user. */
__attribute__((warn_unused_result)) bool
trace_keep_read(struct trace_keep *keep, struct arena *arena, struct sync_source *source,
                size_t most_events, sync_take *also, void *context, const char **error);

/* The whole trace, or what of it matters to schedules in which the locks of `wanted` (by object)
 * are waited for; *drops_shared: it is without some locks that several threads use. False: *error
 * is one line for the user. */
__attribute__((warn_unused_result)) bool trace_keep_load(struct trace_keep *keep,
                                                         const bool *wanted,
                                                         struct sync_trace *trace,
                                                         bool *drops_shared, const char **error);

#endif
