/* Where a report goes: a descriptor of the process, or the file of --output. */
#ifndef UNKNOT_COMMAND_OUTPUT_H
#define UNKNOT_COMMAND_OUTPUT_H

#include "analyzer/report/format.h"

struct output {
    int fd;
    const char *path; /* NULL for a descriptor of the process */
};

/* Opens `path` without emptying it yet, or takes `fallback` when it is NULL. False, with one line
 * on stderr, when the file cannot be written. The program started later does not inherit it. */
__attribute__((warn_unused_result)) bool output_open(struct output *output, const char *command,
                                                     const char *path, int fallback);

/* Replaces the contents of the file with what `write` writes, or writes that to the stream, and
 * closes a file. False, with one line on stderr, when not all of it could be written. A reader that
 * went away is no error. */
__attribute__((warn_unused_result)) bool
output_write_by(struct output *output, const char *command,
                void (*write)(FILE *out, const void *context), const void *context);

/* Closes a file without touching its contents. */
void output_close(struct output *output);

/* Whether the report should have colours; `when` is auto, always, never or NULL. */
bool output_has_color(const struct output *output, const char *when);

#endif
