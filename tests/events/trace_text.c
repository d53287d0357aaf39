/* What the events of a recording make as a trace, for tests.
 *
 *     trace_text show FILE     a line for each event: thread, kind, object, and its mode in words
 *     trace_text check FILE    whether the trace makes sense: status 0, or 1 and a line that says
 *                              what does not
 *
 * Objects are called by their kind and a number in the order of their first event; threads by
 * theirs. `check` wants every event in the trace, locks held and given back in turn, semaphores
 * that never fall below 0, and threads that act between their beginning and their end. Who ended
 * with a lock held may have left it to others. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/schedule/recorded_trace.h"

static const char *const kind_names[] = {
#define X(name, text) #name,
#include "analyzer/schedule/sync_events.def"
#undef X
};

static const struct {
    unsigned bit;
    const char *word;
} modes[] = {
    {SYNC_READER, "reader"}, {SYNC_TRY, "try"},           {SYNC_TIMED, "timed"},
    {SYNC_IN_WAIT, "wait"},  {SYNC_NOT_WOKEN, "unwoken"}, {SYNC_HOLDER_SEEN, "holder"},
};

static const char *object_word(const struct sync_object *object)
{
    static const char *const words[] = {"lock",    "queue",  "condition", "semaphore",
                                        "barrier", "thread", "variable"};
    return words[object->kind];
}

static void show(const struct sync_trace *trace)
{
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        const struct sync_object *object = &trace->objects[event->object];
        uint32_t number = object->kind == SYNC_THREAD ? object->thread : event->object;
        printf("T%u %s %s%u", event->thread, kind_names[event->kind], object_word(object), number);
        for (size_t m = 0; m < sizeof modes / sizeof modes[0]; m++) {
            if (event->mode & modes[m].bit)
                printf(" %s", modes[m].word);
        }
        putchar('\n');
    }
}

struct object_state {
    uint32_t writer; /* 1 more than the thread */
    uint32_t readers;
    int64_t value;
};

struct thread_state {
    bool is_created, has_begun, has_ended;
};

static bool complain(size_t position, const char *format, ...)
{
    va_list arguments;

    printf("event %zu: ", position);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    return false;
}

static bool check_lock(const struct sync_event *event, struct object_state *lock,
                       const struct thread_state *threads, size_t at)
{
    bool is_reader = event->mode & SYNC_READER;

    if (event->kind == SYNC_ACQUIRE) {
        bool is_robust = lock->writer && threads[lock->writer - 1].has_ended;
        if ((lock->writer && !is_robust) || (lock->readers && !is_reader))
            return complain(at, "T%u acquires object %u, which is held", event->thread,
                            event->object);
        if (is_reader)
            lock->readers++;
        else
            lock->writer = event->thread + 1;
    } else if (event->kind == SYNC_RELEASE) {
        if (is_reader ? !lock->readers : !lock->writer)
            return complain(at, "T%u releases object %u, which is not held", event->thread,
                            event->object);
        if (is_reader)
            lock->readers--;
        else
            lock->writer = 0;
    } else if (event->mode & SYNC_HOLDER_SEEN && !lock->writer && !lock->readers) {
        return complain(at, "T%u found object %u held, which is free", event->thread,
                        event->object);
    }
    return true;
}

static bool check_semaphore(const struct sync_trace *trace, const struct sync_event *event,
                            struct object_state *state, size_t at)
{
    uint32_t initial = trace->objects[event->object].initial;

    state->value += (event->kind == SYNC_POST) - (event->kind == SYNC_TAKE);
    if (initial != SYNC_UNKNOWN && state->value + (int64_t)initial < 0)
        return complain(at, "T%u takes from semaphore %u, which is at 0", event->thread,
                        event->object);
    return true;
}

static bool check_thread(const struct sync_trace *trace, const struct sync_event *event,
                         struct thread_state *threads, size_t at)
{
    struct thread_state *self = &threads[event->thread];
    struct thread_state *other = &threads[trace->objects[event->object].thread];

    if (self->has_ended)
        return complain(at, "T%u has ended", event->thread);
    if (event->kind == SYNC_CREATE)
        other->is_created = true;
    else if (event->kind == SYNC_BEGIN && self->has_begun)
        return complain(at, "T%u begins again", event->thread);
    else if (event->kind == SYNC_BEGIN)
        self->has_begun = true;
    else if (event->kind == SYNC_JOIN && !other->has_ended)
        return complain(at, "T%u joins a thread that has not ended", event->thread);
    else if (event->kind == SYNC_END)
        self->has_ended = true;
    return true;
}

static bool check_event(const struct sync_trace *trace, struct object_state *objects,
                        struct thread_state *threads, size_t at)
{
    const struct sync_event *event = &trace->events[at];

    switch (trace->objects[event->object].kind) {
    case SYNC_LOCK:
    case SYNC_WRITER_QUEUE:
        return check_lock(event, &objects[event->object], threads, at);
    case SYNC_SEMAPHORE:
        return check_semaphore(trace, event, &objects[event->object], at);
    case SYNC_THREAD:
        return check_thread(trace, event, threads, at);
    default:
        return true;
    }
}

static bool check(struct arena *arena, const struct recorded_trace *recorded)
{
    const struct sync_trace *trace = &recorded->trace;
    struct object_state *objects = arena_alloc(arena, trace->object_count + 1, sizeof *objects);
    struct thread_state *threads = arena_alloc(arena, trace->thread_count + 1, sizeof *threads);

    if (recorded->left_out)
        return complain(trace->event_count, "%zu of %zu events are left out", recorded->left_out,
                        recorded->recorded);
    if (!trace->event_count)
        return complain(0, "there are no events");
    for (size_t i = 0; i < trace->event_count; i++) {
        if (!check_event(trace, objects, threads, i))
            return false;
    }
    printf("%zu events\n", trace->event_count);
    return true;
}

/* Time goes on in each thread, and from who gives a lock back to who has it next. What was held
 * before the first event has none. */
static bool check_times(struct arena *arena, const struct sync_trace *trace)
{
    uint64_t *of_thread = arena_alloc(arena, trace->thread_count + 1, sizeof *of_thread);
    uint64_t *of_lock = arena_alloc(arena, trace->object_count + 1, sizeof *of_lock);

    if (trace->times == NULL || trace->processors == 0)
        return complain(0, "events have no times");
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        bool takes = event->kind == SYNC_ACQUIRE, writes = (event->mode & SYNC_READER) == 0;
        if (trace->times[i] < of_thread[event->thread] ||
            (takes && trace->times[i] < of_lock[event->object]))
            return complain(i, "is before what it comes after");
        of_thread[event->thread] = trace->times[i];
        if (event->kind == SYNC_RELEASE && writes)
            of_lock[event->object] = trace->times[i];
    }
    return true;
}

int main(int count, char **arguments)
{
    struct arena arena;
    struct recorded_trace recorded;
    const char *error;
    bool is_good = true;

    if (count != 3) {
        fprintf(stderr, "usage: trace_text show|check|timed FILE\n");
        return 2;
    }
    arena_init(&arena, (size_t)4 << 30);
    if (!recorded_trace_load(&arena, arguments[2], SIZE_MAX, NULL, NULL, &recorded, &error)) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    if (strcmp(arguments[1], "show") == 0)
        show(&recorded.trace);
    else
        is_good = check(&arena, &recorded) &&
                  (strcmp(arguments[1], "timed") != 0 || check_times(&arena, &recorded.trace));
    arena_destroy(&arena);
    return is_good ? 0 : 1;
}
