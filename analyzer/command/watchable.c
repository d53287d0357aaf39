#include "analyzer/command/watchable.h"

#include <elf.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define GLIBC_LOADER "ld-linux-x86-64.so.2"

/* The kernel marks these "secure", and the loader then drops LD_PRELOAD. */
static const char *privilege_problem(struct arena *arena, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return NULL;
    }
    const char *means = "it is setuid";
    bool gains = (status.st_mode & S_ISUID) != 0 && status.st_uid != getuid();
    if (!gains && (status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP)) {
        means = "it is setgid";
        gains = status.st_gid != getgid();
    }
    if (!gains && getuid() != 0) {
        means = "it has file capabilities";
        gains = getxattr(path, "security.capability", NULL, 0) > 0;
    }
    return gains ? arena_printf(arena, "%s, and the loader ignores LD_PRELOAD then", means) : NULL;
}

static const char *machine_problem(const struct elf_facts *facts)
{
    if (!facts->is_64_bit) {
        return "it is a 32-bit program; only x86-64 programs can be watched";
    }
    return facts->machine != EM_X86_64
               ? "it is for another processor; only x86-64 programs can be watched"
               : NULL;
}

static const char *loader_problem(struct arena *arena, const char *loader)
{
    const char *slash = strrchr(loader, '/');
    const char *name = slash != NULL ? slash + 1 : loader;
    if (strcmp(name, GLIBC_LOADER) == 0) {
        return NULL;
    }
    return arena_printf(arena, "it uses %s (%s), not glibc",
                        strncmp(name, "ld-musl", 7) == 0 ? "musl" : "another C library", loader);
}

/* A sanitizer's shared runtime refuses, or crashes, when a preloaded library comes before it. */
static const char *sanitizer_problem(struct arena *arena, const struct elf_facts *facts)
{
    static const struct {
        const char *library, *name;
    } runtimes[] = {{"libasan", "AddressSanitizer"}, {"libtsan", "ThreadSanitizer"}};
    for (size_t i = 0; i < sizeof runtimes / sizeof runtimes[0]; i++) {
        size_t bytes = strlen(runtimes[i].library);
        for (size_t j = 0; j < facts->needed.count; j++) {
            if (strncmp(facts->needed.items[j], runtimes[i].library, bytes) == 0 &&
                strncmp(facts->needed.items[j] + bytes, ".so", 3) == 0) {
                return arena_printf(arena,
                                    "%s's shared runtime must be loaded before everything "
                                    "else; link it with -static-%s",
                                    runtimes[i].name, runtimes[i].library);
            }
        }
    }
    return NULL;
}

struct watchable watchable_check(struct arena *arena, const struct program *program,
                                 struct elf_facts *facts)
{
    struct watchable result = {NULL, false};
    if (!elf_facts_read(arena, program->image, facts)) {
        result.problem = arena_printf(arena, "%s is not an ELF program", program->image);
        return result;
    }
    result.problem = machine_problem(facts);
    if (result.problem == NULL && facts->interpreter != NULL) {
        result.problem = loader_problem(arena, facts->interpreter);
    }
    if (result.problem == NULL) {
        result.problem = sanitizer_problem(arena, facts);
    }
    if (result.problem != NULL) {
        return result;
    }
    result.preload_is_harmless = true;
    if (facts->interpreter == NULL) {
        result.problem = facts->is_go ? "it is a Go program without the C library"
                                      : "it is statically linked: nothing can be preloaded";
        return result;
    }
    result.problem = privilege_problem(arena, program->image);
    return result;
}
