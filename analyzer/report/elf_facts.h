/* What the headers and the dynamic symbols of an ELF file say about watching it. Reads hostile
 * files safely (libelf checks its input). Allocates from the arena; any thread. */
#ifndef UNKNOT_REPORT_ELF_FACTS_H
#define UNKNOT_REPORT_ELF_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "analyzer/base/array.h"

struct elf_facts {
    bool is_64_bit;
    uint16_t machine;
    const char *interpreter; /* the dynamic loader, NULL for a static program */
    bool symbolic;           /* DF_SYMBOLIC: binds to its own symbols first */
    bool is_go;
    bool is_rust;
    uint8_t build_id[32];
    size_t build_id_bytes;       /* 0 for none */
    ARRAY(const char *) needed;  /* libraries it names */
    ARRAY(const char *) imports; /* functions it wants from others */
    ARRAY(const char *) exports; /* functions it offers to others */
};

/* False when the file cannot be read or is not an ELF file. */
__attribute__((warn_unused_result)) bool elf_facts_read(struct arena *arena, const char *path,
                                                        struct elf_facts *facts);

/* It is the file with that build-id, or none is known. */
bool elf_facts_has_build_id(const struct elf_facts *facts, const uint8_t *build_id, size_t bytes);

bool elf_facts_imports(const struct elf_facts *facts, const char *symbol);
bool elf_facts_exports(const struct elf_facts *facts, const char *symbol);

#endif
