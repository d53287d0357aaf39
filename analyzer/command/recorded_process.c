#include "analyzer/command/recorded_process.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/base/array.h"
#include "analyzer/command/data_directory.h"
#include "analyzer/command/recordings.h"

#define DELETED " (deleted)"

struct mapped {
    ARRAY(const char *) paths; /* of recordings, as they are opened from here */
};

/* A path of the process is one in its own file system; what was deleted is reached through its
 * mapping. */
static const char *openable(struct arena *arena, unsigned long pid, const char *range,
                            const char *path)
{
    size_t bytes = strlen(path);
    size_t suffix = sizeof DELETED - 1;
    if (bytes > suffix && strcmp(path + bytes - suffix, DELETED) == 0) {
        return arena_printf(arena, "/proc/%lu/map_files/%.*s", pid, (int)strcspn(range, " "),
                            range);
    }
    return arena_printf(arena, "/proc/%lu/root%s", pid, path);
}

static bool is_recording_path(struct arena *arena, const char *path)
{
    char *name = arena_strdup(arena, path);
    size_t bytes = strlen(name);
    size_t suffix = sizeof DELETED - 1;
    if (bytes > suffix && strcmp(name + bytes - suffix, DELETED) == 0) {
        name[bytes - suffix] = '\0';
    }
    return recordings_is_name(name);
}

/* Of a file mapped in pieces, the first one: the header lies there. */
static void add_mapping(struct arena *arena, unsigned long pid, char *line, struct mapped *mapped)
{
    char *path = strchr(line, '/');
    uint64_t offset;
    line[strcspn(line, "\n")] = '\0';
    if (path != NULL && sscanf(line, "%*x-%*x %*s %" SCNx64, &offset) == 1 && offset == 0 &&
        is_recording_path(arena, path)) {
        *array_add(arena, &mapped->paths) = openable(arena, pid, line, path);
    }
}

/* "unknot.data/prog.PID.0.rec" of a process that has ended, else NULL. */
static const char *left_behind(struct arena *arena, unsigned long pid)
{
    const char *found = NULL;
    const char *part = arena_printf(arena, ".%lu.", pid);
    DIR *directory = opendir(DATA_DIRECTORY_DEFAULT);
    const struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (recordings_is_name(entry->d_name) && strstr(entry->d_name, part) != NULL) {
            found = arena_printf(arena, DATA_DIRECTORY_DEFAULT "/%s", entry->d_name);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return found;
}

static const char *why_gone(struct arena *arena, unsigned long pid)
{
    const char *path = left_behind(arena, pid);
    return path != NULL ? arena_printf(arena,
                                       "process %lu has ended; what it did tells 'unknot "
                                       "report %s'",
                                       pid, path)
                        : arena_printf(arena, "there is no process %lu", pid);
}

static const char *why_unreadable(struct arena *arena, unsigned long pid, int error)
{
    if (error == ENOENT || error == ESRCH) {
        return why_gone(arena, pid);
    }
    return arena_printf(arena, "process %lu cannot be looked at: %s; try as its user, or as root",
                        pid, strerror(error));
}

/* NULL, or why the process's mappings cannot be read. What has ended has none. */
static const char *read_mappings(struct arena *arena, unsigned long pid, struct mapped *mapped)
{
    char *line = NULL;
    size_t room = 0;
    bool has_memory = false;
    FILE *maps = fopen(arena_printf(arena, "/proc/%lu/maps", pid), "re");
    if (maps == NULL) {
        return why_unreadable(arena, pid, errno);
    }
    errno = 0;
    while (getline(&line, &room, maps) > 0) {
        has_memory = true;
        add_mapping(arena, pid, line, mapped);
    }
    const char *error = ferror(maps)  ? why_unreadable(arena, pid, errno)
                        : !has_memory ? why_gone(arena, pid)
                                      : NULL;
    free(line);
    fclose(maps);
    return error;
}

/* The process's number as it sees it itself: the last of its namespaces'. */
static unsigned long own_pid(struct arena *arena, unsigned long pid)
{
    char line[256];
    unsigned long own = pid;
    FILE *status = fopen(arena_printf(arena, "/proc/%lu/status", pid), "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "NSpid:", 6) == 0) {
            const char *last = strrchr(line, '\t');
            own = last != NULL ? strtoul(last + 1, NULL, 10) : pid;
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    return own;
}

bool recorded_process_read(struct arena *arena, unsigned long pid, const char **path,
                           struct live_snapshot *snapshot, const char **error)
{
    struct mapped mapped = {0};
    unsigned long own = own_pid(arena, pid);
    *error = read_mappings(arena, pid, &mapped);
    if (*error != NULL) {
        return false;
    }
    for (size_t i = 0; i < mapped.paths.count; i++) {
        const char *candidate = mapped.paths.items[i];
        if (live_snapshot_take(arena, candidate, snapshot, error) && snapshot->pid == own) {
            *path = candidate;
            return true;
        }
    }
    if (*error == NULL) {
        *error = arena_printf(arena,
                              mapped.paths.count == 0
                                  ? "process %lu is not recorded: only what runs under 'unknot "
                                    "run' or with libunknot.so preloaded is"
                                  : "process %lu has recorded nothing yet: the recording it has "
                                    "is its parent's",
                              pid);
    }
    return false;
}

bool recorded_process_has_thread(unsigned long pid, uint32_t tid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%lu/task/%" PRIu32, pid, tid);
    return access(path, F_OK) == 0;
}
