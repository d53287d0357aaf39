#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/diagnose/target.h"

/* The address of the symbol in the file, 0 when the table has none of that name. */
static uint64_t find_in_table(Elf *elf, Elf_Scn *section, const char *name)
{
    GElf_Shdr header;
    Elf_Data *data = elf_getdata(section, NULL);
    if (data == NULL || gelf_getshdr(section, &header) == NULL || header.sh_entsize == 0) {
        return 0;
    }
    for (size_t i = 0; i < data->d_size / header.sh_entsize; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL) {
            return 0;
        }
        const char *own = symbol.st_shndx != SHN_UNDEF && symbol.st_value != 0
                              ? elf_strptr(elf, header.sh_link, symbol.st_name)
                              : NULL;
        if (own != NULL && strcmp(own, name) == 0) {
            return symbol.st_value;
        }
    }
    return 0;
}

static uint64_t find_of_type(Elf *elf, uint32_t type, const char *name)
{
    uint64_t address = 0;
    Elf_Scn *section = NULL;
    while (address == 0 && (section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == type) {
            address = find_in_table(elf, section, name);
        }
    }
    return address;
}

uint64_t target_find_symbol(const struct target *target, const struct target_module *module,
                            const char *name)
{
    uint64_t address = 0;
    (void)target;
    int fd = module->file != NULL ? open(module->file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return 0;
    }
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    if (elf != NULL && elf_kind(elf) == ELF_K_ELF) {
        address = find_of_type(elf, SHT_DYNSYM, name);
        address = address != 0 ? address : find_of_type(elf, SHT_SYMTAB, name);
    }
    elf_end(elf);
    close(fd);
    return address != 0 ? address + module->bias : 0;
}
