/* The files of /proc, which have no size before they are read. Any thread; allocates from the
 * arena only. */
#ifndef UNKNOT_DIAGNOSE_PROC_FILE_H
#define UNKNOT_DIAGNOSE_PROC_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

/* The whole file, with a zero behind it; NULL with errno when it cannot be read. */
__attribute__((format(printf, 2, 3))) char *proc_file_read(struct arena *arena,
                                                           const char *path_format, ...);
char *proc_file_read_bytes(struct arena *arena, const char *path, size_t *bytes);

/* The first or last number of the line that begins with `name`; `otherwise` when there is none. */
uint64_t proc_file_field(const char *text, const char *name, uint64_t otherwise);
uint64_t proc_file_last_field(const char *text, const char *name, uint64_t otherwise);

#endif
