#include "tests/random_traces/micro_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct verb_event {
    enum sync_event_kind kind;
    uint32_t mode;
    uint32_t object; /* 1 or 2; 0 ends the list */
};

static const struct verb {
    const char *word;
    enum sync_object_kind object_kind;
    struct verb_event events[4];
} verbs[] = {
#define E(kind, mode, object) {SYNC_##kind, (mode), (object)},
#define X(word, kind, events) {word, kind, {events}},
#include "tests/random_traces/micro_verbs.def"
#undef X
#undef E
};

struct reader {
    struct trace_builder *builder;
    const char *statement;
    char names[TRACE_MOST_OBJECTS][16];
};

static void reject(const struct reader *reader)
{
    fprintf(stderr, "micro_trace: \"%.40s\" is not a statement\n", reader->statement);
    abort();
}

static uint32_t find_object(struct reader *reader, const char *name, enum sync_object_kind kind,
                            uint32_t initial)
{
    uint32_t count = reader->builder->trace.object_count;

    for (uint32_t i = 0; i < count; i++) {
        bool is_thread = reader->builder->objects[i].kind == SYNC_THREAD;
        if (strcmp(reader->names[i], name) == 0 && is_thread == (kind == SYNC_THREAD))
            return i;
    }
    snprintf(reader->names[count], sizeof reader->names[count], "%s", name);
    return trace_builder_object(reader->builder, kind, initial,
                                kind == SYNC_THREAD ? (uint32_t)atoi(name) : 0);
}

static bool declare(struct reader *reader, const char *what, const char *name, const char *value)
{
    uint32_t initial = strcmp(value, "?") == 0 ? SYNC_UNKNOWN : (uint32_t)atoi(value);

    if (strcmp(what, "queue") == 0)
        find_object(reader, name, SYNC_WRITER_QUEUE, 0);
    else if (strcmp(what, "sem") == 0)
        find_object(reader, name, SYNC_SEMAPHORE, initial);
    else if (strcmp(what, "barrier") == 0)
        find_object(reader, name, SYNC_BARRIER, initial);
    else
        return false;
    return true;
}

static void act(struct reader *reader, uint32_t thread, const struct verb *verb, const char *first,
                const char *second)
{
    uint32_t objects[3] = {0, find_object(reader, first, verb->object_kind, 0), 0};

    if (*second != '\0')
        objects[2] = find_object(reader, second, SYNC_LOCK, 0);
    for (const struct verb_event *event = verb->events; event->object != 0; event++)
        trace_builder_event(reader->builder, thread, event->kind, objects[event->object],
                            event->mode);
}

static void read_statement(struct reader *reader)
{
    char words[4][16] = {""};

    if (sscanf(reader->statement, " %15[^ ;] %15[^ ;] %15[^ ;] %15[^ ;]", words[0], words[1],
               words[2], words[3]) < 2)
        reject(reader);
    if (declare(reader, words[0], words[1], words[2]))
        return;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(words[1], verbs[i].word) == 0) {
            act(reader, (uint32_t)atoi(words[0]), &verbs[i], words[2], words[3]);
            return;
        }
    }
    reject(reader);
}

void micro_trace_build(struct trace_builder *builder, const char *text)
{
    struct reader reader = {.builder = builder};

    memset(builder, 0, sizeof *builder);
    while (text && *text != '\0') {
        reader.statement = text;
        read_statement(&reader);
        text = strchr(text, ';');
        text += text != NULL;
    }
}
