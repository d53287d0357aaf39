/* Brings a recording's bytes into memory. Read, not mapped: a program that is still running may
 * change or shorten its file under the analysis, and a mapping would die of that. */
#ifndef UNKNOT_MODEL_EXECUTION_FILE_H
#define UNKNOT_MODEL_EXECUTION_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include "analyzer/base/arena.h"

/* Events can be most of a recording, and few analyses want them: without them their places are
 * zero, and take neither time nor memory. */
enum execution_part { EXECUTION_WITHOUT_EVENTS, EXECUTION_WHOLE };

/* The file at `path`, 16-byte aligned in the arena. False: *error is one line for the user,
 * the other outputs are untouched. Never blocks on a fifo or device. */
__attribute__((warn_unused_result)) bool execution_file_read(struct arena *arena, const char *path,
                                                             enum execution_part part,
                                                             const void **data, size_t *size,
                                                             const char **error);

#endif
