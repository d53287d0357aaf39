/* The lines of a small text file, without what surrounds them. Not thread-safe; the file is read
 * whole, into the arena. */
#ifndef UNKNOT_SUPPRESS_LINES_H
#define UNKNOT_SUPPRESS_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

struct lines {
    struct arena *arena;
    const char *path;
    const char *rest;
    const char *line; /* the current one, trimmed; NULL after the last */
    uint32_t number;  /* its number */
};

/* False with *error in one line when the file cannot be read. */
__attribute__((warn_unused_result)) bool lines_open(struct arena *arena, const char *path,
                                                    struct lines *lines, const char **error);

/* Goes to the next line that is neither empty nor a comment; false after the last. */
bool lines_next(struct lines *lines);

/* "FILE:LINE: " and what is wrong with the current line. */
__attribute__((format(printf, 2, 3))) const char *lines_error(const struct lines *lines,
                                                              const char *format, ...);

/* What follows the prefix, without blanks in front; NULL if the line does not begin so. */
const char *lines_after(const struct lines *lines, const char *prefix);

#endif
