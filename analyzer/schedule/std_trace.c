#include "analyzer/schedule/std_trace.h"

#include <errno.h>
#include <string.h>
#include "analyzer/base/progress.h"
#include "analyzer/schedule/input_file.h"
#include "analyzer/schedule/std_lines.h"

/* A line of the shortest form, and the most events that it makes. */
enum { BUFFER_BYTES = 1 << 20, LEAST_LINE_BYTES = 8, LINE_EVENTS = 4 };

struct std_source {
    struct sync_source source;
    struct std_lines lines;
    const char *path;
    struct input_file input;
    char *buffer;
    bool is_read;
    size_t line_count; /* of a whole reading */
};

/* What went wrong with reading the file, or NULL. */
static const char *take_file(struct std_source *reader)
{
    char *buffer = reader->buffer;
    uint64_t done = 0;
    size_t left = 0;

    for (;;) {
        ssize_t bytes = input_file_read(&reader->input, buffer + left, BUFFER_BYTES - left);
        if (bytes < 0)
            return strerror(errno);
        if (bytes == 0 && left > 0)
            buffer[left++] = '\n'; /* the last line may have no end */
        done += (uint64_t)bytes;
        progress_at(done, (uint64_t)reader->input.size);
        size_t taken = std_lines_take(&reader->lines, buffer, left + (size_t)bytes);
        if (bytes == 0 || reader->lines.error != NULL)
            return NULL;
        left = left + (size_t)bytes - taken;
        memmove(buffer, buffer + taken, left);
        if (left == BUFFER_BYTES) {
            reader->lines.line++;
            std_lines_fail(&reader->lines, "is too long");
            return NULL;
        }
    }
}

static bool read_all(struct sync_source *source, sync_take *take, void *taker, const char **error)
{
    struct std_source *reader = (struct std_source *)source;
    const char *why = NULL;

    if (reader->is_read && !input_file_rewind(&reader->input))
        why = strerror(errno);
    reader->is_read = true;
    std_lines_begin(&reader->lines, take, taker);
    progress_begin("reading the trace");
    if (why == NULL)
        why = take_file(reader);
    progress_end();
    if (why == NULL && reader->lines.error == NULL && reader->line_count != 0 &&
        reader->line_count != reader->lines.line)
        why = "it changed meanwhile";
    reader->line_count = reader->lines.line;
    if (why != NULL)
        *error = arena_printf(reader->lines.arena, "cannot read %s: %s", reader->path, why);
    else if (reader->lines.error != NULL)
        *error = arena_printf(reader->lines.arena, "%s: line %zu %s", reader->path,
                              reader->lines.line, reader->lines.error);
    return why == NULL && reader->lines.error == NULL;
}

bool std_source_open(struct arena *arena, const char *path, struct std_source **source,
                     const char **error)
{
    struct std_source *reader = arena_alloc(arena, 1, sizeof *reader);

    if (!input_file_open(&reader->input, path)) {
        *error = arena_printf(arena, "cannot open %s: %s", path, strerror(errno));
        return false;
    }
    reader->source.read = read_all;
    reader->source.trace = &reader->lines.trace;
    if (reader->input.size > 0)
        reader->source.most_events =
            (size_t)reader->input.size / LEAST_LINE_BYTES * LINE_EVENTS + LINE_EVENTS;
    reader->lines.arena = arena;
    reader->path = path;
    reader->buffer = arena_alloc(arena, BUFFER_BYTES + 1, 1);
    *source = reader;
    return true;
}

struct sync_source *std_source_events(struct std_source *source)
{
    return &source->source;
}

struct std_names std_source_names(const struct std_source *source)
{
    return (struct std_names){
        .threads = source->lines.thread_names.names.items,
        .objects = source->lines.object_names.items,
        .sites = source->lines.site_names.names.items,
        .site_count = (uint32_t)source->lines.site_names.names.count,
    };
}

size_t std_source_line_count(const struct std_source *source)
{
    return source->lines.line;
}

void std_source_close(struct std_source *source)
{
    input_file_close(&source->input);
}

/* Every event in memory. */
struct event_list {
    struct arena *arena;
    ARRAY(struct sync_event) events;
};

static void list_event(void *taker, const struct sync_event *event)
{
    struct event_list *list = taker;

    *array_add(list->arena, &list->events) = *event;
}

bool std_trace_read(struct arena *arena, const char *path, struct std_trace *std,
                    const char **error)
{
    struct event_list list = {.arena = arena};
    struct std_source *source;

    if (!std_source_open(arena, path, &source, error))
        return false;
    bool is_read = source->source.read(&source->source, list_event, &list, error);
    std_source_close(source);
    if (!is_read)
        return false;
    *std = (struct std_trace){
        .trace = source->lines.trace,
        .line_count = source->lines.line,
        .names = std_source_names(source),
    };
    std->trace.events = list.events.items;
    std->trace.event_count = list.events.count;
    return true;
}
