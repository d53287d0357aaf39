#include "analyzer/diagnose/elf_image.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static uint32_t aligned(uint32_t bytes)
{
    return (bytes + 3u) & ~3u;
}

/* Looks for the build-id among the notes. */
static void take_notes(struct arena *arena, const uint8_t *notes, size_t left,
                       struct elf_image *image)
{
    Elf64_Nhdr note;
    while (left >= sizeof note) {
        memcpy(&note, notes, sizeof note);
        notes += sizeof note;
        left -= sizeof note;
        if (note.n_namesz > left || aligned(note.n_namesz) > left ||
            note.n_descsz > left - aligned(note.n_namesz)) {
            return;
        }
        const uint8_t *content = notes + aligned(note.n_namesz);
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(notes, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0 && note.n_descsz != 0 &&
            note.n_descsz <= ID_BYTES_MAX) {
            uint8_t *copy = arena_alloc(arena, note.n_descsz, 1);
            memcpy(copy, content, note.n_descsz);
            image->build_id = copy;
            image->build_id_bytes = note.n_descsz;
            return;
        }
        size_t step = (size_t)aligned(note.n_namesz) + aligned(note.n_descsz);
        if (step > left) {
            return;
        }
        notes += step;
        left -= step;
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
        take_notes(arena, notes, segment->p_filesz, image);
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
