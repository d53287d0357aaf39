#include "analyzer/command/merged_input.h"

#include <fcntl.h>
#include <unistd.h>
#include "analyzer/model/execution_file.h"
#include "analyzer/suite/suite_file.h"

#define ARENA_BYTES_MAX ((size_t)16 << 30)

bool merged_input_is_one(const char *path)
{
    char start[32];
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    ssize_t bytes = file >= 0 ? pread(file, start, sizeof start, 0) : -1;
    if (file >= 0) {
        close(file);
    }
    return bytes > 0 && suite_file_is_one(start, (size_t)bytes);
}

bool merged_input_add(struct suite *suite, const char *path, const char **error)
{
    const void *data;
    size_t size;
    struct arena arena;
    struct suite trial;
    bool ok = false;
    arena_init(&arena, ARENA_BYTES_MAX);
    suite_init(&trial, &arena);
    if (!execution_file_read(&arena, path, EXECUTION_WHOLE, &data, &size, error)) {
        *error = arena_strdup(suite->arena, *error);
    } else if (!suite_file_read(&trial, data, size, error)) {
        *error = arena_printf(suite->arena, "%s is damaged: %s", path, *error);
    } else {
        ok = suite_file_read(suite, data, size, error);
    }
    arena_destroy(&arena);
    return ok;
}
