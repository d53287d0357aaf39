/* Lines of the program's source, when it can be read here. Not thread-safe. */
#ifndef UNKNOT_REPORT_SOURCE_H
#define UNKNOT_REPORT_SOURCE_H

#include <stdint.h>
#include "analyzer/base/arena.h"

/* The line without indentation and end, at most 160 bytes of it; NULL when the file cannot be read
 * or has no such line. Reads the file up to that line each time. */
const char *source_line(struct arena *arena, const char *path, uint32_t line);

/* All of the file, at most 8 MiB, and when it was last changed (CLOCK_REALTIME); NULL when it cannot
 * be read or is no text. */
char *source_content(struct arena *arena, const char *path, uint64_t *changed_ns);

#endif
