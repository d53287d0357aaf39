/* The layout of a core file: its notes and the memory it holds, every number checked against the
 * file. Not thread-safe; allocates from the arena. */
#ifndef UNKNOT_DIAGNOSE_CORE_FILE_H
#define UNKNOT_DIAGNOSE_CORE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/array.h"
#include "analyzer/diagnose/elf_notes.h"

struct core_segment {
    uint64_t start, end;    /* addresses; what lies past the bytes of the file was not written */
    uint64_t offset, bytes; /* in the file */
};

struct core_file {
    int fd;
    uint64_t bytes, bytes_wanted;        /* there, and when it is whole */
    ARRAY(struct core_segment) segments; /* by address */
    ARRAY(struct elf_note) notes;        /* of the kernel's own kind, "CORE" */
};

/* False with one line in *error, and nothing open. */
__attribute__((warn_unused_result)) bool core_file_open(struct arena *arena, const char *path,
                                                        struct core_file *core, const char **error);

/* How many of the bytes from `address` on the file holds without a gap, at most `bytes`; those are
 * in the buffer. */
size_t core_file_read(const struct core_file *core, uint64_t address, void *buffer, size_t bytes);

#endif
