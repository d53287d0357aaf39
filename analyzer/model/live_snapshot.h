/* What the threads of a running program hold and wait for, read from the recording that it writes
 * meanwhile, without stopping it. Each thread changes its own live block (trace/format.h) while we
 * read, so all are read again and again until two passes agree: then all of it was true at once.
 * A thread that never rests is told as unsettled, with what both of the last passes saw.
 *
 * Not thread-safe; allocates from the arena. Reads the file once, then the blocks only, at most for
 * some milliseconds. */
#ifndef UNKNOT_MODEL_LIVE_SNAPSHOT_H
#define UNKNOT_MODEL_LIVE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include "analyzer/base/arena.h"
#include "trace/reader.h"

struct live_snapshot_thread {
    const struct trace_live *live; /* a copy; held_count entries follow it */
    bool is_settled;
};

struct live_snapshot {
    struct live_snapshot_thread *threads; /* those that have started and not ended */
    size_t thread_count;
    uint32_t pid; /* whose recording it is, as that process sees itself */
    enum trace_state state;
    uint64_t taken_ns; /* CLOCK_MONOTONIC */
};

/* False: *error is one line for the user. */
__attribute__((warn_unused_result)) bool live_snapshot_take(struct arena *arena, const char *path,
                                                            struct live_snapshot *snapshot,
                                                            const char **error);

static inline bool live_is_blocked(const struct trace_live *live)
{
    return live->wait % 2 == 1;
}

#endif
