/* What must be known of an ELF file without trusting it, read from the file or from the memory it
 * is mapped to: how far it is moved in memory, and its build-id. Any thread; allocates from the
 * arena only. */
#ifndef UNKNOT_DIAGNOSE_ELF_IMAGE_H
#define UNKNOT_DIAGNOSE_ELF_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

/* Bytes by their offset in the file; all of them or none. */
struct elf_bytes {
    bool (*read)(const void *context, uint64_t offset, void *buffer, size_t bytes);
    const void *context;
};

struct elf_image {
    uint16_t machine, type;
    /* The address in the file's own terms of what lies at offset 0. */
    uint64_t first_address;
    uint64_t end_address;    /* past its last byte in memory, those that begin as zero included */
    const uint8_t *build_id; /* NULL when it has none */
    uint32_t build_id_bytes;
};

/* False for what is no 64-bit little-endian ELF file. */
__attribute__((warn_unused_result)) bool
elf_image_read(struct arena *arena, const struct elf_bytes *bytes, struct elf_image *image);

/* The same of the file at `path`. */
__attribute__((warn_unused_result)) bool elf_image_read_file(struct arena *arena, const char *path,
                                                             struct elf_image *image);

#endif
