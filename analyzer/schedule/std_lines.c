#include "analyzer/schedule/std_lines.h"

#include <string.h>
#define NOBODY UINT32_MAX

struct text {
    const char *start;
    size_t length;
};

/* What a line says. */
struct line {
    uint32_t thread, site;
    struct text argument;
};

typedef void take_line(struct std_lines *lines, const struct line *line);

void std_lines_fail(struct std_lines *lines, const char *error)
{
    lines->error = error;
}

static uint32_t add_object(struct std_lines *lines, enum sync_object_kind kind, uint32_t thread,
                           const char *name)
{
    *array_add(lines->arena, &lines->objects) =
        (struct sync_object){.kind = kind, .initial = SYNC_UNKNOWN, .thread = thread};
    *array_add(lines->arena, &lines->object_names) = name;
    *array_add(lines->arena, &lines->holders) = NOBODY;
    lines->trace.objects = lines->objects.items;
    lines->trace.object_count = (uint32_t)lines->objects.count;
    return lines->trace.object_count - 1;
}

static uint32_t object_number(struct std_lines *lines, struct object_names *names,
                              enum sync_object_kind kind, struct text name)
{
    uint32_t number = name_table_number(lines->arena, &names->names, name.start, name.length);

    if (number == names->objects.count) {
        uint32_t object = add_object(lines, kind, SYNC_UNKNOWN, names->names.names.items[number]);
        *array_add(lines->arena, &names->objects) = object;
    }
    return names->objects.items[number];
}

static uint32_t thread_number(struct std_lines *lines, struct text name)
{
    if (name.length > 1 && name.start[0] == 'T') {
        name.start++;
        name.length--;
    }
    uint32_t number =
        name_table_number(lines->arena, &lines->thread_names, name.start, name.length);
    if (number == lines->threads.count)
        *array_add(lines->arena, &lines->threads) =
            (struct thread_state){.end = SYNC_UNKNOWN, .asked = SYNC_UNKNOWN};
    lines->trace.thread_count = (uint32_t)lines->threads.count;
    return number;
}

static uint32_t end_of(struct std_lines *lines, uint32_t thread)
{
    struct thread_state *state = &lines->threads.items[thread];

    if (state->end == SYNC_UNKNOWN) {
        const char *name = arena_printf(lines->arena, "the end of thread %s",
                                        lines->thread_names.names.items[thread]);
        state->end = add_object(lines, SYNC_THREAD, thread, name);
    }
    return state->end;
}

static void add_event(struct std_lines *lines, enum sync_event_kind kind, uint32_t thread,
                      uint32_t object, uint32_t site)
{
    const struct sync_event event = {
        .thread = thread, .object = object, .site = site, .kind = (uint8_t)kind};

    lines->event_count++;
    lines->take(lines->taker, &event);
}

static struct held_entry *find_held(struct std_lines *lines, uint32_t thread, uint32_t object)
{
    struct held_stack *held = &lines->threads.items[thread].held;

    for (size_t i = held->count; i > 0; i--) {
        if (held->items[i - 1].object == object)
            return &held->items[i - 1];
    }
    return NULL;
}

static uint32_t lock_of(struct std_lines *lines, const struct line *line)
{
    return object_number(lines, &lines->locks, SYNC_LOCK, line->argument);
}

static void take_req(struct std_lines *lines, const struct line *line)
{
    uint32_t lock = lock_of(lines, line);

    if (lines->holders.items[lock] == line->thread)
        return;
    add_event(lines, SYNC_REQUEST, line->thread, lock, line->site);
    lines->threads.items[line->thread].asked = lock;
}

static void take_acq(struct std_lines *lines, const struct line *line)
{
    uint32_t lock = lock_of(lines, line);
    struct thread_state *thread = &lines->threads.items[line->thread];

    if (lines->holders.items[lock] == line->thread) {
        find_held(lines, line->thread, lock)->tag++;
        return;
    }
    if (lines->holders.items[lock] != NOBODY) {
        std_lines_fail(lines, "takes a lock that another thread has");
        return;
    }
    if (thread->asked != lock)
        add_event(lines, SYNC_REQUEST, line->thread, lock, line->site);
    thread->asked = SYNC_UNKNOWN;
    add_event(lines, SYNC_ACQUIRE, line->thread, lock, line->site);
    held_stack_push(lines->arena, &thread->held, lock, false, 0);
    lines->holders.items[lock] = line->thread;
}

static void take_rel(struct std_lines *lines, const struct line *line)
{
    uint32_t lock = lock_of(lines, line);

    if (lines->holders.items[lock] != line->thread) {
        std_lines_fail(lines, "gives back a lock that the thread does not have");
        return;
    }
    struct held_entry *held = find_held(lines, line->thread, lock);
    if (held->tag > 0) {
        held->tag--;
        return;
    }
    (void)held_stack_remove(&lines->threads.items[line->thread].held, lock, NULL);
    lines->holders.items[lock] = NOBODY;
    add_event(lines, SYNC_RELEASE, line->thread, lock, line->site);
}

static void take_fork(struct std_lines *lines, const struct line *line)
{
    uint32_t child = thread_number(lines, line->argument);
    struct thread_state *thread = &lines->threads.items[child];

    if (thread->has_begun || thread->is_forked || thread->has_ended) {
        std_lines_fail(lines, "forks a thread that is there already");
        return;
    }
    thread->is_forked = true;
    add_event(lines, SYNC_CREATE, line->thread, end_of(lines, child), line->site);
}

static void take_join(struct std_lines *lines, const struct line *line)
{
    uint32_t child = thread_number(lines, line->argument);
    uint32_t end = end_of(lines, child);
    struct thread_state *thread = &lines->threads.items[child];

    if (child == line->thread) {
        std_lines_fail(lines, "joins itself");
        return;
    }
    if (!thread->has_ended)
        add_event(lines, SYNC_END, child, end, line->site);
    thread->has_ended = true;
    add_event(lines, SYNC_REQUEST, line->thread, end, line->site);
    add_event(lines, SYNC_JOIN, line->thread, end, line->site);
}

static void take_access(struct std_lines *lines, const struct line *line, enum sync_event_kind kind)
{
    uint32_t variable = object_number(lines, &lines->variables, SYNC_VARIABLE, line->argument);
    add_event(lines, kind, line->thread, variable, line->site);
}

static void take_r(struct std_lines *lines, const struct line *line)
{
    take_access(lines, line, SYNC_READ);
}

static void take_w(struct std_lines *lines, const struct line *line)
{
    take_access(lines, line, SYNC_WRITE);
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

static void begin_thread(struct std_lines *lines, const struct line *line)
{
    struct thread_state *thread = &lines->threads.items[line->thread];

    if (thread->has_ended)
        std_lines_fail(lines, "acts after it was joined");
    if (thread->is_forked && !thread->has_begun)
        add_event(lines, SYNC_BEGIN, line->thread, thread->end, line->site);
    thread->has_begun = true;
}

static void take_text(struct std_lines *lines, struct text text)
{
    struct text thread, operation, word, rest, site;
    struct line line;

    if (!split(text, '|', &thread, &rest) || !split(rest, '|', &operation, &site) ||
        !split(operation, '(', &word, &line.argument) || thread.length == 0 ||
        line.argument.length < 2 || line.argument.start[line.argument.length - 1] != ')' ||
        memchr(text.start, '\0', text.length) != NULL) {
        std_lines_fail(lines, "is not of the form THREAD|OPERATION(OBJECT)|PLACE");
        return;
    }
    line.argument.length--;
    take_line *take = find_operation(word);
    if (take == NULL) {
        std_lines_fail(lines, "has none of the operations r, w, acq, rel, req, fork, join");
        return;
    }
    line.thread = thread_number(lines, thread);
    line.site = name_table_number(lines->arena, &lines->site_names, site.start, site.length);
    begin_thread(lines, &line);
    if (lines->error == NULL)
        take(lines, &line);
    if (lines->event_count >= UINT32_MAX - 4)
        std_lines_fail(lines, "is one more than can be read: 4 billion events");
}

void std_lines_begin(struct std_lines *lines, sync_take *take, void *taker)
{
    for (size_t i = 0; i < lines->threads.count; i++) {
        struct thread_state *thread = &lines->threads.items[i];
        thread->held.count = 0;
        thread->asked = SYNC_UNKNOWN;
        thread->has_begun = thread->is_forked = thread->has_ended = false;
    }
    for (size_t i = 0; i < lines->holders.count; i++)
        lines->holders.items[i] = NOBODY;
    lines->line = 0;
    lines->event_count = 0;
    lines->take = take;
    lines->taker = taker;
}

/* An empty line ends nothing. */
size_t std_lines_take(struct std_lines *lines, const char *start, size_t length)
{
    struct text rest = {start, length}, line;

    while (lines->error == NULL && split(rest, '\n', &line, &rest)) {
        lines->line++;
        if (line.length > 0 && line.start[line.length - 1] == '\r')
            line.length--;
        if (line.length > 0)
            take_text(lines, line);
    }
    return length - rest.length;
}
