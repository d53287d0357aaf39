#include "analyzer/diagnose/elf_notes.h"

#include <elf.h>
#include <string.h>

static uint64_t aligned(uint32_t bytes)
{
    return ((uint64_t)bytes + 3u) & ~(uint64_t)3u;
}

/* The last one may lack the bytes that align its end. */
static void skip(struct elf_notes *notes, uint64_t bytes)
{
    size_t step = bytes < notes->left ? (size_t)bytes : notes->left;
    notes->bytes += step;
    notes->left -= step;
}

bool elf_notes_next(struct elf_notes *notes, const char *owner, struct elf_note *note)
{
    Elf64_Nhdr head;
    while (notes->left >= sizeof head) {
        memcpy(&head, notes->bytes, sizeof head);
        skip(notes, sizeof head);
        const uint8_t *name = notes->bytes;
        if (aligned(head.n_namesz) > notes->left ||
            head.n_descsz > notes->left - aligned(head.n_namesz)) {
            return false;
        }
        skip(notes, aligned(head.n_namesz));
        *note = (struct elf_note){head.n_type, notes->bytes, head.n_descsz};
        skip(notes, aligned(head.n_descsz));
        if (head.n_namesz == strlen(owner) + 1 && memcmp(name, owner, head.n_namesz) == 0) {
            return true;
        }
    }
    return false;
}
