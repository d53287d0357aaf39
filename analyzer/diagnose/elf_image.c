#include "analyzer/diagnose/elf_image.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/diagnose/elf_notes.h"

#define SEGMENTS_MAX   256
#define NOTE_BYTES_MAX 65536u
#define ID_BYTES_MAX   64u
#define PAGE           4096u

static bool read_header(const struct elf_bytes *bytes, Elf64_Ehdr *header)
{
    return bytes->read(bytes->context, 0, header, sizeof *header) &&
           memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == ELFDATA2LSB &&
           header->e_phentsize == sizeof(Elf64_Phdr) && header->e_phnum <= SEGMENTS_MAX;
}

static void take_build_id(struct arena *arena, struct elf_notes notes, struct elf_image *image)
{
    struct elf_note note;
    while (image->build_id == NULL && elf_notes_next(&notes, ELF_NOTE_GNU, &note)) {
        if (note.type == NT_GNU_BUILD_ID && note.bytes != 0 && note.bytes <= ID_BYTES_MAX) {
            uint8_t *copy = arena_alloc(arena, note.bytes, 1);
            memcpy(copy, note.content, note.bytes);
            image->build_id = copy;
            image->build_id_bytes = note.bytes;
        }
    }
}

static void read_notes(struct arena *arena, const struct elf_bytes *bytes,
                       const Elf64_Phdr *segment, struct elf_image *image)
{
    if (image->build_id != NULL || segment->p_filesz > NOTE_BYTES_MAX) {
        return;
    }
    uint8_t *notes = arena_alloc(arena, segment->p_filesz + 1, 1);
    if (bytes->read(bytes->context, segment->p_offset, notes, segment->p_filesz)) {
        take_build_id(arena, (struct elf_notes){notes, segment->p_filesz}, image);
    }
}

/* The first one covers offset 0, but for what strange linkers do. */
static void take_load(const Elf64_Phdr *segment, bool is_first, struct elf_image *image)
{
    if (is_first) {
        image->first_address = (segment->p_vaddr - segment->p_offset) & ~(uint64_t)(PAGE - 1);
    }
    if (segment->p_memsz <= UINT64_MAX - segment->p_vaddr &&
        segment->p_vaddr + segment->p_memsz > image->end_address) {
        image->end_address = segment->p_vaddr + segment->p_memsz;
    }
}

bool elf_image_read(struct arena *arena, const struct elf_bytes *bytes, struct elf_image *image)
{
    Elf64_Ehdr header;
    Elf64_Phdr segments[SEGMENTS_MAX];
    bool loaded = false;
    if (!read_header(bytes, &header) || !bytes->read(bytes->context, header.e_phoff, segments,
                                                     header.e_phnum * sizeof segments[0])) {
        return false;
    }
    *image = (struct elf_image){.machine = header.e_machine, .type = header.e_type};
    for (size_t i = 0; i < header.e_phnum; i++) {
        const Elf64_Phdr *segment = &segments[i];
        if (segment->p_type == PT_NOTE) {
            read_notes(arena, bytes, segment, image);
        } else if (segment->p_type == PT_LOAD) {
            take_load(segment, !loaded, image);
            loaded = true;
        }
    }
    return loaded;
}

static bool read_descriptor(const void *context, uint64_t offset, void *buffer, size_t bytes)
{
    return offset <= INT64_MAX &&
           pread(*(const int *)context, buffer, bytes, (off_t)offset) == (ssize_t)bytes;
}

bool elf_image_read_file(struct arena *arena, const char *path, struct elf_image *image)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    const struct elf_bytes bytes = {read_descriptor, &fd};
    if (fd < 0) {
        return false;
    }
    bool read =
        fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && elf_image_read(arena, &bytes, image);
    close(fd);
    return read;
}
