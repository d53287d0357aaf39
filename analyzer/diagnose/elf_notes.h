/* The notes of an ELF file, one after the other. What they say of their own sizes is not believed:
 * the first one that does not fit into what is there ends the walk. Any thread; allocates nothing,
 * and the notes point into the caller's bytes. */
#ifndef UNKNOT_DIAGNOSE_ELF_NOTES_H
#define UNKNOT_DIAGNOSE_ELF_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of them. */
struct elf_notes {
    const uint8_t *bytes;
    size_t left;
};

struct elf_note {
    uint32_t type;
    const uint8_t *content;
    uint32_t bytes;
};

/* The next note of that owner ("CORE", "GNU"); false if there is none. */
__attribute__((warn_unused_result)) bool elf_notes_next(struct elf_notes *notes, const char *owner,
                                                        struct elf_note *note);

#endif
