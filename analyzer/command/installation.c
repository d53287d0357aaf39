#include "analyzer/command/installation.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>
#include "analyzer/report/elf_facts.h"
#include "analyzer/command/message.h"

#define LIBRARY "libunknot.so"

/* The path of this command; without /proc as it was started by. False when it cannot be told. */
static bool find_self(char self[PATH_MAX])
{
    ssize_t bytes = readlink("/proc/self/exe", self, PATH_MAX - 1);
    if (bytes > 0) {
        self[bytes] = '\0';
        return true;
    }
    const char *started = (const char *)getauxval(AT_EXECFN);
    return started != NULL && realpath(started, self) != NULL;
}

/* The first of directory/candidates[i]/name that exists, resolved. */
static const char *find_beside(struct arena *arena, const char *const *candidates, const char *name)
{
    char self[PATH_MAX];
    if (!find_self(self)) {
        return NULL;
    }
    char *slash = strrchr(self, '/');
    if (slash == NULL) {
        return NULL;
    }
    *slash = '\0';
    for (; *candidates != NULL; candidates++) {
        char resolved[PATH_MAX];
        if (realpath(arena_printf(arena, "%s/%s/%s", self, *candidates, name), resolved) != NULL) {
            return arena_strdup(arena, resolved);
        }
    }
    return NULL;
}

const char *installation_library(struct arena *arena, const char *command, const char *given)
{
    static const char *const places[] = {"../lib", "../" UNKNOT_LIBDIR, ".", NULL};
    char resolved[PATH_MAX];
    const char *path = NULL;
    if (given == NULL) {
        path = find_beside(arena, places, LIBRARY);
    } else if (realpath(given, resolved) != NULL) {
        path = arena_strdup(arena, resolved);
    }
    struct elf_facts facts;
    if (path == NULL) {
        message(command, "cannot find %s: %s", given != NULL ? given : LIBRARY,
                given != NULL ? strerror(errno) : "name it with --library=FILE");
        return NULL;
    }
    if (!elf_facts_read(arena, path, &facts)) {
        message(command, "%s cannot be preloaded: it is not a library", path);
        return NULL;
    }
    if (strpbrk(path, " :") != NULL) {
        message(command, "LD_PRELOAD cannot name '%s': move it to a path without spaces and colons",
                path);
        return NULL;
    }
    return path;
}

const char *installation_demo(struct arena *arena, const char *name)
{
    static const char *const places[] = {"demos", "../lib/unknot/demos",
                                         "../" UNKNOT_LIBDIR "/unknot/demos", NULL};
    return find_beside(arena, places, name);
}
