#include "shim/platform/foreign.h"

#include <link.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

struct foreign_functions foreign_functions;

static const struct wanted {
    void **slot;
    const char *symbol, *version;
} table[] = {
#define FOREIGN(result, id, parameters, symbol, version)                                           \
    {(void **)(void *)&foreign_functions.id, symbol, version},
#include "shim/foreign_hooks.def"
#undef FOREIGN
};

enum { TABLE_COUNT = sizeof(table) / sizeof(table[0]) };

extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

/* What the loader itself looks symbols up in. */
struct symbols {
    const Elf64_Sym *symbols;
    const char *strings;
    const uint32_t *hash; /* DT_GNU_HASH */
    const Elf64_Versym *versions;
    const Elf64_Verdef *definitions;
    const Elf64_Rela *relocations;
    size_t relocation_bytes;
    size_t relative_count; /* the first ones name no symbol */
};

/* The loader has made most of these addresses absolute in place, but not in read-only files. */
static const void *absolute(uintptr_t base, uintptr_t value)
{
    return (const void *)(value < base ? base + value : value);
}

static bool read_dynamic(const struct dl_phdr_info *info, struct symbols *found)
{
    const Elf64_Dyn *entry = NULL;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            entry = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    }
    *found = (struct symbols){0};
    for (; entry && entry->d_tag != DT_NULL; entry++) {
        const void *address = absolute(info->dlpi_addr, entry->d_un.d_ptr);
        switch (entry->d_tag) {
        case DT_SYMTAB:
            found->symbols = address;
            break;
        case DT_STRTAB:
            found->strings = address;
            break;
        case DT_GNU_HASH:
            found->hash = address;
            break;
        case DT_VERSYM:
            found->versions = address;
            break;
        case DT_VERDEF:
            found->definitions = address;
            break;
        case DT_RELA:
            found->relocations = address;
            break;
        case DT_RELASZ:
            found->relocation_bytes = entry->d_un.d_val;
            break;
        case DT_RELACOUNT:
            found->relative_count = entry->d_un.d_val;
            break;
        }
    }
    return found->symbols && found->strings && found->hash;
}

static bool has_version(const struct symbols *in, uint32_t index, const char *version)
{
    if (!version[0])
        return true;
    if (!in->versions || !in->definitions)
        return false;
    uint16_t wanted = in->versions[index] & 0x7fff;
    const Elf64_Verdef *definition = in->definitions;
    while (definition->vd_ndx != wanted && definition->vd_next)
        definition = (const void *)((const char *)definition + definition->vd_next);
    const Elf64_Verdaux *name = (const void *)((const char *)definition + definition->vd_aux);
    return definition->vd_ndx == wanted && strcmp(in->strings + name->vda_name, version) == 0;
}

static uint32_t hash_of(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

static bool is_it(const struct symbols *in, uint32_t index, const struct wanted *wanted)
{
    const Elf64_Sym *symbol = &in->symbols[index];
    return symbol->st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC &&
           strcmp(in->strings + symbol->st_name, wanted->symbol) == 0 &&
           has_version(in, index, wanted->version);
}

/* The layout of DT_GNU_HASH: four numbers, a Bloom filter, buckets, one hash for each symbol from
 * `first` on, whose lowest bit ends a bucket's run. */
static const Elf64_Sym *find_symbol(const struct symbols *in, const struct wanted *wanted)
{
    uint32_t hash = hash_of(wanted->symbol);
    uint32_t bucket_count = in->hash[0], first = in->hash[1], filter_words = in->hash[2];
    const uint32_t *buckets =
        in->hash + 4 + (size_t)filter_words * (sizeof(Elf64_Addr) / sizeof(uint32_t));
    const uint32_t *hashes = buckets + bucket_count;
    uint32_t index = bucket_count ? buckets[hash % bucket_count] : 0;
    if (index < first || !index)
        return NULL;
    for (;; index++) {
        if ((hashes[index - first] | 1) == (hash | 1) && is_it(in, index, wanted))
            return &in->symbols[index];
        if (hashes[index - first] & 1)
            return NULL;
    }
}

static int take_from_module(struct dl_phdr_info *info, size_t size, void *context)
{
    struct symbols symbols;
    bool *is_behind = context;
    (void)size;
    if (info->dlpi_addr == (uintptr_t)&__ehdr_start) {
        *is_behind = true;
        return 0;
    }
    if (!*is_behind || !read_dynamic(info, &symbols))
        return 0;
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        const Elf64_Sym *symbol = *table[i].slot ? NULL : find_symbol(&symbols, &table[i]);
        if (symbol)
            __atomic_store_n(table[i].slot, (void *)(info->dlpi_addr + symbol->st_value),
                             __ATOMIC_RELAXED);
    }
    return 0;
}

void foreign_resolve(void)
{
    bool is_behind = false;
    dl_iterate_phdr(take_from_module, &is_behind);
}

void foreign_forget(void)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        __atomic_store_n(table[i].slot, NULL, __ATOMIC_RELAXED);
}

#if defined(__x86_64__)
#define ADDRESS_RELOCATIONS R_X86_64_GLOB_DAT, R_X86_64_64
#else
#define ADDRESS_RELOCATIONS R_AARCH64_GLOB_DAT, R_AARCH64_ABS64
#endif

static bool is_address(const Elf64_Rela *relocation)
{
    static const uint32_t types[] = {ADDRESS_RELOCATIONS};
    uint32_t type = (uint32_t)ELF64_R_TYPE(relocation->r_info);
    return type == types[0] || type == types[1];
}

/* Writes 0 where the loader wrote an address; it may have made the page read-only since. */
static void clear_slot(uintptr_t slot)
{
    enum { PAGE_BYTES = 4096 };
    void *page = (void *)(slot & ~(uintptr_t)(PAGE_BYTES - 1));
    if (mprotect(page, PAGE_BYTES, PROT_READ | PROT_WRITE) == 0)
        *(uintptr_t *)slot = 0;
}

/* The hook without a version that stands for `name`, and has nothing to stand for. */
static bool is_absent(const char *name)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (!table[i].version[0] && strcmp(table[i].symbol, name) == 0) {
            if (!*table[i].slot)
                foreign_resolve();
            return !*table[i].slot;
        }
    }
    return false;
}

static int unbind_module(struct dl_phdr_info *info, size_t size, void *context)
{
    struct symbols in;
    (void)size, (void)context;
    if (!read_dynamic(info, &in) || !in.relocations)
        return 0;
    const Elf64_Rela *end = in.relocations + in.relocation_bytes / sizeof(*end);
    for (const Elf64_Rela *at = in.relocations + in.relative_count; at < end; at++) {
        const Elf64_Sym *symbol = &in.symbols[ELF64_R_SYM(at->r_info)];
        if (is_address(at) && ELF64_ST_BIND(symbol->st_info) == STB_WEAK &&
            symbol->st_shndx == SHN_UNDEF && is_absent(in.strings + symbol->st_name))
            clear_slot(info->dlpi_addr + at->r_offset);
    }
    return 0;
}

void foreign_unbind_weak(void)
{
    dl_iterate_phdr(unbind_module, NULL);
}
