#include "analyzer/suppress/lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_BYTES_MAX ((size_t)64 << 20)
#define BLANKS         " \t\r"

/* NULL with errno set. */
static char *read_file(struct arena *arena, const char *path)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    char *text = NULL;
    if (file == NULL) {
        return NULL;
    }
    if (fstat(fileno(file), &status) != 0) {
        goto done;
    }
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        goto done;
    }
    size_t room = FILE_BYTES_MAX;
    if (S_ISREG(status.st_mode) && (size_t)status.st_size < room) {
        room = (size_t)status.st_size;
    }
    text = arena_alloc(arena, room + 1, 1);
    text[fread(text, 1, room, file)] = '\0';
done:
    fclose(file);
    return text;
}

bool lines_open(struct arena *arena, const char *path, struct lines *lines, const char **error)
{
    const char *text = read_file(arena, path);
    if (text == NULL) {
        *error = arena_printf(arena, "cannot read %s: %s", path, strerror(errno));
        return false;
    }
    *lines = (struct lines){.arena = arena, .path = path, .rest = text};
    return true;
}

bool lines_next(struct lines *lines)
{
    do {
        if (*lines->rest == '\0') {
            lines->line = NULL;
            return false;
        }
        size_t bytes = strcspn(lines->rest, "\n");
        const char *start = lines->rest + strspn(lines->rest, BLANKS);
        const char *end = lines->rest + bytes;
        lines->rest = *end == '\n' ? end + 1 : end;
        while (end > start && strchr(BLANKS, end[-1]) != NULL) {
            end--;
        }
        lines->line =
            start < end ? arena_printf(lines->arena, "%.*s", (int)(end - start), start) : "";
        lines->number++;
    } while (lines->line[0] == '\0' || lines->line[0] == '#');
    return true;
}

const char *lines_error(const struct lines *lines, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return arena_printf(lines->arena, "%s:%u: %s", lines->path, lines->number, text);
}

const char *lines_after(const struct lines *lines, const char *prefix)
{
    size_t bytes = strlen(prefix);
    if (strncmp(lines->line, prefix, bytes) != 0) {
        return NULL;
    }
    const char *rest = lines->line + bytes;
    return rest + strspn(rest, BLANKS);
}
