#include "analyzer/model/execution_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_readable_file(struct arena *arena, const char *path, int file, struct stat *status,
                             const char **error)
{
    if (fstat(file, status) != 0) {
        *error = arena_printf(arena, "%s: cannot be examined: %s", path, strerror(errno));
        return false;
    }
    if (S_ISDIR(status->st_mode)) {
        *error = arena_printf(arena, "%s: a directory; name a recording in it", path);
        return false;
    }
    if (!S_ISREG(status->st_mode)) {
        *error = arena_printf(arena, "%s: not a regular file; name a recording", path);
        return false;
    }
    return true;
}

/* Reads up to `size` bytes; fewer only at the end of the file. Returns -1 with errno set. */
static ssize_t read_all(int file, unsigned char *buffer, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t got = read(file, buffer + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

bool execution_file_read(struct arena *arena, const char *path, const void **data, size_t *size,
                         const char **error)
{
    struct stat status;
    bool ok = false;

    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0) {
        *error = arena_printf(arena, "%s: cannot be opened: %s", path, strerror(errno));
        return false;
    }
    if (!is_readable_file(arena, path, file, &status, error))
        goto done;

    void *buffer = arena_alloc(arena, (size_t)status.st_size, 1);
    ssize_t got = read_all(file, buffer, (size_t)status.st_size);
    if (got < 0) {
        *error = arena_printf(arena, "%s: cannot be read: %s", path, strerror(errno));
        goto done;
    }
    *data = buffer;
    *size = (size_t)got;
    ok = true;
done:
    close(file);
    return ok;
}
