#include "analyzer/report/symbol_file.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/report/demangle.h"
#include "analyzer/report/member.h"
#include "analyzer/report/variable.h"

struct symbol_file {
    const char *path;
    enum symbol_file_state state;
    char *debug_path;         /* for libdwfl: folders with colons between them */
    Dwfl_Callbacks callbacks; /* which keeps pointing here */
    Dwfl *dwfl;
    Dwfl_Module *module;
    GElf_Addr bias; /* libdwfl's address minus the file's */
    struct variables variables;
};

/* A recording may name anything: open only a regular file. */
static int open_regular(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool same_build_id(Dwfl_Module *module, const uint8_t *build_id, size_t bytes)
{
    const unsigned char *own;
    GElf_Addr address;
    int own_bytes = dwfl_module_build_id(module, &own, &address);
    return bytes == 0 || (own_bytes == (int)bytes && memcmp(own, build_id, bytes) == 0);
}

static enum symbol_file_state open_module(struct symbol_file *file, const uint8_t *build_id,
                                          size_t build_id_bytes)
{
    int fd = open_regular(file->path);
    if (fd < 0) {
        return SYMBOL_FILE_MISSING;
    }
    file->callbacks = (Dwfl_Callbacks){
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
        .debuginfo_path = &file->debug_path,
    };
    file->dwfl = dwfl_begin(&file->callbacks);
    if (file->dwfl != NULL) {
        file->module = dwfl_report_offline(file->dwfl, file->path, file->path, fd);
    }
    if (file->module == NULL) {
        close(fd);
        return SYMBOL_FILE_MISSING;
    }
    dwfl_report_end(file->dwfl, NULL, NULL);
    if (dwfl_module_getelf(file->module, &file->bias) == NULL) {
        return SYMBOL_FILE_MISSING;
    }
    return same_build_id(file->module, build_id, build_id_bytes) ? SYMBOL_FILE_READY
                                                                 : SYMBOL_FILE_CHANGED;
}

struct symbol_file *symbol_file_open(struct arena *arena, const char *path, const uint8_t *build_id,
                                     size_t build_id_bytes, const char *debug_folder)
{
    struct symbol_file *file = arena_alloc(arena, 1, sizeof *file);
    file->path = path;
    /* As libdwfl has it by default, and the folder first. */
    file->debug_path = arena_printf(arena, ":.debug:%s:" SYMBOL_FILE_DEBUG_FOLDER, debug_folder);
    file->state = open_module(file, build_id, build_id_bytes);
    return file;
}

void symbol_file_close(struct symbol_file *file)
{
    if (file->dwfl != NULL) {
        dwfl_end(file->dwfl);
        file->dwfl = NULL;
    }
}

enum symbol_file_state symbol_file_state(const struct symbol_file *file)
{
    return file->state;
}

const char *symbol_file_path(const struct symbol_file *file)
{
    return file->path;
}

static void name_by_symbol(struct arena *arena, const char *symbol, struct frame *frame)
{
    frame->function = demangle(arena, symbol);
    frame->symbol = arena_strdup(arena, symbol);
}

static void name_by_symbol_table(const struct symbol_file *file, struct arena *arena,
                                 uint64_t address, struct frame *frame)
{
    GElf_Off offset;
    GElf_Sym symbol;
    const char *name = dwfl_module_addrinfo(file->module, address + file->bias, &offset, &symbol,
                                            NULL, NULL, NULL);
    if (name != NULL && GELF_ST_TYPE(symbol.st_info) != STT_OBJECT &&
        (symbol.st_size == 0 || offset < symbol.st_size)) {
        name_by_symbol(arena, name, frame);
    }
}

bool symbol_file_function(const struct symbol_file *file, uint64_t address, uint64_t *start,
                          uint64_t *end)
{
    GElf_Off offset;
    GElf_Sym symbol;
    if (file->state != SYMBOL_FILE_READY ||
        dwfl_module_addrinfo(file->module, address + file->bias, &offset, &symbol, NULL, NULL,
                             NULL) == NULL ||
        offset >= symbol.st_size) {
        return false;
    }
    *start = address - offset;
    *end = *start + symbol.st_size;
    return true;
}

const char *symbol_file_symbol(const struct symbol_file *file, struct arena *arena,
                               uint64_t address, uint64_t *inside)
{
    GElf_Off offset;
    GElf_Sym symbol;
    if (file->state != SYMBOL_FILE_READY) {
        return NULL;
    }
    const char *name = dwfl_module_addrinfo(file->module, address + file->bias, &offset, &symbol,
                                            NULL, NULL, NULL);
    if (name == NULL || (symbol.st_size != 0 && offset >= symbol.st_size)) {
        return NULL;
    }
    *inside = offset;
    return arena_strdup(arena, name);
}

/* The compilation unit that covers `address`. libdw before 0.191 finds it only through
 * .debug_aranges, which clang does not write: ask each unit then. */
static Dwarf_Die *find_unit(const struct symbol_file *file, uint64_t address, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(file->module, address + file->bias, bias);
    if (unit != NULL) {
        return unit;
    }
    while ((unit = dwfl_module_nextcu(file->module, unit, bias)) != NULL) {
        if (dwarf_haspc(unit, address + file->bias - *bias) > 0) {
            return unit;
        }
    }
    return NULL;
}

static const char *language_name(Dwarf_Die *unit)
{
    switch (dwarf_srclang(unit)) {
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
        return "C";
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_03:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14:
        return "C++";
    case DW_LANG_Rust:
        return "Rust";
    case DW_LANG_Go:
        return "Go";
    case DW_LANG_Fortran90:
    case DW_LANG_Fortran95:
    case DW_LANG_Fortran03:
    case DW_LANG_Fortran08:
        return "Fortran";
    default:
        return NULL;
    }
}

/* Leaves the frame as it is if the entry has no name. */
static void name_by_entry(struct arena *arena, Dwarf_Die *die, struct frame *frame)
{
    Dwarf_Attribute attribute;
    Dwarf_Attribute *linkage = dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute);
    const char *name = linkage != NULL ? dwarf_formstring(linkage) : NULL;
    if (name != NULL) {
        name_by_symbol(arena, name, frame);
        return;
    }
    name = dwarf_diename(die);
    if (name != NULL) {
        frame->function = arena_strdup(arena, name);
        frame->symbol = frame->function;
    }
}

/* Where an inlined body was called from: the position of the frame outside it. */
static void call_position(struct arena *arena, Dwarf_Die *unit, Dwarf_Die *inlined,
                          struct frame *outer)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;
    Dwarf_Files *files;
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &value) == 0) {
        outer->line = (uint32_t)value;
    }
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &value) == 0 &&
        dwarf_getsrcfiles(unit, &files, NULL) == 0) {
        const char *path = dwarf_filesrc(files, value, NULL, NULL);
        outer->file = path != NULL ? arena_strdup(arena, path) : NULL;
    }
}

/* The function that covers the address and what encloses it, innermost first; free(*scopes). */
static int find_scopes(Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die **scopes)
{
    Dwarf_Die *at_address = NULL;
    int count = dwarf_getscopes(unit, address, &at_address);
    *scopes = NULL;
    /* Past an inlined body dwarf_getscopes goes on with where that was defined; what called it
     * are the parents of its own entry. */
    count = count > 0 ? dwarf_getscopes_die(&at_address[0], scopes) : 0;
    free(at_address);
    return count;
}

static void source_position(struct arena *arena, Dwarf_Die *unit, Dwarf_Addr address,
                            struct frame *frame)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, address);
    int number;
    if (line == NULL || dwarf_lineno(line, &number) != 0 || number <= 0) {
        return;
    }
    const char *path = dwarf_linesrc(line, NULL, NULL);
    frame->file = path != NULL ? arena_strdup(arena, path) : NULL;
    frame->line = path != NULL ? (uint32_t)number : 0;
}

/* Fills list->frames[0 .. count) from the debug information, as far as it goes. */
static void expand_inlines(struct arena *arena, Dwarf_Die *unit, Dwarf_Addr address,
                           struct frame_list *list)
{
    Dwarf_Die *scopes;
    int count = find_scopes(unit, address, &scopes);
    struct frame first = list->frames[0];
    list->frames = arena_alloc(arena, count > 0 ? (size_t)count + 1 : 1, sizeof *list->frames);
    list->frames[0] = first;
    source_position(arena, unit, address, &list->frames[0]);
    for (int i = 0; i < count; i++) {
        struct frame *frame = &list->frames[list->count - 1];
        int tag = dwarf_tag(&scopes[i]);
        if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) {
            continue;
        }
        name_by_entry(arena, &scopes[i], frame);
        if (tag == DW_TAG_subprogram) {
            break;
        }
        frame->inlined = true;
        list->frames[list->count] = first;
        call_position(arena, unit, &scopes[i], &list->frames[list->count]);
        list->count++;
    }
    free(scopes);
}

struct frame_list symbol_file_frames(const struct symbol_file *file, struct arena *arena,
                                     uint64_t address)
{
    struct frame_list list = {1, arena_alloc(arena, 1, sizeof *list.frames)};
    list.frames[0].module = file->path;
    list.frames[0].offset = address;
    if (file->state != SYMBOL_FILE_READY) {
        return list;
    }
    name_by_symbol_table(file, arena, address, &list.frames[0]);
    Dwarf_Addr bias;
    Dwarf_Die *unit = find_unit(file, address, &bias);
    if (unit != NULL) {
        list.frames[0].language = language_name(unit);
        expand_inlines(arena, unit, address + file->bias - bias, &list);
    }
    return list;
}

static const char *variable_name(struct arena *arena, Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    const char *name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));
    return name != NULL ? arena_strdup(arena, name) : NULL;
}

static bool is_external(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    bool external = false;
    return dwarf_formflag(dwarf_attr_integrate(die, DW_AT_external, &attribute), &external) == 0 &&
           external;
}

/* Where the variable is defined, and which part of it lies at the address. */
static void describe_variable(struct symbol_file *file, struct arena *arena, uint64_t address,
                              struct data_name *data)
{
    const struct static_variable *variable =
        variables_find(&file->variables, arena, file->module, address);
    if (variable == NULL) {
        return;
    }
    Dwarf_Die die = variable->die;
    int line = 0;
    const char *path = dwarf_decl_file(&die);
    if (path != NULL && dwarf_decl_line(&die, &line) == 0 && line > 0) {
        data->file = arena_strdup(arena, path);
        data->line = (uint32_t)line;
    }
    const char *part = member_path(arena, &die, address - variable->start);
    data->name = arena_printf(arena, "%s%s", data->name, part);
    data->variable = part[0] == '\0' ? variable_name(arena, &die) : NULL;
    data->function = variable->function != NULL ? arena_strdup(arena, variable->function) : NULL;
    data->is_external = is_external(&die);
    /* C++ has the function in the symbol. */
    if (variable->function != NULL && strstr(data->name, "::") == NULL) {
        data->name = arena_printf(arena, "%s (in %s())", data->name, variable->function);
    }
}

struct data_name symbol_file_data(struct symbol_file *file, struct arena *arena, uint64_t address)
{
    struct data_name data = {0};
    GElf_Off offset;
    GElf_Sym symbol;
    if (file->state != SYMBOL_FILE_READY) {
        return data;
    }
    const char *name = dwfl_module_addrinfo(file->module, address + file->bias, &offset, &symbol,
                                            NULL, NULL, NULL);
    if (name == NULL || (offset != 0 && offset >= symbol.st_size) ||
        GELF_ST_TYPE(symbol.st_info) == STT_FUNC) {
        return data;
    }
    data.name = demangle(arena, name);
    describe_variable(file, arena, address + file->bias, &data);
    if (data.file == NULL && offset != 0) {
        data.name = arena_printf(arena, "%s+0x%" PRIx64, data.name, (uint64_t)offset);
    }
    return data;
}
