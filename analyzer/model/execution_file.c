#include "analyzer/model/execution_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/format.h"

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

/* Reads up to `size` bytes at `offset` of the file to there in the buffer; fewer only at the end of
 * the file. Returns -1 with errno set. */
static ssize_t read_at(int file, unsigned char *buffer, size_t offset, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t got = pread(file, buffer + offset + done, size - done, (off_t)(offset + done));
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

/* How much of the chunk at `offset`, whose header is read, is wanted, and how long it is. What is
 * no chunk is read page by page, as the reader of the recording goes on. */
static size_t wanted_bytes(const unsigned char *buffer, size_t offset, size_t left, size_t *length)
{
    const struct trace_chunk *chunk = (const struct trace_chunk *)(buffer + offset);
    bool is_chunk = left >= sizeof *chunk && chunk->magic == TRACE_CHUNK_MAGIC &&
                    chunk->bytes >= TRACE_PAGE && chunk->bytes % TRACE_PAGE == 0;

    *length = is_chunk ? chunk->bytes : TRACE_PAGE;
    if (*length > left)
        *length = left;
    return is_chunk && chunk->kind == TRACE_CHUNK_EVENTS ? sizeof *chunk : *length;
}

/* The header page, then of each chunk its header and, unless it has events, the rest. */
static ssize_t read_without_events(int file, unsigned char *buffer, size_t size)
{
    ssize_t got = read_at(file, buffer, 0, size < TRACE_PAGE ? size : TRACE_PAGE);
    size_t offset = got > 0 ? (size_t)got : 0;

    while (got > 0 && offset < size) {
        size_t left = size - offset, length;
        size_t head = left < sizeof(struct trace_chunk) ? left : sizeof(struct trace_chunk);
        got = read_at(file, buffer, offset, head);
        if (got != (ssize_t)head)
            break;
        size_t wanted = wanted_bytes(buffer, offset, left, &length);
        got = wanted > head ? read_at(file, buffer, offset + head, wanted - head) : 1;
        offset += length;
    }
    return got < 0 ? got : (ssize_t)offset;
}

bool execution_file_read(struct arena *arena, const char *path, enum execution_part part,
                         const void **data, size_t *size, const char **error)
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
    size_t bytes = (size_t)status.st_size;
    ssize_t got = part == EXECUTION_WHOLE ? read_at(file, buffer, 0, bytes)
                                          : read_without_events(file, buffer, bytes);
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
