#include "analyzer/report/elf_facts.h"

#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_interpreter(struct arena *arena, Elf *elf, struct elf_facts *facts)
{
    size_t count;
    if (elf_getphdrnum(elf, &count) != 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) == NULL || header.p_type != PT_INTERP) {
            continue;
        }
        Elf_Data *data =
            elf_getdata_rawchunk(elf, (int64_t)header.p_offset, header.p_filesz, ELF_T_BYTE);
        if (data != NULL && data->d_size > 0) {
            facts->interpreter = arena_printf(
                arena, "%.*s", (int)strnlen(data->d_buf, data->d_size), (const char *)data->d_buf);
        }
    }
}

static void read_dynamic(struct arena *arena, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                         struct elf_facts *facts)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Dyn entry;
    for (int i = 0; data != NULL && gelf_getdyn(data, i, &entry) != NULL; i++) {
        if (entry.d_tag == DT_NEEDED) {
            const char *name = elf_strptr(elf, header->sh_link, entry.d_un.d_val);
            if (name != NULL) {
                *array_add(arena, &facts->needed) = arena_strdup(arena, name);
            }
        }
        facts->symbolic |= entry.d_tag == DT_SYMBOLIC ||
                           (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_SYMBOLIC) != 0);
    }
}

static void read_symbols(struct arena *arena, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                         struct elf_facts *facts)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;
    for (int i = 1; data != NULL && gelf_getsym(data, i, &symbol) != NULL; i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        int type = GELF_ST_TYPE(symbol.st_info);
        if (name == NULL) {
            continue;
        }
        if (symbol.st_shndx == SHN_UNDEF) {
            *array_add(arena, &facts->imports) = arena_strdup(arena, name);
        } else if (type == STT_FUNC || type == STT_GNU_IFUNC) {
            *array_add(arena, &facts->exports) = arena_strdup(arena, name);
        }
    }
}

static void read_build_id(Elf_Scn *section, struct elf_facts *facts)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Nhdr note;
    size_t next = 0, name, text;
    while (data != NULL && (next = gelf_getnote(data, next, &note, &name, &text)) != 0) {
        if (note.n_type == NT_GNU_BUILD_ID && note.n_descsz <= sizeof facts->build_id) {
            memcpy(facts->build_id, (const char *)data->d_buf + text, note.n_descsz);
            facts->build_id_bytes = note.n_descsz;
        }
    }
}

static bool mentions(Elf_Scn *section, const char *text)
{
    Elf_Data *data = elf_getdata(section, NULL);
    return data != NULL && data->d_buf != NULL &&
           memmem(data->d_buf, data->d_size, text, strlen(text)) != NULL;
}

static void read_sections(struct arena *arena, Elf *elf, struct elf_facts *facts)
{
    size_t names;
    Elf_Scn *section = NULL;
    if (elf_getshdrstrndx(elf, &names) != 0) {
        return;
    }
    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL) {
            continue;
        }
        const char *name = elf_strptr(elf, names, header.sh_name);
        if (header.sh_type == SHT_DYNAMIC) {
            read_dynamic(arena, elf, section, &header, facts);
        } else if (header.sh_type == SHT_DYNSYM) {
            read_symbols(arena, elf, section, &header, facts);
        } else if (name != NULL && strcmp(name, ".note.gnu.build-id") == 0) {
            read_build_id(section, facts);
        } else if (name != NULL) {
            facts->is_go |=
                strcmp(name, ".go.buildinfo") == 0 || strcmp(name, ".note.go.buildid") == 0;
            facts->is_rust |= strcmp(name, ".comment") == 0 && mentions(section, "rustc");
        }
    }
}

bool elf_facts_read(struct arena *arena, const char *path, struct elf_facts *facts)
{
    bool ok = false;
    struct stat status;
    GElf_Ehdr header;
    Elf *elf = NULL;
    memset(facts, 0, sizeof *facts);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        goto done;
    }
    elf_version(EV_CURRENT);
    elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &header) == NULL) {
        goto done;
    }
    facts->is_64_bit = gelf_getclass(elf) == ELFCLASS64;
    facts->machine = header.e_machine;
    read_interpreter(arena, elf, facts);
    read_sections(arena, elf, facts);
    ok = true;
done:
    elf_end(elf);
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

bool elf_facts_imports(const struct elf_facts *facts, const char *symbol)
{
    for (size_t i = 0; i < facts->imports.count; i++) {
        if (strcmp(facts->imports.items[i], symbol) == 0) {
            return true;
        }
    }
    return false;
}

bool elf_facts_exports(const struct elf_facts *facts, const char *symbol)
{
    for (size_t i = 0; i < facts->exports.count; i++) {
        if (strcmp(facts->exports.items[i], symbol) == 0) {
            return true;
        }
    }
    return false;
}

bool elf_facts_has_build_id(const struct elf_facts *facts, const uint8_t *build_id, size_t bytes)
{
    return bytes == 0 ||
           (bytes == facts->build_id_bytes && memcmp(build_id, facts->build_id, bytes) == 0);
}
