/* Traces in the `std` format that published sets of traces have: one event a line,
 *
 *     T0|acq(L34)|130
 *
 * thread, operation with its object, place. Operations: r and w (a variable), acq, rel and req (a
 * lock; a req before its acq may be missing), fork and join (a thread, with or without the T in
 * front of its name). A lock may be taken again by its holder, which the trace made of it leaves
 * out.
 *
 * Strict: a line that is not of this form, or cannot be (a lock that two hold, a thread that acts
 * after its join), ends the reading with its number. Reads on and on through a buffer of 1 MiB;
 * memory for each name. What is no file is copied to one as it is read (input_file.h). */
#ifndef UNKNOT_SCHEDULE_STD_TRACE_H
#define UNKNOT_SCHEDULE_STD_TRACE_H

#include <stdio.h>
#include "analyzer/base/arena.h"
#include "analyzer/schedule/sync_source.h"

/* What lines call things, by number. */
struct std_names {
    const char *const *threads, *const *objects, *const *sites;
    uint32_t site_count;
};

struct std_source;

/* False: *error is one line for the user. */
__attribute__((warn_unused_result)) bool std_source_open(struct arena *arena, const char *path,
                                                         struct std_source **source,
                                                         const char **error);

/* For reading; good until it is closed. */
struct sync_source *std_source_events(struct std_source *source);

/* Those of what was read so far. */
struct std_names std_source_names(const struct std_source *source);

size_t std_source_line_count(const struct std_source *source);

void std_source_close(struct std_source *source);

/* A trace that is in memory as a whole: 16 bytes an event, twice if the input is no file. */
struct std_trace {
    struct sync_trace trace;
    size_t line_count;
    struct std_names names;
};

/* False: *error is one line for the user. */
__attribute__((warn_unused_result)) bool std_trace_read(struct arena *arena, const char *path,
                                                        struct std_trace *std, const char **error);

/* Writes what of a trace the format can say: threads, accesses, and locks that no one reads and
 * that only their holders give back. Returns how many events are left out that do not go without
 * saying. Errors are left for the caller to find on `out`. */
size_t std_trace_write(struct arena *arena, FILE *out, const struct sync_trace *trace);

#endif
