#include "shim/capture/symbol.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/capture/module.h"
#include "shim/platform/memory.h"

struct file {
    const char *bytes; /* NULL: could not be used */
    size_t size;
};

struct found {
    const char *wanted; /* the only name that will do; NULL: any */
    const char *name;   /* in the file, NULL for none */
    size_t most;        /* bytes the name may have there */
    uint64_t offset;
};

static const void *at(const struct file *file, uint64_t offset, uint64_t bytes)
{
    return offset <= file->size && bytes <= file->size - offset ? file->bytes + offset : NULL;
}

/* A file that has been replaced since it was loaded begins differently. */
static bool is_the_loaded_one(const struct file *file, const struct module_place *place)
{
    const Elf64_Ehdr *header = at(file, 0, sizeof(*header));
    return header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
           header->e_ident[EI_CLASS] == ELFCLASS64 &&
           memcmp(header, (const void *)place->start, sizeof(*header)) == 0;
}

static struct file open_file(const struct module_place *place)
{
    struct file file = {0};
    struct stat status;
    const char *path = place->path && place->path[0] ? place->path : "/proc/self/exe";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file;
    if (fstat(fd, &status) == 0 && status.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED)
            file = (struct file){bytes, (size_t)status.st_size};
    }
    close(fd);
    return file;
}

static bool covers(const Elf64_Sym *symbol, uint64_t value, enum symbol_kind kind)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    bool is_wanted = kind == SYMBOL_FUNCTION ? type == STT_FUNC : type == STT_OBJECT;
    return is_wanted && symbol->st_shndx != SHN_UNDEF && value >= symbol->st_value &&
           value - symbol->st_value < symbol->st_size;
}

static bool is_name(const char *name, size_t most, const char *wanted)
{
    size_t length = strlen(wanted);
    return length < most && memcmp(name, wanted, length + 1) == 0;
}

static bool find_in_table(const struct file *file, const Elf64_Shdr *sections, uint64_t count,
                          const Elf64_Shdr *table, uint64_t value, enum symbol_kind kind,
                          struct found *found)
{
    const Elf64_Sym *symbols = at(file, table->sh_offset, table->sh_size);
    const Elf64_Shdr *names = table->sh_link < count ? &sections[table->sh_link] : NULL;
    if (!symbols || !names || !at(file, names->sh_offset, names->sh_size))
        return false;
    for (uint64_t i = 0; i < table->sh_size / sizeof(*symbols); i++) {
        if (!covers(&symbols[i], value, kind) || symbols[i].st_name >= names->sh_size)
            continue;
        found->name = file->bytes + names->sh_offset + symbols[i].st_name;
        found->most = names->sh_size - symbols[i].st_name;
        found->offset = value - symbols[i].st_value;
        if (!found->wanted || is_name(found->name, found->most, found->wanted))
            return true;
    }
    return false;
}

/* The full table first: a stripped file has only that of what it exports. */
static bool find(const struct file *file, uint64_t value, enum symbol_kind kind,
                 struct found *found)
{
    static const uint32_t tables[] = {SHT_SYMTAB, SHT_DYNSYM};
    const Elf64_Ehdr *header = at(file, 0, sizeof(*header));
    const Elf64_Shdr *sections =
        header ? at(file, header->e_shoff, (uint64_t)header->e_shnum * sizeof(*sections)) : NULL;
    for (int i = 0; sections && i < 2; i++) {
        for (uint64_t j = 0; j < header->e_shnum; j++) {
            if (sections[j].sh_type == tables[i] &&
                find_in_table(file, sections, header->e_shnum, &sections[j], value, kind, found))
                return true;
        }
    }
    return false;
}

static void add_offset(struct text *text, uint64_t offset)
{
    text_add(text, "+");
    text_add_hex(text, offset);
}

static void add_file_name(struct text *text, const struct module_place *place)
{
    const char *path = place->path && place->path[0] ? place->path : "the program";
    const char *slash = strrchr(path, '/');
    text_add(text, slash ? slash + 1 : path);
}

bool symbol_add(struct text *text, uintptr_t address, enum symbol_kind kind)
{
    struct module_place place;
    struct found found = {0};
    if (!module_find(address, &place))
        return false;
    struct file file = open_file(&place);
    if (file.bytes && is_the_loaded_one(&file, &place) &&
        find(&file, address - place.bias, kind, &found)) {
        text_add_bytes(text, found.name, strnlen(found.name, found.most));
        if (found.offset)
            add_offset(text, found.offset);
    } else {
        add_file_name(text, &place);
        add_offset(text, address - place.bias);
    }
    memory_unmap((void *)(uintptr_t)file.bytes, file.size);
    return true;
}

bool symbol_is(uintptr_t address, enum symbol_kind kind, const char *name, uint64_t *inside)
{
    struct module_place place;
    struct found found = {.wanted = name};
    if (!module_find(address, &place))
        return false;
    struct file file = open_file(&place);
    bool is_it = file.bytes && is_the_loaded_one(&file, &place) &&
                 find(&file, address - place.bias, kind, &found);
    *inside = found.offset;
    memory_unmap((void *)(uintptr_t)file.bytes, file.size);
    return is_it;
}
