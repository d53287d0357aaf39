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

/* Ours: a real directory with nothing but recordings in it. */
static enum contents look_into(const char *path)
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
        if (!is_dot(entry->d_name) && !recordings_is_name(entry->d_name)) {
            contents = CONTENTS_FOREIGN;
        }
    }
    closedir(directory);
    return contents;
}

static bool remove_recordings(const char *path)
{
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return false;
    }
    bool ok = true;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (recordings_is_name(entry->d_name)) {
            ok &= unlinkat(dirfd(directory), entry->d_name, 0) == 0;
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
    enum contents contents = look_into(path);
    if (contents == CONTENTS_NONE) {
        return true;
    }
    if (contents == CONTENTS_FOREIGN) {
        return not_ours(command, path);
    }
    contents = look_into(old);
    if (contents == CONTENTS_FOREIGN) {
        return not_ours(command, old);
    }
    if ((contents == CONTENTS_OURS && !remove_recordings(old)) || rename(path, old) != 0) {
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
