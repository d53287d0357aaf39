#include "analyzer/report/symbol.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "analyzer/base/table.h"

#define OWN_LIBRARY "libunknot.so"

struct opened_file {
    const char *key; /* build-id in hex, '/', path */
    struct symbol_file *file;
    UT_hash_handle hh;
};

struct opened_module {
    const struct module *module;
    struct symbol_file *file;
    UT_hash_handle hh;
};

struct looked_up {
    struct look_up_key {
        const struct symbol_file *file;
        uint64_t address;
    } key;
    struct frame_list list;
    UT_hash_handle hh;
};

struct symbolizer {
    struct arena *arena;
    struct opened_file *files;
    struct opened_module *modules;
    struct looked_up *addresses;
};

struct symbolizer *symbolizer_create(struct arena *arena)
{
    struct symbolizer *symbolizer = arena_alloc(arena, 1, sizeof *symbolizer);
    symbolizer->arena = arena;
    return symbolizer;
}

void symbolizer_free(struct symbolizer *symbolizer)
{
    for (struct opened_file *opened = symbolizer->files; opened != NULL; opened = opened->hh.next) {
        symbol_file_close(opened->file);
    }
}

static const char *file_key(struct arena *arena, const struct module *module)
{
    char hex[2 * 32 + 1] = "";
    for (uint32_t i = 0; i < module->build_id_bytes && i < 32; i++) {
        snprintf(hex + 2 * i, 3, "%02x", module->build_id[i]);
    }
    return arena_printf(arena, "%s/%s", hex, module->path);
}

static struct symbol_file *open_file(struct symbolizer *symbolizer,
                                     const struct execution *execution, const struct module *module)
{
    struct arena *arena = symbolizer->arena;
    struct opened_file *opened;
    const char *key = file_key(arena, module);
    HASH_FIND_STR(symbolizer->files, key, opened);
    if (opened == NULL) {
        opened = arena_alloc(arena, 1, sizeof *opened);
        opened->key = key;
        opened->file =
            symbol_file_open(arena, module->path, module->build_id, module->build_id_bytes,
                             path_map_apply(arena, execution->path_map, SYMBOL_FILE_DEBUG_FOLDER));
        HASH_ADD_KEYPTR(hh, symbolizer->files, key, strlen(key), opened);
    }
    return opened->file;
}

static struct symbol_file *file_of_module(struct symbolizer *symbolizer,
                                          const struct execution *execution,
                                          const struct module *module)
{
    struct arena *arena = symbolizer->arena;
    struct opened_module *opened;
    HASH_FIND_PTR(symbolizer->modules, &module, opened);
    if (opened == NULL) {
        opened = arena_alloc(arena, 1, sizeof *opened);
        opened->module = module;
        opened->file = open_file(symbolizer, execution, module);
        HASH_ADD_PTR(symbolizer->modules, module, opened);
    }
    return opened->file;
}

static struct frame_list look_up(struct symbolizer *symbolizer, const struct execution *execution,
                                 const struct symbol_file *file, uint64_t address)
{
    struct arena *arena = symbolizer->arena;
    struct looked_up *found;
    struct look_up_key key;
    memset(&key, 0, sizeof key);
    key.file = file;
    key.address = address;
    HASH_FIND(hh, symbolizer->addresses, &key, sizeof key, found);
    if (found == NULL) {
        found = arena_alloc(arena, 1, sizeof *found);
        found->key = key;
        found->list = symbol_file_frames(file, arena, address);
        for (size_t i = 0; i < found->list.count; i++) {
            struct frame *frame = &found->list.frames[i];
            frame->file = path_map_apply(arena, execution->path_map, frame->file);
        }
        HASH_ADD(hh, symbolizer->addresses, key, sizeof found->key, found);
    }
    return found->list;
}

/* `correction` is 1 for a return address: the call, which may end its function, lies before it. */
static struct frame_list code_frames(struct symbolizer *symbolizer,
                                     const struct execution *execution, trace_code_t code,
                                     uint64_t correction)
{
    uint64_t offset = TRACE_CODE_OFFSET(code);
    const struct module *module = execution_find_module(execution, TRACE_CODE_MODULE(code));
    if (module != NULL) {
        const struct symbol_file *file = file_of_module(symbolizer, execution, module);
        return look_up(symbolizer, execution, file, offset >= correction ? offset - correction : 0);
    }
    struct frame_list list = {1, arena_alloc(symbolizer->arena, 1, sizeof *list.frames)};
    list.frames[0].module = "";
    list.frames[0].offset = offset;
    return list;
}

struct frame_list symbolizer_code(struct symbolizer *symbolizer, const struct execution *execution,
                                  trace_code_t code)
{
    return code_frames(symbolizer, execution, code, 0);
}

struct frame_list symbolizer_call(struct symbolizer *symbolizer, const struct execution *execution,
                                  trace_code_t returns)
{
    return code_frames(symbolizer, execution, returns, 1);
}

bool symbolizer_function(struct symbolizer *symbolizer, const struct execution *execution,
                         trace_code_t returns, uint64_t *start, uint64_t *end)
{
    const struct module *module = execution_find_module(execution, TRACE_CODE_MODULE(returns));
    uint64_t offset = TRACE_CODE_OFFSET(returns);
    return module != NULL && offset != 0 &&
           symbol_file_function(file_of_module(symbolizer, execution, module), offset - 1, start,
                                end);
}

const char *symbolizer_symbol(struct symbolizer *symbolizer, const struct execution *execution,
                              trace_code_t code, bool is_call, uint64_t *inside)
{
    const struct module *module = execution_find_module(execution, TRACE_CODE_MODULE(code));
    uint64_t offset = TRACE_CODE_OFFSET(code);
    if (module == NULL || offset < (uint64_t)is_call) {
        return NULL;
    }
    return symbol_file_symbol(file_of_module(symbolizer, execution, module), symbolizer->arena,
                              offset - (uint64_t)is_call, inside);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Exactly our library, whatever its version: a program may have libunknot-something of its own. */
bool symbolizer_is_own(const struct frame *frame)
{
    const char *name = base_name(frame->module);
    if (strncmp(name, OWN_LIBRARY, sizeof OWN_LIBRARY - 1) != 0) {
        return false;
    }
    const char *version = name + sizeof OWN_LIBRARY - 1;
    return version[0] == '\0' || (version[0] == '.' && version[1] >= '0' && version[1] <= '9');
}

static struct frame_list place_frame(struct symbolizer *symbolizer, const char *place)
{
    struct frame_list list = {1, arena_alloc(symbolizer->arena, 1, sizeof *list.frames)};
    list.frames[0].function = place;
    list.frames[0].symbol = place;
    list.frames[0].module = "";
    return list;
}

struct frame_list symbolizer_stack(struct symbolizer *symbolizer, const struct execution *execution,
                                   uint32_t stack_id)
{
    struct frame_list list = {0, NULL};
    if (stack_id != 0 && stack_id <= execution->place_count) {
        return place_frame(symbolizer, execution->places[stack_id - 1]);
    }
    const struct stack *stack = execution_find_stack(execution, stack_id);
    if (stack == NULL || stack->frame_count == 0) {
        return list;
    }
    struct frame_list *parts = arena_alloc(symbolizer->arena, stack->frame_count, sizeof *parts);
    size_t total = 0;
    for (uint32_t i = 0; i < stack->frame_count; i++) {
        parts[i] = symbolizer_call(symbolizer, execution, stack->frames[i]);
        total += parts[i].count;
    }
    list.frames = arena_alloc(symbolizer->arena, total, sizeof *list.frames);
    for (uint32_t i = 0; i < stack->frame_count; i++) {
        for (size_t j = 0; j < parts[i].count; j++) {
            if (!symbolizer_is_own(&parts[i].frames[j])) {
                list.frames[list.count++] = parts[i].frames[j];
            }
        }
    }
    return list;
}

struct data_name symbolizer_data(struct symbolizer *symbolizer, const struct execution *execution,
                                 trace_code_t location)
{
    struct data_name data = {0};
    const struct module *module = execution_find_module(execution, TRACE_CODE_MODULE(location));
    if (module == NULL) {
        return data;
    }
    data = symbol_file_data(file_of_module(symbolizer, execution, module), symbolizer->arena,
                            TRACE_CODE_OFFSET(location));
    data.file = path_map_apply(symbolizer->arena, execution->path_map, data.file);
    if (data.name == NULL) {
        data.name = arena_printf(symbolizer->arena, "%s+0x%" PRIx64, base_name(module->path),
                                 TRACE_CODE_OFFSET(location));
    }
    return data;
}

const char *frame_function(struct arena *arena, const struct frame *frame)
{
    if (frame->function != NULL) {
        return frame->function;
    }
    if (frame->module[0] == '\0') {
        return arena_printf(arena, "0x%" PRIx64, frame->offset);
    }
    return arena_printf(arena, "%s+0x%" PRIx64, base_name(frame->module), frame->offset);
}

void symbolizer_each_unusable(const struct symbolizer *symbolizer,
                              void (*visit)(const char *path, enum symbol_file_state state,
                                            void *context),
                              void *context)
{
    for (const struct opened_file *opened = symbolizer->files; opened != NULL;
         opened = opened->hh.next) {
        enum symbol_file_state state = symbol_file_state(opened->file);
        if (state != SYMBOL_FILE_READY) {
            visit(symbol_file_path(opened->file), state, context);
        }
    }
}
