#include "analyzer/command/loaded_libraries.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* "name => /path (0x...)", "/path (0x...)", "name => not found" */
static void take_line(struct arena *arena, const char *line, struct loaded_libraries *libraries)
{
    line += strspn(line, " \t");
    const char *arrow = strstr(line, " => ");
    const char *path = arrow != NULL ? arrow + 4 : line;
    if (arrow != NULL && strncmp(path, "not found", 9) == 0) {
        *array_add(arena, &libraries->missing) =
            arena_printf(arena, "%.*s", (int)(arrow - line), line);
    } else if (path[0] == '/') {
        const char *end = strstr(path, " (0x");
        size_t bytes = end != NULL ? (size_t)(end - path) : strcspn(path, "\n");
        *array_add(arena, &libraries->paths) = arena_printf(arena, "%.*s", (int)bytes, path);
    }
}

static bool start_loader(const char *loader, const char *program, int output, pid_t *pid)
{
    char *const arguments[] = {(char *)loader, "--list", (char *)program, NULL};
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return false;
    }
    bool ok =
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0 &&
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
        posix_spawn(pid, loader, &actions, NULL, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return ok;
}

bool loaded_libraries_list(struct arena *arena, const char *loader, const char *program,
                           struct loaded_libraries *libraries)
{
    int ends[2];
    pid_t pid = -1;
    int status = -1;
    memset(libraries, 0, sizeof *libraries);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    bool started = start_loader(loader, program, ends[1], &pid);
    close(ends[1]);
    FILE *list = fdopen(ends[0], "r");
    if (list == NULL) {
        close(ends[0]);
    }
    char *line = NULL;
    size_t capacity = 0;
    while (list != NULL && getline(&line, &capacity, list) >= 0) {
        take_line(arena, line, libraries);
    }
    free(line);
    if (list != NULL) {
        fclose(list);
    }
    return started && waitpid(pid, &status, 0) == pid && WIFEXITED(status);
}
