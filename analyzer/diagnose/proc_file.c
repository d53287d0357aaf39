#include "analyzer/diagnose/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_BYTES 4096

char *proc_file_read_bytes(struct arena *arena, const char *path, size_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    size_t capacity = FIRST_BYTES;
    char *text = arena_alloc(arena, capacity, 1);
    size_t used = 0;
    ssize_t got;
    while ((got = read(fd, text + used, capacity - used - 1)) > 0) {
        used += (size_t)got;
        if (capacity - used < FIRST_BYTES / 2) {
            char *larger = arena_alloc(arena, capacity * 2, 1);
            memcpy(larger, text, used);
            text = larger;
            capacity *= 2;
        }
    }
    int error = errno;
    close(fd);
    if (got < 0) {
        errno = error;
        return NULL;
    }
    text[used] = '\0';
    *bytes = used;
    return text;
}

char *proc_file_read(struct arena *arena, const char *path_format, ...)
{
    char path[PATH_MAX];
    size_t bytes;
    va_list arguments;
    va_start(arguments, path_format);
    vsnprintf(path, sizeof path, path_format, arguments);
    va_end(arguments);
    return proc_file_read_bytes(arena, path, &bytes);
}

static const char *find_line(const char *text, const char *name)
{
    size_t bytes = strlen(name);
    while (text != NULL && strncmp(text, name, bytes) != 0) {
        text = strchr(text, '\n');
        text = text != NULL ? text + 1 : NULL;
    }
    return text != NULL ? text + bytes : NULL;
}

/* The next number of the line; false at its end. */
static bool next_number(const char **line, uint64_t *value)
{
    const char *start = *line + strspn(*line, " \t");
    char *end;
    if (*start < '0' || *start > '9') {
        return false;
    }
    *value = strtoull(start, &end, 10);
    *line = end;
    return true;
}

uint64_t proc_file_field(const char *text, const char *name, uint64_t otherwise)
{
    const char *line = find_line(text, name);
    uint64_t value;
    return line != NULL && next_number(&line, &value) ? value : otherwise;
}

uint64_t proc_file_last_field(const char *text, const char *name, uint64_t otherwise)
{
    const char *line = find_line(text, name);
    uint64_t value = otherwise;
    while (line != NULL && next_number(&line, &value)) {
    }
    return value;
}
