/* Source files as other tools name them: relative to the root of the sources, as a URI. Any thread;
 * allocates from the arena only. */
#ifndef UNKNOT_REPORT_ARTIFACT_H
#define UNKNOT_REPORT_ARTIFACT_H

#include <stdbool.h>
#include "analyzer/base/arena.h"

/* The path without ".", ".." and doubled slashes, and relative to `root` if it lies below it.
 * *is_relative tells; a path that was relative counts as one to the root. */
const char *artifact_path(struct arena *arena, const char *root, const char *path,
                          bool *is_relative);

/* The path percent-encoded; an absolute one as "file:///...". */
const char *artifact_uri(struct arena *arena, const char *path);

#endif
