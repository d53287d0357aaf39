#include "analyzer/schedule/std_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/schedule/held_stack.h"
#include "analyzer/schedule/name_table.h"

enum { BUFFER_BYTES = 1 << 20, LEAST_LINE_BYTES = 8 };

#define NOBODY UINT32_MAX

struct thread_state {
    struct held_stack held; /* tags: how often it was taken again */
    uint32_t end;           /* the object that is its end, or SYNC_UNKNOWN */
    uint32_t asked;         /* the lock whose request was its last event, or SYNC_UNKNOWN */
    bool has_begun, is_forked, has_ended;
};

/* Objects of one sort have names of their own. */
struct object_names {
    struct name_table names;
    ARRAY(uint32_t) objects; /* by number of the name */
};

struct text {
    const char *start;
    size_t length;
};

struct reader {
    struct arena *arena;
    size_t line;
    const char *error; /* what is wrong with the line, or NULL */
    struct name_table thread_names, site_names;
    struct object_names locks, variables;
    ARRAY(struct thread_state) threads;
    ARRAY(uint32_t) holders; /* by object: the thread that has the lock, or NOBODY */
    ARRAY(struct sync_event) events;
    ARRAY(struct sync_object) objects;
    ARRAY(const char *) object_names;
};

/* What a line says. */
struct line {
    uint32_t thread, site;
    struct text argument;
};

typedef void take_line(struct reader *reader, const struct line *line);

static void fail(struct reader *reader, const char *error)
{
    reader->error = error;
}

static uint32_t add_object(struct reader *reader, enum sync_object_kind kind, uint32_t thread,
                           const char *name)
{
    *array_add(reader->arena, &reader->objects) =
        (struct sync_object){.kind = kind, .initial = SYNC_UNKNOWN, .thread = thread};
    *array_add(reader->arena, &reader->object_names) = name;
    *array_add(reader->arena, &reader->holders) = NOBODY;
    return (uint32_t)reader->objects.count - 1;
}

static uint32_t object_number(struct reader *reader, struct object_names *names,
                              enum sync_object_kind kind, struct text name)
{
    uint32_t number = name_table_number(reader->arena, &names->names, name.start, name.length);

    if (number == names->objects.count) {
        uint32_t object = add_object(reader, kind, SYNC_UNKNOWN, names->names.names.items[number]);
        *array_add(reader->arena, &names->objects) = object;
    }
    return names->objects.items[number];
}

static uint32_t thread_number(struct reader *reader, struct text name)
{
    if (name.length > 1 && name.start[0] == 'T') {
        name.start++;
        name.length--;
    }
    uint32_t number =
        name_table_number(reader->arena, &reader->thread_names, name.start, name.length);
    if (number == reader->threads.count)
        *array_add(reader->arena, &reader->threads) =
            (struct thread_state){.end = SYNC_UNKNOWN, .asked = SYNC_UNKNOWN};
    return number;
}

static uint32_t end_of(struct reader *reader, uint32_t thread)
{
    struct thread_state *state = &reader->threads.items[thread];

    if (state->end == SYNC_UNKNOWN) {
        const char *name = arena_printf(reader->arena, "the end of thread %s",
                                        reader->thread_names.names.items[thread]);
        state->end = add_object(reader, SYNC_THREAD, thread, name);
    }
    return state->end;
}

static void add_event(struct reader *reader, enum sync_event_kind kind, uint32_t thread,
                      uint32_t object, uint32_t site)
{
    *array_add(reader->arena, &reader->events) = (struct sync_event){
        .thread = thread, .object = object, .site = site, .kind = (uint8_t)kind};
}

static struct held_entry *find_held(struct reader *reader, uint32_t thread, uint32_t object)
{
    struct held_stack *held = &reader->threads.items[thread].held;

    for (size_t i = held->count; i > 0; i--) {
        if (held->items[i - 1].object == object)
            return &held->items[i - 1];
    }
    return NULL;
}

static uint32_t lock_of(struct reader *reader, const struct line *line)
{
    return object_number(reader, &reader->locks, SYNC_LOCK, line->argument);
}

static void take_req(struct reader *reader, const struct line *line)
{
    uint32_t lock = lock_of(reader, line);

    if (reader->holders.items[lock] == line->thread)
        return;
    add_event(reader, SYNC_REQUEST, line->thread, lock, line->site);
    reader->threads.items[line->thread].asked = lock;
}

static void take_acq(struct reader *reader, const struct line *line)
{
    uint32_t lock = lock_of(reader, line);
    struct thread_state *thread = &reader->threads.items[line->thread];

    if (reader->holders.items[lock] == line->thread) {
        find_held(reader, line->thread, lock)->tag++;
        return;
    }
    if (reader->holders.items[lock] != NOBODY) {
        fail(reader, "takes a lock that another thread has");
        return;
    }
    if (thread->asked != lock)
        add_event(reader, SYNC_REQUEST, line->thread, lock, line->site);
    thread->asked = SYNC_UNKNOWN;
    add_event(reader, SYNC_ACQUIRE, line->thread, lock, line->site);
    held_stack_push(reader->arena, &thread->held, lock, false, 0);
    reader->holders.items[lock] = line->thread;
}

static void take_rel(struct reader *reader, const struct line *line)
{
    uint32_t lock = lock_of(reader, line);

    if (reader->holders.items[lock] != line->thread) {
        fail(reader, "gives back a lock that the thread does not have");
        return;
    }
    struct held_entry *held = find_held(reader, line->thread, lock);
    if (held->tag > 0) {
        held->tag--;
        return;
    }
    (void)held_stack_remove(&reader->threads.items[line->thread].held, lock, NULL);
    reader->holders.items[lock] = NOBODY;
    add_event(reader, SYNC_RELEASE, line->thread, lock, line->site);
}

static void take_fork(struct reader *reader, const struct line *line)
{
    uint32_t child = thread_number(reader, line->argument);
    struct thread_state *thread = &reader->threads.items[child];

    if (thread->has_begun || thread->is_forked || thread->has_ended) {
        fail(reader, "forks a thread that is there already");
        return;
    }
    thread->is_forked = true;
    add_event(reader, SYNC_CREATE, line->thread, end_of(reader, child), line->site);
}

static void take_join(struct reader *reader, const struct line *line)
{
    uint32_t child = thread_number(reader, line->argument);
    uint32_t end = end_of(reader, child);
    struct thread_state *thread = &reader->threads.items[child];

    if (child == line->thread) {
        fail(reader, "joins itself");
        return;
    }
    if (!thread->has_ended)
        add_event(reader, SYNC_END, child, end, line->site);
    thread->has_ended = true;
    add_event(reader, SYNC_REQUEST, line->thread, end, line->site);
    add_event(reader, SYNC_JOIN, line->thread, end, line->site);
}

static void take_access(struct reader *reader, const struct line *line, enum sync_event_kind kind)
{
    uint32_t variable = object_number(reader, &reader->variables, SYNC_VARIABLE, line->argument);
    add_event(reader, kind, line->thread, variable, line->site);
}

static void take_r(struct reader *reader, const struct line *line)
{
    take_access(reader, line, SYNC_READ);
}

static void take_w(struct reader *reader, const struct line *line)
{
    take_access(reader, line, SYNC_WRITE);
}

static take_line *find_operation(struct text word)
{
    static const struct {
        const char *word;
        take_line *take;
    } operations[] = {
        {"r", take_r},     {"w", take_w},       {"acq", take_acq},   {"rel", take_rel},
        {"req", take_req}, {"fork", take_fork}, {"join", take_join},
    };

    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strlen(operations[i].word) == word.length &&
            memcmp(operations[i].word, word.start, word.length) == 0)
            return operations[i].take;
    }
    return NULL;
}

/* Splits the text at the first `separator`; false if there is none. */
static bool split(struct text text, char separator, struct text *before, struct text *after)
{
    const char *at = memchr(text.start, separator, text.length);

    if (at == NULL)
        return false;
    *before = (struct text){text.start, (size_t)(at - text.start)};
    *after = (struct text){at + 1, text.length - before->length - 1};
    return true;
}

static void begin_thread(struct reader *reader, const struct line *line)
{
    struct thread_state *thread = &reader->threads.items[line->thread];

    if (thread->has_ended)
        fail(reader, "acts after it was joined");
    if (thread->is_forked && !thread->has_begun)
        add_event(reader, SYNC_BEGIN, line->thread, thread->end, line->site);
    thread->has_begun = true;
}

static void take_text(struct reader *reader, struct text text)
{
    struct text thread, operation, word, rest, site;
    struct line line;

    if (!split(text, '|', &thread, &rest) || !split(rest, '|', &operation, &site) ||
        !split(operation, '(', &word, &line.argument) || thread.length == 0 ||
        line.argument.length < 2 || line.argument.start[line.argument.length - 1] != ')' ||
        memchr(text.start, '\0', text.length) != NULL) {
        fail(reader, "is not of the form THREAD|OPERATION(OBJECT)|PLACE");
        return;
    }
    line.argument.length--;
    take_line *take = find_operation(word);
    if (take == NULL) {
        fail(reader, "has none of the operations r, w, acq, rel, req, fork, join");
        return;
    }
    line.thread = thread_number(reader, thread);
    line.site = name_table_number(reader->arena, &reader->site_names, site.start, site.length);
    begin_thread(reader, &line);
    if (reader->error == NULL)
        take(reader, &line);
    if (reader->events.count >= UINT32_MAX - 4)
        fail(reader, "is one more than can be read: 4 billion events");
}

/* Takes whole lines; returns how many bytes they have. An empty line ends nothing. */
static size_t take_lines(struct reader *reader, const char *start, size_t length)
{
    struct text rest = {start, length}, line;

    while (reader->error == NULL && split(rest, '\n', &line, &rest)) {
        reader->line++;
        if (line.length > 0 && line.start[line.length - 1] == '\r')
            line.length--;
        if (line.length > 0)
            take_text(reader, line);
    }
    return length - rest.length;
}

/* As many events as a file of this size can have, so that they need not be moved; pages that are
 * not used cost nothing. */
static void make_room(struct reader *reader, int file)
{
    struct stat status;

    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0)
        return;
    size_t capacity = (size_t)status.st_size / LEAST_LINE_BYTES;
    if (capacity > reader->arena->cap_bytes / sizeof *reader->events.items / 4)
        return;
    reader->events.items = arena_alloc(reader->arena, capacity + 1, sizeof *reader->events.items);
    reader->events.capacity = capacity + 1;
}

/* What went wrong with reading the file, or NULL. */
static const char *take_file(struct reader *reader, int file)
{
    char *buffer = arena_alloc(reader->arena, BUFFER_BYTES + 1, 1);
    size_t left = 0;

    for (;;) {
        ssize_t bytes = read(file, buffer + left, BUFFER_BYTES - left);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0)
            return strerror(errno);
        if (bytes == 0 && left > 0)
            buffer[left++] = '\n'; /* the last line may have no end */
        size_t taken = take_lines(reader, buffer, left + (size_t)bytes);
        if (bytes == 0 || reader->error != NULL)
            return NULL;
        left = left + (size_t)bytes - taken;
        memmove(buffer, buffer + taken, left);
        if (left == BUFFER_BYTES) {
            reader->line++;
            fail(reader, "is too long");
            return NULL;
        }
    }
}

static void finish(struct reader *reader, struct std_trace *std)
{
    *std = (struct std_trace){
        .trace = {.events = reader->events.items,
                  .event_count = reader->events.count,
                  .thread_count = (uint32_t)reader->threads.count,
                  .objects = reader->objects.items,
                  .object_count = (uint32_t)reader->objects.count},
        .line_count = reader->line,
        .thread_names = reader->thread_names.names.items,
        .object_names = reader->object_names.items,
        .site_names = reader->site_names.names.items,
        .site_count = (uint32_t)reader->site_names.names.count,
    };
}

bool std_trace_read(struct arena *arena, const char *path, struct std_trace *std,
                    const char **error)
{
    struct reader reader = {.arena = arena};
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0) {
        *error = arena_printf(arena, "cannot open %s: %s", path, strerror(errno));
        return false;
    }
    make_room(&reader, file);
    const char *why = take_file(&reader, file);
    close(file);
    if (why != NULL) {
        *error = arena_printf(arena, "cannot read %s: %s", path, why);
        return false;
    }
    if (reader.error != NULL) {
        *error = arena_printf(arena, "%s: line %zu %s", path, reader.line, reader.error);
        return false;
    }
    finish(&reader, std);
    return true;
}
