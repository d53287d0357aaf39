#include "analyzer/diagnose/core_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTES_BYTES_MAX ((uint64_t)256 << 20)
#define SEGMENTS_MAX    1000000u

static bool read_at(const struct core_file *core, uint64_t offset, void *buffer, size_t bytes)
{
    return offset <= core->bytes && bytes <= core->bytes - offset &&
           pread(core->fd, buffer, bytes, (off_t)offset) == (ssize_t)bytes;
}

/* What else the file may be, or NULL when it begins like a core of x86-64. */
static const char *not_a_core(struct arena *arena, const char *path, const Elf64_Ehdr *header)
{
    static const struct {
        const char *magic, *tool;
        size_t bytes;
    } packed[] = {{"\x28\xb5\x2f\xfd", "zstd -d", 4},
                  {"\x04\x22\x4d\x18", "lz4 -d", 4},
                  {"\xfd"
                   "7zXZ",
                   "xz -d", 5},
                  {"\x1f\x8b", "gzip -d", 2}};
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
        if (memcmp(header->e_ident, packed[i].magic, packed[i].bytes) == 0) {
            return arena_printf(arena, "%s is compressed: decompress it first (%s)", path,
                                packed[i].tool);
        }
    }
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
        return arena_printf(arena, "%s is not a core file", path);
    }
    if (header->e_ident[EI_DATA] == ELFDATA2LSB && header->e_type != ET_CORE) {
        return arena_printf(arena, "%s is not a core file but a program or library", path);
    }
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != EM_X86_64) {
        return arena_printf(arena,
                            "%s is the core of another architecture; only those of x86-64 programs "
                            "can be examined",
                            path);
    }
    return header->e_phentsize == sizeof(Elf64_Phdr)
               ? NULL
               : arena_printf(arena, "%s is not a core file", path);
}

/* Very many segments are counted in the first section header. */
static uint32_t segment_count(const struct core_file *core, const Elf64_Ehdr *header)
{
    Elf64_Shdr section;
    if (header->e_phnum != PN_XNUM) {
        return header->e_phnum;
    }
    return read_at(core, header->e_shoff, &section, sizeof section) ? section.sh_info : 0;
}

/* False when they are not all there. */
static bool read_notes(struct arena *arena, struct core_file *core, const Elf64_Phdr *segment)
{
    if (segment->p_filesz > NOTES_BYTES_MAX || segment->p_filesz > core->bytes) {
        return false;
    }
    uint8_t *notes = arena_alloc(arena, segment->p_filesz + 1, 1);
    if (!read_at(core, segment->p_offset, notes, segment->p_filesz)) {
        return false;
    }
    struct elf_notes rest = {notes, segment->p_filesz};
    struct elf_note note;
    while (elf_notes_next(&rest, "CORE", &note)) {
        *array_add(arena, &core->notes) = note;
    }
    return true;
}

static void take_segment(struct arena *arena, struct core_file *core, const Elf64_Phdr *segment)
{
    uint64_t end = segment->p_vaddr + segment->p_memsz;
    uint64_t file_end = segment->p_offset + segment->p_filesz;
    if (end < segment->p_vaddr || file_end < segment->p_offset ||
        segment->p_filesz > segment->p_memsz) {
        return;
    }
    core->bytes_wanted = file_end > core->bytes_wanted ? file_end : core->bytes_wanted;
    *array_add(arena, &core->segments) =
        (struct core_segment){segment->p_vaddr, end, segment->p_offset, segment->p_filesz};
}

static int by_start(const void *a, const void *b)
{
    uint64_t one = ((const struct core_segment *)a)->start;
    uint64_t other = ((const struct core_segment *)b)->start;
    return one < other ? -1 : one > other;
}

/* One line about what is missing, or NULL. */
static const char *read_segments(struct arena *arena, struct core_file *core, const char *path,
                                 const Elf64_Ehdr *header)
{
    uint32_t count = segment_count(core, header);
    bool has_notes = false;
    if (count == 0 || count > SEGMENTS_MAX) {
        return arena_printf(arena, "%s is a damaged core: it lists no memory", path);
    }
    for (uint32_t i = 0; i < count; i++) {
        Elf64_Phdr segment;
        if (!read_at(core, header->e_phoff + (uint64_t)i * sizeof segment, &segment,
                     sizeof segment)) {
            return arena_printf(arena, "%s is cut short: not even its list of memory is whole",
                                path);
        }
        if (segment.p_type == PT_LOAD) {
            take_segment(arena, core, &segment);
        } else if (segment.p_type == PT_NOTE) {
            if (!read_notes(arena, core, &segment)) {
                return arena_printf(arena, "%s is cut short: its threads are not in it", path);
            }
            has_notes = true;
        }
    }
    if (core->segments.count != 0) {
        qsort(core->segments.items, core->segments.count, sizeof *core->segments.items, by_start);
    }
    return has_notes ? NULL : arena_printf(arena, "%s is a damaged core: it has no threads", path);
}

static const char *open_problem(struct arena *arena, struct core_file *core, const char *path)
{
    struct stat status;
    Elf64_Ehdr header;
    core->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (core->fd < 0) {
        return errno == ENOENT
                   ? arena_printf(arena, "there is neither a process nor a file '%s'", path)
                   : arena_printf(arena, "cannot read %s: %s", path, strerror(errno));
    }
    if (fstat(core->fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        return arena_printf(arena, "%s is not a core file", path);
    }
    core->bytes = (uint64_t)status.st_size;
    if (!read_at(core, 0, &header, sizeof header)) {
        return arena_printf(arena, "%s is not a core file: it has %" PRIu64 " bytes", path,
                            core->bytes);
    }
    const char *problem = not_a_core(arena, path, &header);
    return problem != NULL ? problem : read_segments(arena, core, path, &header);
}

bool core_file_open(struct arena *arena, const char *path, struct core_file *core,
                    const char **error)
{
    *core = (struct core_file){.fd = -1};
    const char *problem = open_problem(arena, core, path);
    if (problem == NULL) {
        return true;
    }
    *error = problem;
    if (core->fd >= 0) {
        close(core->fd);
    }
    return false;
}

/* The segment that covers the address, or NULL. */
static const struct core_segment *find_segment(const struct core_file *core, uint64_t address)
{
    size_t low = 0;
    size_t high = core->segments.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (core->segments.items[middle].end <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const struct core_segment *found =
        low < core->segments.count ? &core->segments.items[low] : NULL;
    return found != NULL && address >= found->start ? found : NULL;
}

size_t core_file_read(const struct core_file *core, uint64_t address, void *buffer, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        const struct core_segment *segment = find_segment(core, address + done);
        uint64_t inside = segment != NULL ? address + done - segment->start : 0;
        if (segment == NULL || inside >= segment->bytes) {
            break;
        }
        size_t part = bytes - done;
        part = part < segment->bytes - inside ? part : (size_t)(segment->bytes - inside);
        if (!read_at(core, segment->offset + inside, (char *)buffer + done, part)) {
            break;
        }
        done += part;
    }
    return done;
}
