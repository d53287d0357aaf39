#include "analyzer/report/place.h"

#include <string.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool starts_with_any(const char *text, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        if (strncmp(text, *prefixes, strlen(*prefixes)) == 0) {
            return true;
        }
    }
    return false;
}

static bool ends_with_operator(const char *text, const char *end)
{
    const size_t bytes = strlen("operator");
    return (size_t)(end - text) >= bytes && strncmp(end - bytes, "operator", bytes) == 0;
}

/* Where the name starts, past the return type that the demangler writes in front of a template. */
static const char *name_start(const char *function, const char *end)
{
    const char *name = function;
    int depth = 0;
    for (const char *next = function; next < end; next++) {
        if (ends_with_operator(function, next)) {
            /* What follows belongs to the name: operator<, operator(), operator bool. */
            break;
        }
        depth += strchr("<({[", *next) != NULL ? 1 : strchr(">)}]", *next) != NULL ? -1 : 0;
        if (*next == ' ' && depth == 0) {
            name = next + 1;
        }
    }
    return name;
}

/* Where the last list of arguments starts, or the end of a name without one. */
static const char *name_end(const char *function)
{
    const char *end = function + strlen(function);
    const char *close = strrchr(function, ')');
    int depth = 0;
    for (const char *next = close; next != NULL && next >= function; next--) {
        depth += *next == ')' ? 1 : *next == '(' ? -1 : 0;
        if (depth == 0) {
            return ends_with_operator(function, next) || next == function ? end : next;
        }
    }
    return end;
}

const char *place_function(struct arena *arena, const struct frame *frame)
{
    const char *function = frame_function(arena, frame);
    const char *end = name_end(function);
    const char *start = name_start(function, end);
    return arena_printf(arena, "%.*s", (int)(end - start), start);
}

static bool is_wrapper(const struct frame *frame)
{
    static const char *const names[] = {"std::", "__gnu_cxx::", "__gthread", "pthread_",
                                        "__pthread_", "mtx_", "cnd_",
                                        /* of sanitizers that are linked statically */
                                        "__interceptor_", "___interceptor_", "__tsan_", NULL};
    if (frame->file != NULL && strstr(frame->file, "/include/c++/") != NULL) {
        return true;
    }
    return frame->function != NULL &&
           starts_with_any(name_start(frame->function, name_end(frame->function)), names);
}

/* Debian strips the static functions of libc and libstdc++ that start threads: go by the module. */
bool place_is_start(const struct frame *frame)
{
    static const char *const modules[] = {
        "libc.so", "libpthread.so", "libstdc++.so", "ld-linux", "libc-", "libpthread-", NULL};
    return starts_with_any(base_name(frame->module), modules) || is_wrapper(frame) ||
           (frame->function != NULL && strcmp(frame->function, "_start") == 0);
}

struct frame_list place_program_frames(struct frame_list stack)
{
    size_t first = 0;
    size_t end = stack.count;
    while (end > 0 && place_is_start(&stack.frames[end - 1])) {
        end--;
    }
    while (first < end && is_wrapper(&stack.frames[first])) {
        first++;
    }
    if (first == end) {
        return stack;
    }
    return (struct frame_list){end - first, stack.frames + first};
}

const char *place_file(struct arena *arena, const struct execution *execution, const char *path)
{
    const char *directory = execution->directory != NULL ? execution->directory : "";
    size_t bytes = strlen(directory);
    if (bytes > 1 && strncmp(path, directory, bytes) == 0 && path[bytes] == '/') {
        return arena_strdup(arena, path + bytes + 1);
    }
    return path;
}

const char *place_line(struct arena *arena, const struct execution *execution,
                       const struct frame *frame)
{
    if (frame->file == NULL || frame->line == 0) {
        return NULL;
    }
    return arena_printf(arena, "%s:%u", place_file(arena, execution, frame->file), frame->line);
}

static const char *summary(struct arena *arena, const struct frame *frame)
{
    const char *function = place_function(arena, frame);
    if (frame->file == NULL || frame->line == 0) {
        return function;
    }
    return arena_printf(arena, "%s (%s:%u)", function, base_name(frame->file), frame->line);
}

const char *place_summary(struct arena *arena, struct frame_list stack)
{
    return stack.count == 0 ? NULL : summary(arena, &place_program_frames(stack).frames[0]);
}

const char *place_caller_summary(struct arena *arena, struct frame_list stack)
{
    struct frame_list program = place_program_frames(stack);
    return program.count < 2 ? NULL : summary(arena, &program.frames[1]);
}
