#include "analyzer/misuse/caller_code.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/base/array.h"

struct code_file {
    const char *path;
    const uint8_t *build_id; /* as recorded */
    uint32_t build_id_bytes;
    int fd;
    Elf *elf; /* NULL: not usable */
};

struct caller_code {
    struct arena *arena;
    ARRAY(struct code_file) files;
};

struct caller_code *caller_code_create(struct arena *arena)
{
    struct caller_code *reader = arena_alloc(arena, 1, sizeof *reader);
    elf_version(EV_CURRENT);
    reader->arena = arena;
    return reader;
}

void caller_code_free(struct caller_code *reader)
{
    for (size_t i = 0; i < reader->files.count; i++) {
        elf_end(reader->files.items[i].elf);
        if (reader->files.items[i].fd >= 0) {
            close(reader->files.items[i].fd);
        }
    }
}

static bool is_usable(Elf *elf, const struct code_file *file)
{
    GElf_Ehdr header;
    const void *build_id;
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &header) == NULL ||
        header.e_machine != EM_X86_64) {
        return false;
    }
    ssize_t bytes = dwelf_elf_gnu_build_id(elf, &build_id);
    return file->build_id_bytes == 0 ||
           (bytes == (ssize_t)file->build_id_bytes &&
            memcmp(build_id, file->build_id, file->build_id_bytes) == 0);
}

static void open_file(struct code_file *file)
{
    struct stat status;
    file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->fd < 0 || fstat(file->fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        return;
    }
    file->elf = elf_begin(file->fd, ELF_C_READ_MMAP, NULL);
    if (!is_usable(file->elf, file)) {
        elf_end(file->elf);
        file->elf = NULL;
    }
}

static Elf *find_elf(struct caller_code *reader, const struct module *module)
{
    for (size_t i = 0; i < reader->files.count; i++) {
        const struct code_file *file = &reader->files.items[i];
        if (strcmp(file->path, module->path) == 0 &&
            file->build_id_bytes == module->build_id_bytes &&
            memcmp(file->build_id, module->build_id, module->build_id_bytes) == 0) {
            return file->elf;
        }
    }
    struct code_file *file = array_add(reader->arena, &reader->files);
    *file = (struct code_file){.path = module->path,
                               .build_id = module->build_id,
                               .build_id_bytes = module->build_id_bytes,
                               .fd = -1};
    open_file(file);
    return file->elf;
}

/* The executable segment around `address`, as far as the file has it. */
static bool find_segment(Elf *elf, uint64_t address, struct code *code)
{
    size_t file_bytes = 0, count = 0;
    const char *bytes = elf_rawfile(elf, &file_bytes);
    if (bytes == NULL || elf_getphdrnum(elf, &count) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(elf, (int)i, &segment) == NULL || segment.p_type != PT_LOAD ||
            (segment.p_flags & PF_X) == 0 || address - segment.p_vaddr >= segment.p_filesz ||
            segment.p_offset > file_bytes || segment.p_filesz > file_bytes - segment.p_offset) {
            continue;
        }
        *code = (struct code){.bytes = (const uint8_t *)bytes + segment.p_offset,
                              .start = segment.p_vaddr,
                              .size = segment.p_filesz};
        return true;
    }
    return false;
}

bool caller_code_find(struct caller_code *reader, const struct execution *execution,
                      trace_code_t place, struct code *code, uint64_t *address)
{
    const struct module *module = execution_find_module(execution, TRACE_CODE_MODULE(place));
    Elf *elf = module != NULL ? find_elf(reader, module) : NULL;
    if (elf == NULL || !find_segment(elf, TRACE_CODE_OFFSET(place), code)) {
        return false;
    }
    *address = TRACE_CODE_OFFSET(place);
    return true;
}
