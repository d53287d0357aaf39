#include "analyzer/report/unseen.h"

#include <string.h>

static const struct rule {
    const char *name, *text;
} imports[] =
    {
#define UNSEEN_IMPORT(name, text) {name, text},
#include "analyzer/report/unseen.def"
#undef UNSEEN_IMPORT
},
  libraries[] = {
#define UNSEEN_LIBRARY(name, text) {name, text},
#include "analyzer/report/unseen.def"
#undef UNSEEN_LIBRARY
};

static void add(struct arena *arena, struct unseen *unseen, const char *text)
{
    for (size_t i = 0; i < unseen->texts.count; i++) {
        if (strcmp(unseen->texts.items[i], text) == 0) {
            return;
        }
    }
    *array_add(arena, &unseen->texts) = text;
}

static bool is_library(const char *path, const char *library)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t bytes = strlen(library);
    return strncmp(name, library, bytes) == 0 && strncmp(name + bytes, ".so", 3) == 0;
}

/* Rust's and Go's libraries make the system calls of their own locks: those are told by name. */
void unseen_add_file(struct arena *arena, struct unseen *unseen, const char *path,
                     const struct elf_facts *facts, bool is_program)
{
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        if (is_library(path, libraries[i].name)) {
            add(arena, unseen, libraries[i].text);
        }
    }
    if (facts != NULL && facts->is_go) {
        add(arena, unseen, "Go's own locks and goroutines (only what its C code locks is seen)");
    } else if (facts != NULL && facts->is_rust) {
        add(arena, unseen, "Rust's std::sync locks, made of futexes");
    }
    for (size_t i = 0; is_program && facts != NULL && i < sizeof imports / sizeof imports[0]; i++) {
        bool is_told = strcmp(imports[i].name, "syscall") == 0 && (facts->is_rust || facts->is_go);
        if (!is_told && elf_facts_imports(facts, imports[i].name)) {
            add(arena, unseen, imports[i].text);
        }
    }
}

static const struct elf_facts *facts_of(struct arena *arena, struct unseen_files *files,
                                        const char *path)
{
    for (size_t i = 0; i < files->list.count; i++) {
        if (strcmp(files->list.items[i].path, path) == 0) {
            return files->list.items[i].facts;
        }
    }
    struct elf_facts *facts = arena_alloc(arena, 1, sizeof *facts);
    bool readable = elf_facts_read(arena, path, facts);
    *array_add(arena, &files->list) = (struct unseen_file){path, readable ? facts : NULL};
    return readable ? facts : NULL;
}

void unseen_add_execution(struct arena *arena, struct unseen *unseen, struct unseen_files *files,
                          const struct execution *execution)
{
    for (size_t i = 0; i < execution->module_count; i++) {
        const struct module *module = &execution->modules[i];
        bool is_program = strcmp(module->path, execution->executable) == 0;
        const struct elf_facts *facts = facts_of(arena, files, module->path);
        bool is_it = facts != NULL &&
                     elf_facts_has_build_id(facts, module->build_id, module->build_id_bytes);
        unseen_add_file(arena, unseen, module->path, is_it ? facts : NULL, is_program);
    }
}

void unseen_add_all(struct arena *arena, struct unseen *unseen, const struct unseen *other)
{
    for (size_t i = 0; i < other->texts.count; i++) {
        add(arena, unseen, other->texts.items[i]);
    }
}
