#include "analyzer/diagnose/python_runtime.h"

#include <stdlib.h>
#include <string.h>

#define INTERPRETER_CAP 256
#define THREAD_CAP      65536
#define READ_CAP        10000000 /* some seconds */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* "3.9" of python3.9 or libpython3.9.so.1.0, as the files of versions without Py_Version are
 * called; NULL for other names. */
static const char *version_in_name(struct arena *arena, const char *path)
{
    const char *at = strstr(base_name(path), "python3.");
    char *end;
    if (at == NULL) {
        return NULL;
    }
    unsigned long minor = strtoul(at + strlen("python3."), &end, 10);
    return end != at + strlen("python3.") ? arena_printf(arena, "3.%lu", minor) : NULL;
}

/* Py_Version holds the version in its bytes, the highest first: 3.11.2 is 0x030b02f0. */
static const char *find_version(struct target *target, const struct target_module *module)
{
    uint64_t address = target_find_symbol(target, module, "Py_Version");
    uint64_t version;
    if (address != 0 && target_read(target, address, &version, sizeof version)) {
        return arena_printf(target->arena, "%u.%u", (unsigned)(version >> 24 & 255),
                            (unsigned)(version >> 16 & 255));
    }
    return version_in_name(target->arena, module->path);
}

static bool find_in(struct target *target, const struct target_module *module,
                    struct python_runtime *runtime)
{
    uint64_t address = target_find_symbol(target, module, "_PyRuntime");
    if (address == 0) {
        return false;
    }
    *runtime = (struct python_runtime){address, find_version(target, module)};
    return true;
}

bool python_runtime_find(struct target *target, struct python_runtime *runtime)
{
    for (int by_name = 1; by_name >= 0; by_name--) {
        for (size_t i = 0; i < target->module_count; i++) {
            const struct target_module *module = &target->modules[i];
            bool is_named = strstr(base_name(module->path), "python") != NULL;
            if (is_named == (by_name == 1) && find_in(target, module, runtime)) {
                return true;
            }
        }
    }
    return false;
}

const char *python_runtime_open(struct target *target, const struct python_runtime *runtime,
                                struct python_reader *reader)
{
    unsigned char table[PYTHON_DESCRIPTION_BYTES];
    const char *version = runtime->version;
    const struct python_layout *layout =
        version != NULL && strncmp(version, "3.", 2) == 0
            ? python_layout_find((unsigned)strtoul(version + 2, NULL, 10))
            : NULL;
    if (layout == NULL) {
        return arena_printf(target->arena,
                            "Python %s is not among the versions that are read (3.8 to 3.14)",
                            version != NULL ? version : "of an unknown version");
    }
    reader->target = target;
    reader->reads_left = READ_CAP;
    reader->layout = *layout;
    if (!target_read(target, runtime->address, table, sizeof table)) {
        return "the memory of the Python interpreter cannot be read";
    }
    if (!python_layout_describe(table, &reader->layout)) {
        return arena_printf(target->arena,
                            "this Python %s does not describe itself as a build with a global "
                            "interpreter lock, only those are read",
                            version);
    }
    return NULL;
}

static uint32_t find_tid(struct python_reader *reader, uint64_t state, uint64_t ident)
{
    uint64_t tid = reader->layout.thread_tid != PYTHON_NONE
                       ? python_word(reader, state + reader->layout.thread_tid)
                       : 0;
    if (tid != 0 && target_find_thread(reader->target, (uint32_t)tid) != NULL) {
        return (uint32_t)tid;
    }
    const struct target_thread *thread = target_find_pthread(reader->target, ident);
    return thread != NULL ? thread->tid : 0;
}

static void add_threads(struct python_reader *reader, uint64_t interpreter,
                        struct python_thread_states *threads)
{
    const struct python_layout *layout = &reader->layout;
    uint64_t state = python_word(reader, interpreter + layout->interpreter_threads);
    while (state != 0 && threads->list.count < THREAD_CAP) {
        uint64_t ident = python_word(reader, state + layout->thread_id);
        *array_add(reader->target->arena, &threads->list) = (struct python_thread_state){
            .address = state,
            .interpreter = interpreter,
            .ident = ident,
            .tid = find_tid(reader, state, ident),
        };
        state = python_word(reader, state + layout->thread_next);
    }
}

void python_runtime_threads(struct python_reader *reader, const struct python_runtime *runtime,
                            struct python_thread_states *threads)
{
    uint64_t interpreter = python_word(reader, runtime->address + reader->layout.interpreters);
    for (size_t i = 0; interpreter != 0 && i < INTERPRETER_CAP; i++) {
        add_threads(reader, interpreter, threads);
        interpreter = python_word(reader, interpreter + reader->layout.interpreter_next);
    }
}
