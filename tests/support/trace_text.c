#include "tests/support/trace_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/base/array.h"

struct maker {
    struct arena *arena;
    ARRAY(struct sync_event) events;
    ARRAY(struct sync_object) objects;
    ARRAY(const char *) object_names;
    ARRAY(const char *) thread_names;
};

static const struct operation {
    const char *word;
    enum sync_event_kind kind;
    int mode;
    enum sync_object_kind object;
    bool requests; /* a REQUEST comes before it */
} operations[] = {
    {"req", SYNC_REQUEST, 0, SYNC_LOCK, false},
    {"rreq", SYNC_REQUEST, SYNC_READER, SYNC_LOCK, false},
    {"timed", SYNC_REQUEST, SYNC_TIMED, SYNC_LOCK, false},
    {"acq", SYNC_ACQUIRE, 0, SYNC_LOCK, true},
    {"racq", SYNC_ACQUIRE, SYNC_READER, SYNC_LOCK, true},
    {"tacq", SYNC_ACQUIRE, SYNC_TRY, SYNC_LOCK, false},
    {"tracq", SYNC_ACQUIRE, SYNC_TRY | SYNC_READER, SYNC_LOCK, false},
    {"rel", SYNC_RELEASE, 0, SYNC_LOCK, false},
    {"rrel", SYNC_RELEASE, SYNC_READER, SYNC_LOCK, false},
    {"wrel", SYNC_RELEASE, SYNC_IN_WAIT, SYNC_LOCK, false},
    {"tfail", SYNC_TRY_FAIL, SYNC_HOLDER_SEEN, SYNC_LOCK, false},
    {"rtfail", SYNC_TRY_FAIL, SYNC_HOLDER_SEEN | SYNC_READER, SYNC_LOCK, false},
    {"gfail", SYNC_TRY_FAIL, 0, SYNC_LOCK, false},
    {"wait", SYNC_WAIT_BEGIN, 0, SYNC_CONDITION, false},
    {"woken", SYNC_WAIT_END, 0, SYNC_CONDITION, false},
    {"timeout", SYNC_WAIT_END, SYNC_NOT_WOKEN, SYNC_CONDITION, false},
    {"signal", SYNC_SIGNAL, 0, SYNC_CONDITION, false},
    {"broadcast", SYNC_BROADCAST, 0, SYNC_CONDITION, false},
    {"post", SYNC_POST, 0, SYNC_SEMAPHORE, false},
    {"take", SYNC_TAKE, 0, SYNC_SEMAPHORE, true},
    {"enter", SYNC_BARRIER_ENTER, 0, SYNC_BARRIER, false},
    {"leave", SYNC_BARRIER_LEAVE, 0, SYNC_BARRIER, false},
    {"pass", SYNC_ONCE_PASS, 0, SYNC_LOCK, false},
    {"create", SYNC_CREATE, 0, SYNC_THREAD, false},
    {"begin", SYNC_BEGIN, 0, SYNC_THREAD, false},
    {"end", SYNC_END, 0, SYNC_THREAD, false},
    {"ask", SYNC_REQUEST, 0, SYNC_THREAD, false},
    {"join", SYNC_JOIN, 0, SYNC_THREAD, false},
    {"r", SYNC_READ, 0, SYNC_VARIABLE, false},
    {"w", SYNC_WRITE, 0, SYNC_VARIABLE, false},
};

static const struct declaration {
    const char *word;
    enum sync_object_kind kind;
} declarations[] = {
    {"queue", SYNC_WRITER_QUEUE},
    {"sem", SYNC_SEMAPHORE},
    {"barrier", SYNC_BARRIER},
};

static void fail(const char *why, const char *what)
{
    fprintf(stderr, "trace text: %s '%s'\n", why, what);
    abort();
}

static uint32_t thread_number(struct maker *maker, const char *name)
{
    for (uint32_t i = 0; i < maker->thread_names.count; i++) {
        if (strcmp(maker->thread_names.items[i], name) == 0)
            return i;
    }
    *array_add(maker->arena, &maker->thread_names) = arena_strdup(maker->arena, name);
    return (uint32_t)maker->thread_names.count - 1;
}

/* Names of threads' ends and of other objects do not meet. */
static uint32_t object_number(struct maker *maker, const char *name, enum sync_object_kind kind)
{
    const char *full = kind == SYNC_THREAD ? arena_printf(maker->arena, "thread %s", name) : name;

    for (uint32_t i = 0; i < maker->object_names.count; i++) {
        if (strcmp(maker->object_names.items[i], full) == 0)
            return i;
    }
    *array_add(maker->arena, &maker->object_names) = arena_strdup(maker->arena, full);
    *array_add(maker->arena, &maker->objects) = (struct sync_object){
        .kind = kind,
        .initial = SYNC_UNKNOWN,
        .thread = kind == SYNC_THREAD ? thread_number(maker, name) : SYNC_UNKNOWN,
    };
    return (uint32_t)maker->objects.count - 1;
}

static void declare(struct maker *maker, const char *name, const struct declaration *declaration,
                    const char *initial)
{
    uint32_t number = object_number(maker, name, declaration->kind);

    if (initial != NULL)
        maker->objects.items[number].initial = (uint32_t)strtoul(initial, NULL, 10);
}

static void add_event(struct maker *maker, const char *thread, const char *object,
                      const struct operation *operation)
{
    struct sync_event event = {
        .thread = thread_number(maker, thread),
        .object = object_number(maker, object, operation->object),
        .kind = (uint8_t)operation->kind,
        .mode = (uint8_t)operation->mode,
    };

    if (operation->requests) {
        struct sync_event request = event;
        request.kind = SYNC_REQUEST;
        *array_add(maker->arena, &maker->events) = request;
    }
    *array_add(maker->arena, &maker->events) = event;
}

static void take_words(struct maker *maker, char *text)
{
    char *save = NULL;
    const char *first = strtok_r(text, " ", &save), *word = strtok_r(NULL, " ", &save);
    const char *object = strtok_r(NULL, " ", &save);

    if (first == NULL)
        return;
    if (word == NULL)
        fail("no operation of", first);
    for (size_t i = 0; i < sizeof declarations / sizeof *declarations; i++) {
        if (strcmp(declarations[i].word, word) == 0) {
            declare(maker, first, &declarations[i], object);
            return;
        }
    }
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(operations[i].word, word) == 0) {
            add_event(maker, first, object != NULL ? object : first, &operations[i]);
            return;
        }
    }
    fail("unknown operation", word);
}

struct sync_trace *trace_from_text(struct arena *arena, const char *text)
{
    struct maker maker = {.arena = arena};
    struct sync_trace *trace = arena_alloc(arena, 1, sizeof *trace);
    char *save = NULL;

    for (char *part = strtok_r(arena_strdup(arena, text), ";", &save); part != NULL;
         part = strtok_r(NULL, ";", &save))
        take_words(&maker, part);
    *trace = (struct sync_trace){
        .events = maker.events.items,
        .event_count = maker.events.count,
        .thread_count = (uint32_t)maker.thread_names.count,
        .objects = maker.objects.items,
        .object_count = (uint32_t)maker.objects.count,
    };
    return trace;
}
