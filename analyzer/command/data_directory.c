#include "analyzer/command/data_directory.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/command/message.h"
#include "analyzer/command/recordings.h"

enum contents { CONTENTS_NONE, CONTENTS_OURS, CONTENTS_FOREIGN };

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool has_end(const char *name, const char *end)
{
    size_t bytes = strlen(name), end_bytes = strlen(end);
    return bytes > end_bytes && strcmp(name + bytes - end_bytes, end) == 0;
}

/* What runs leave behind beside folders for each of them. */
static bool is_ours(const char *name)
{
    return recordings_is_name(name) || has_end(name, DATA_DIRECTORY_PLAN) ||
           strcmp(name, DATA_DIRECTORY_OUTPUT) == 0;
}

/* Those of `confirm` are called by numbers. */
static bool is_number(const char *name)
{
    return name[strspn(name, "0123456789")] == '\0';
}

static bool is_foreign(const char *folder, const char *name, bool is_top);

/* Ours: a real directory with nothing in it but what we write, and numbered folders of that. */
static enum contents look_into(const char *path, bool is_top)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        return errno == ENOENT ? CONTENTS_NONE : CONTENTS_FOREIGN;
    }
    DIR *directory = S_ISDIR(status.st_mode) ? opendir(path) : NULL;
    if (directory == NULL) {
        return CONTENTS_FOREIGN;
    }
    enum contents contents = CONTENTS_OURS;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!is_dot(entry->d_name) && is_foreign(path, entry->d_name, is_top)) {
            contents = CONTENTS_FOREIGN;
        }
    }
    closedir(directory);
    return contents;
}

static bool is_foreign(const char *folder, const char *name, bool is_top)
{
    char path[PATH_MAX];
    if (is_ours(name)) {
        return false;
    }
    return !is_top || !is_number(name) ||
           snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path ||
           look_into(path, false) != CONTENTS_OURS;
}

/* Its numbered folders, too; there are none below these. */
static bool remove_ours(const char *path, bool is_top)
{
    char below[PATH_MAX];
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return false;
    }
    bool ok = true;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (is_ours(entry->d_name)) {
            ok &= unlinkat(dirfd(directory), entry->d_name, 0) == 0;
        } else if (is_top && is_number(entry->d_name)) {
            ok &= snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below &&
                  remove_ours(below, false);
        }
    }
    closedir(directory);
    return ok && rmdir(path) == 0;
}

static bool not_ours(const char *command, const char *path)
{
    message(command, "%s is not a folder of recordings: move it away, or use --data=DIR", path);
    return false;
}

static bool keep_previous(struct arena *arena, const char *command, const char *path)
{
    const char *old = arena_printf(arena, "%s.old", path);
    enum contents contents = look_into(path, true);
    if (contents == CONTENTS_NONE) {
        return true;
    }
    if (contents == CONTENTS_FOREIGN) {
        return not_ours(command, path);
    }
    contents = look_into(old, true);
    if (contents == CONTENTS_FOREIGN) {
        return not_ours(command, old);
    }
    if ((contents == CONTENTS_OURS && !remove_ours(old, true)) || rename(path, old) != 0) {
        message(command, "cannot move %s to %s: %s", path, old, strerror(errno));
        return false;
    }
    return true;
}

static const char *without_trailing_slashes(struct arena *arena, const char *path)
{
    size_t bytes = strlen(path);
    while (bytes > 1 && path[bytes - 1] == '/') {
        bytes--;
    }
    return arena_printf(arena, "%.*s", (int)bytes, path);
}

const char *data_directory_elsewhere(struct arena *arena)
{
    const char *const places[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i] != NULL && places[i][0] == '/' && access(places[i], W_OK | X_OK) == 0) {
            return arena_printf(arena, "%s/" DATA_DIRECTORY_DEFAULT, places[i]);
        }
    }
    return NULL;
}

const char *data_directory_create(struct arena *arena, const char *command, const char *path)
{
    char resolved[PATH_MAX];
    path = without_trailing_slashes(arena, path);
    if (!keep_previous(arena, command, path)) {
        return NULL;
    }
    if (mkdir(path, 0777) != 0 || realpath(path, resolved) == NULL) {
        int error = errno;
        const char *other = data_directory_elsewhere(arena);
        message(command, "cannot make %s to record into: %s (%s%s)", path, strerror(error),
                other != NULL ? "try --data="
                              : "nor can /tmp be written to: mount a folder, and "
                                "name it with --data=DIR",
                other != NULL ? other : "");
        return NULL;
    }
    return arena_strdup(arena, resolved);
}

bool data_directory_has_recordings(const char *path)
{
    bool found = false;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return false;
    }
    for (struct dirent *entry; !found && (entry = readdir(directory)) != NULL;) {
        found = recordings_is_name(entry->d_name);
    }
    closedir(directory);
    return found;
}
