/* A recording's events as a trace (sync_trace.h), with what its threads and objects are called
 * there. Of one process: a fork child has a recording of its own. Everything lives in the arena:
 * 16 bytes for each event that is kept (trace_keep.h), besides the file. Linear time. */
#ifndef UNKNOT_SCHEDULE_RECORDED_TRACE_H
#define UNKNOT_SCHEDULE_RECORDED_TRACE_H

#include <stdbool.h>
#include "analyzer/base/arena.h"
#include "analyzer/schedule/sync_trace.h"
#include "trace/reader.h"

struct recorded_trace {
    struct sync_trace trace; /* sites are ids of stacks in the recording, 0 unknown */
    const uint32_t *threads; /* by thread: its id in the recording */
    const uint32_t *objects; /* by object: the lock's id; of a thread's end, the thread's */
    const uint8_t *kinds;    /* by object: enum trace_lock_kind, 0 unknown */
    size_t recorded;         /* events in the recording */
    size_t left_out;         /* those that are not in the trace: nothing tells where they belong */
    uint64_t lost;           /* those that the recording lacks, after the last that it has */
    bool is_torn;
    bool is_shared;    /* other processes can act on an object of it */
    bool drops_shared; /* locks that several threads use, but that do not matter (trace_survey.h) */
    uint32_t first_stack; /* the id of site 0; the others follow */
};

/* The locks that are waited for in the schedules that are looked for, by object. It is told all of
 * the trace but the events. */
typedef const bool *recorded_wanted(void *context, const struct recorded_trace *recorded);

/* Of a trace of more than `most_events`, only what matters if those locks are wanted; SIZE_MAX:
 * all, and nobody is asked. The recording's bytes are not needed any more when this returns. A
 * recording without events makes an empty trace. */
void recorded_trace_make(struct arena *arena, const struct trace_reader *reader, size_t most_events,
                         recorded_wanted *find_wanted, void *context,
                         struct recorded_trace *recorded);

/* From the file at `path`. False: *error is one line for the user. */
__attribute__((warn_unused_result)) bool
recorded_trace_load(struct arena *arena, const char *path, size_t most_events,
                    recorded_wanted *find_wanted, void *context, struct recorded_trace *recorded,
                    const char **error);

/* Whether there is anything in the file but locks (event_glance.h); false, too, if it cannot be
 * read.
 */
bool recorded_trace_has_waits(const struct arena *arena, const char *path);

#endif
