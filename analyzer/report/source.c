#include "analyzer/report/source.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES_MAX    160
#define FILE_BYTES_MAX    (64 << 20)
#define CONTENT_BYTES_MAX (8 << 20)

/* Debug information may name anything: a regular file of sane size only. */
static FILE *open_source(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd < 0) {
        return NULL;
    }
    FILE *file = NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= FILE_BYTES_MAX) {
        file = fdopen(fd, "r");
    }
    if (file == NULL) {
        close(fd);
    }
    return file;
}

static const char *trimmed(struct arena *arena, char *text, size_t bytes)
{
    while (bytes > 0 && isspace((unsigned char)text[bytes - 1])) {
        bytes--;
    }
    while (bytes > 0 && isspace((unsigned char)*text)) {
        text++;
        bytes--;
    }
    if (bytes > LINE_BYTES_MAX) {
        bytes = LINE_BYTES_MAX;
    }
    return bytes > 0 ? arena_printf(arena, "%.*s", (int)bytes, text) : NULL;
}

char *source_content(struct arena *arena, const char *path, uint64_t *changed_ns)
{
    struct stat status;
    char *content = NULL;
    FILE *file = path[0] == '/' ? open_source(path) : NULL;
    if (file == NULL) {
        return NULL;
    }
    if (fstat(fileno(file), &status) == 0 && status.st_size <= CONTENT_BYTES_MAX) {
        size_t bytes = (size_t)status.st_size;
        content = arena_alloc(arena, bytes + 1, 1);
        if (fread(content, 1, bytes, file) != bytes || memchr(content, '\0', bytes) != NULL) {
            content = NULL;
        }
        *changed_ns =
            (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec;
    }
    fclose(file);
    return content;
}

const char *source_line(struct arena *arena, const char *path, uint32_t line)
{
    FILE *file = path[0] == '/' ? open_source(path) : NULL;
    if (file == NULL) {
        return NULL;
    }
    char *text = NULL;
    size_t capacity = 0;
    ssize_t bytes = -1;
    for (uint32_t i = 0; i < line; i++) {
        bytes = getline(&text, &capacity, file);
        if (bytes < 0) {
            break;
        }
    }
    const char *result = bytes > 0 ? trimmed(arena, text, (size_t)bytes) : NULL;
    free(text);
    fclose(file);
    return result;
}
