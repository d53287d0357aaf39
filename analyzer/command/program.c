#include "analyzer/command/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND      127
/* The kernel's own limits on `#!` lines. */
#define SCRIPT_LINE_BYTES 256
#define SCRIPT_DEPTH_MAX  5

/* What execvp searches when PATH is not set. */
#define DEFAULT_PATH "/bin:/usr/bin"

/* 0 when the file can be executed, else why not. */
static int execute_error(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return errno;
    }
    if (S_ISDIR(status.st_mode)) {
        return EISDIR;
    }
    return access(path, X_OK) == 0 ? 0 : errno;
}

/* As execvp does: the first file in PATH that can be executed; else the best reason. */
static const char *search_path(struct arena *arena, const char *name, int *error)
{
    const char *path = getenv("PATH");
    *error = ENOENT;
    for (const char *next = path != NULL ? path : DEFAULT_PATH; next != NULL;) {
        int bytes = (int)strcspn(next, ":");
        const char *candidate =
            arena_printf(arena, "%.*s%s%s", bytes, next, bytes > 0 ? "/" : "./", name);
        int candidate_error = execute_error(candidate);
        if (candidate_error == 0) {
            return candidate;
        }
        *error = candidate_error == EACCES ? EACCES : *error;
        next = next[bytes] == ':' ? next + bytes + 1 : NULL;
    }
    return NULL;
}

static int find_file(struct arena *arena, const char *name, const char **path, const char **error)
{
    int reason;
    const char *found = name;
    if (strchr(name, '/') != NULL) {
        reason = execute_error(name);
        found = reason == 0 ? name : NULL;
    } else {
        found = name[0] != '\0' ? search_path(arena, name, &reason) : NULL;
        reason = name[0] != '\0' ? reason : ENOENT;
    }
    if (found == NULL) {
        bool missing = reason == ENOENT || reason == ENOTDIR;
        *error = arena_printf(arena, "cannot run %s: %s", name[0] != '\0' ? name : "''",
                              strerror(reason));
        return missing ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
    }
    *path = found;
    return 0;
}

static char *first_line(struct arena *arena, const char *path)
{
    char *line = arena_alloc(arena, SCRIPT_LINE_BYTES, 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t bytes = fd >= 0 ? read(fd, line, SCRIPT_LINE_BYTES - 1) : -1;
    if (fd >= 0) {
        close(fd);
    }
    line[bytes > 0 ? bytes : 0] = '\0';
    return line;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* `env -S python3 -u`, `env A=b python3`: the first word that is no option and no assignment. */
static const char *env_program(struct arena *arena, char *words)
{
    char *rest = words;
    const char *word;
    while ((word = strtok_r(rest, " \t", &rest)) != NULL) {
        const char *path;
        const char *ignored;
        if (word[0] != '-' && strchr(word, '=') == NULL) {
            return find_file(arena, word, &path, &ignored) == 0 ? path : NULL;
        }
    }
    return NULL;
}

/* The interpreter of a script, NULL for anything else. */
static const char *interpreter(struct arena *arena, const char *path)
{
    char *line = first_line(arena, path);
    if (strncmp(line,
                "\x7f"
                "ELF",
                4) == 0) {
        return NULL;
    }
    if (strncmp(line, "#!", 2) != 0) {
        /* execvp hands what the kernel does not know to the shell. */
        return "/bin/sh";
    }
    line[strcspn(line, "\n")] = '\0';
    char *rest = line + 2;
    const char *name = strtok_r(rest, " \t", &rest);
    if (name == NULL) {
        return NULL;
    }
    if (strcmp(base_name(name), "env") == 0) {
        const char *program = env_program(arena, rest);
        return program != NULL ? program : name;
    }
    return name;
}

int program_find(struct arena *arena, const char *name, struct program *program, const char **error)
{
    int status = find_file(arena, name, &program->path, error);
    if (status != 0) {
        return status;
    }
    program->image = program->path;
    for (int depth = 0; depth < SCRIPT_DEPTH_MAX; depth++) {
        const char *next = interpreter(arena, program->image);
        if (next == NULL) {
            return 0;
        }
        int reason = execute_error(next);
        if (reason != 0) {
            *error = arena_printf(arena, "cannot run %s: its interpreter %s: %s", name, next,
                                  strerror(reason));
            return STATUS_NOT_EXECUTABLE;
        }
        program->image = next;
    }
    *error = arena_printf(arena, "cannot run %s: too many interpreters of interpreters", name);
    return STATUS_NOT_EXECUTABLE;
}
