#include "tests/support/recording_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct held_list {
    struct trace_dependency_held *entries;
    uint32_t count, capacity;
};

/* What a thread has been said to do. */
struct thread_state {
    uint32_t segment;
    struct held_list held;
};

struct recording_builder {
    unsigned char *data;
    size_t size, capacity;
    size_t chunk; /* offset of the open chunk; 0: none */
    uint32_t stack;
    uint32_t module_count, stack_count, thread_count, lock_count;
    struct thread_state *threads; /* by id - 1 */
    uint64_t time_ns;
};

static void *resize(void *memory, size_t bytes)
{
    memory = realloc(memory, bytes);
    if (!memory)
        abort();
    return memory;
}

/* Appends zeroed bytes; returns their offset. */
static size_t append(struct recording_builder *rec, size_t bytes)
{
    size_t offset = rec->size;

    if (bytes > rec->capacity - rec->size) {
        rec->capacity = 2 * rec->capacity + bytes;
        rec->data = resize(rec->data, rec->capacity);
    }
    memset(rec->data + offset, 0, bytes);
    rec->size += bytes;
    return offset;
}

static struct thread_state *state_of(struct recording_builder *rec, uint32_t thread)
{
    if (thread == 0 || thread > rec->thread_count)
        abort();
    return &rec->threads[thread - 1];
}

struct recording_builder *recording_builder_create(void)
{
    struct recording_builder *rec = resize(NULL, sizeof *rec);

    *rec = (struct recording_builder){0};
    append(rec, TRACE_PAGE);
    struct trace_header *header = recording_header(rec);
    memcpy(header->magic, TRACE_MAGIC, sizeof header->magic);
    header->byte_order = TRACE_BYTE_ORDER;
    header->version = TRACE_VERSION;
    header->min_reader = TRACE_MIN_READER;
    header->header_bytes = TRACE_PAGE;
    header->pid = 4242;
    header->state = TRACE_EXITED;
    return rec;
}

void recording_builder_free(struct recording_builder *rec)
{
    for (uint32_t i = 0; i < rec->thread_count; i++)
        free(rec->threads[i].held.entries);
    free(rec->threads);
    free(rec->data);
    free(rec);
}

struct trace_header *recording_header(struct recording_builder *rec)
{
    return (struct trace_header *)rec->data;
}

static void begin_chunk(struct recording_builder *rec, enum trace_chunk_kind kind, uint32_t thread)
{
    recording_end_chunk(rec);
    rec->chunk = append(rec, sizeof(struct trace_chunk));
    struct trace_chunk *chunk = (struct trace_chunk *)(rec->data + rec->chunk);
    *chunk = (struct trace_chunk){.magic = TRACE_CHUNK_MAGIC, .kind = kind, .thread = thread};
}

void recording_end_chunk(struct recording_builder *rec)
{
    if (rec->chunk == 0)
        return;
    size_t over = rec->size % TRACE_PAGE;
    append(rec, over == 0 ? 0 : TRACE_PAGE - over);
    ((struct trace_chunk *)(rec->data + rec->chunk))->bytes = rec->size - rec->chunk;
    rec->chunk = 0;
    recording_header(rec)->file_bytes = rec->size;
}

size_t recording_raw(struct recording_builder *rec, uint16_t kind, const void *body,
                     size_t body_bytes)
{
    size_t bytes = (sizeof(struct trace_record) + body_bytes + 7) / 8 * 8;

    if (rec->chunk == 0)
        begin_chunk(rec, TRACE_CHUNK_RECORDS, 0);
    size_t offset = append(rec, bytes);
    struct trace_record *record = (struct trace_record *)(rec->data + offset);
    *record = (struct trace_record){.kind = kind, .bytes = (uint32_t)bytes};
    if (body_bytes != 0)
        memcpy(record + 1, body, body_bytes);
    return offset;
}

/* A record given as its whole struct, of which only what follows the record header is copied. */
static size_t put(struct recording_builder *rec, uint16_t kind, const void *whole, size_t bytes)
{
    const size_t header_bytes = sizeof(struct trace_record);
    return recording_raw(rec, kind, (const unsigned char *)whole + header_bytes,
                         bytes - header_bytes);
}

/* A record with bytes of variable length right after its fixed part. */
static void put_with_tail(struct recording_builder *rec, uint16_t kind, const void *fixed,
                          size_t fixed_bytes, const void *tail, size_t tail_bytes)
{
    unsigned char *whole = resize(NULL, fixed_bytes + tail_bytes + 1);

    memcpy(whole, fixed, fixed_bytes);
    if (tail_bytes != 0)
        memcpy(whole + fixed_bytes, tail, tail_bytes);
    put(rec, kind, whole, fixed_bytes + tail_bytes);
    free(whole);
}

static char *add_string(char *text, size_t *bytes, const char *string)
{
    size_t more = strlen(string) + 1;

    text = resize(text, *bytes + more);
    memcpy(text + *bytes, string, more);
    *bytes += more;
    return text;
}

void recording_process(struct recording_builder *rec, const char *executable, const char *directory,
                       uint32_t argument_count, const char *const *arguments)
{
    size_t bytes = 0;
    char *text = add_string(NULL, &bytes, executable);

    text = add_string(text, &bytes, directory);
    for (uint32_t i = 0; i < argument_count; i++)
        text = add_string(text, &bytes, arguments[i]);
    struct trace_process process = {.pid = recording_header(rec)->pid,
                                    .parent_pid = 1,
                                    .argument_count = argument_count,
                                    .string_bytes = (uint32_t)bytes};
    put_with_tail(rec, TRACE_PROCESS, &process, offsetof(struct trace_process, strings), text,
                  bytes);
    free(text);
}

uint32_t recording_module(struct recording_builder *rec, const char *path, uint64_t start,
                          uint64_t end, uint64_t bias)
{
    struct trace_module module = {.id = ++rec->module_count,
                                  .build_id_bytes = 4,
                                  .build_id = {0xde, 0xad, 0xbe, 0xef},
                                  .start = start,
                                  .end = end,
                                  .bias = bias,
                                  .path_bytes = (uint32_t)strlen(path) + 1};

    put_with_tail(rec, TRACE_MODULE, &module, offsetof(struct trace_module, path), path,
                  module.path_bytes);
    return module.id;
}

uint32_t recording_stack(struct recording_builder *rec, uint16_t frame_count,
                         const trace_code_t *frames)
{
    struct trace_stack stack = {.id = ++rec->stack_count, .frame_count = frame_count};

    put_with_tail(rec, TRACE_STACK, &stack, sizeof stack, frames, frame_count * sizeof *frames);
    return stack.id;
}

void recording_fix(struct recording_builder *rec, const struct trace_fix *counts, const char *name,
                   const char *plan)
{
    char text[128];
    int length = snprintf(text, sizeof text, "%s%c%s", name, '\0', plan);
    struct trace_fix fix = *counts;
    fix.text_bytes = (uint32_t)length + 1;
    put_with_tail(rec, TRACE_FIX, &fix, offsetof(struct trace_fix, text), text, fix.text_bytes);
}

void recording_note(struct recording_builder *rec, const char *text)
{
    struct trace_note note = {.text_bytes = (uint32_t)strlen(text) + 1};

    put_with_tail(rec, TRACE_NOTE, &note, offsetof(struct trace_note, text), text, note.text_bytes);
}

static void put_segment(struct recording_builder *rec, uint32_t thread,
                        enum trace_segment_cause cause, uint32_t other)
{
    struct trace_segment segment = {.thread = thread,
                                    .segment = ++state_of(rec, thread)->segment,
                                    .cause = cause,
                                    .other = other};
    put(rec, TRACE_SEGMENT, &segment, sizeof segment);
}

static uint32_t add_thread(struct recording_builder *rec, uint32_t parent, uint32_t segment,
                           const char *name)
{
    struct trace_thread thread = {.id = ++rec->thread_count,
                                  .kernel_tid = 5000 + rec->thread_count,
                                  .parent = parent,
                                  .parent_segment = segment,
                                  .created_stack = parent != 0 ? rec->stack : 0};

    rec->threads = resize(rec->threads, rec->thread_count * sizeof *rec->threads);
    rec->threads[thread.id - 1] = (struct thread_state){0};
    put(rec, TRACE_THREAD, &thread, sizeof thread);
    if (name)
        recording_thread_name(rec, thread.id, name);
    return thread.id;
}

uint32_t recording_thread(struct recording_builder *rec, const char *name)
{
    return add_thread(rec, 0, 0, name);
}

uint32_t recording_create(struct recording_builder *rec, uint32_t parent, const char *name)
{
    uint32_t child = add_thread(rec, parent, state_of(rec, parent)->segment, name);

    put_segment(rec, parent, TRACE_SEGMENT_CREATE, child);
    return child;
}

void recording_thread_name(struct recording_builder *rec, uint32_t thread, const char *name)
{
    struct trace_thread_name record = {.thread = thread};

    snprintf(record.name, sizeof record.name, "%s", name);
    put(rec, TRACE_THREAD_NAME, &record, sizeof record);
}

void recording_join(struct recording_builder *rec, uint32_t thread, uint32_t other)
{
    put_segment(rec, thread, TRACE_SEGMENT_JOIN, other);
}

void recording_fork(struct recording_builder *rec, uint32_t thread, uint32_t pid)
{
    put_segment(rec, thread, TRACE_SEGMENT_FORK, pid);
}

uint32_t recording_lock(struct recording_builder *rec, struct trace_lock lock)
{
    lock.id = ++rec->lock_count;
    put(rec, TRACE_LOCK, &lock, sizeof lock);
    return lock.id;
}

uint32_t recording_mutex(struct recording_builder *rec)
{
    return recording_lock(rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX,
                                                   .address = 0x1000 + 64u * rec->lock_count});
}

uint32_t recording_rwlock(struct recording_builder *rec, uint16_t flags)
{
    return recording_lock(rec, (struct trace_lock){.kind = TRACE_LOCK_RWLOCK,
                                                   .flags = flags,
                                                   .address = 0x1000 + 64u * rec->lock_count});
}

void recording_mark(struct recording_builder *rec, uint32_t lock, uint32_t marks)
{
    struct trace_lock_mark mark = {.lock = lock, .marks = marks};
    put(rec, TRACE_LOCK_MARK, &mark, sizeof mark);
}

void recording_mapping(struct recording_builder *rec, uint32_t lock,
                       struct trace_lock_mapping mapping)
{
    mapping.lock = lock;
    put(rec, TRACE_LOCK_MAPPING, &mapping, sizeof mapping);
}

void recording_time(struct recording_builder *rec, uint64_t time_ns)
{
    rec->time_ns = time_ns;
}

void recording_at(struct recording_builder *rec, uint32_t stack)
{
    rec->stack = stack;
}

void recording_dependency(struct recording_builder *rec, const struct trace_dependency *dependency,
                          const struct trace_dependency_held *held)
{
    put_with_tail(rec, TRACE_DEPENDENCY, dependency, sizeof *dependency, held,
                  dependency->held_count * sizeof *held);
    recording_header(rec)->dependencies_seen++;
}

void recording_acquire(struct recording_builder *rec, uint32_t thread, uint32_t lock, uint32_t mode)
{
    struct thread_state *state = state_of(rec, thread);
    struct held_list *held = &state->held;

    if (held->count > 0)
        recording_dependency(rec,
                             &(struct trace_dependency){.thread = thread,
                                                        .segment = state->segment,
                                                        .lock = lock,
                                                        .mode = mode,
                                                        .stack = rec->stack,
                                                        .held_count = held->count,
                                                        .time_ns = ++rec->time_ns},
                             held->entries);
    if (held->count == held->capacity) {
        held->capacity = 2 * held->capacity + 8;
        held->entries = resize(held->entries, held->capacity * sizeof *held->entries);
    }
    held->entries[held->count++] =
        (struct trace_dependency_held){.lock = lock, .stack = rec->stack, .mode = mode, .count = 1};
}

void recording_release(struct recording_builder *rec, uint32_t thread, uint32_t lock)
{
    struct held_list *held = &state_of(rec, thread)->held;
    uint32_t i = held->count;

    while (i > 0 && held->entries[i - 1].lock != lock)
        i--;
    if (i == 0)
        abort();
    memmove(&held->entries[i - 1], &held->entries[i], (held->count - i) * sizeof *held->entries);
    held->count--;
}

void recording_nest(struct recording_builder *rec, uint32_t thread, size_t count,
                    const uint32_t *locks)
{
    for (size_t i = 0; i < count; i++)
        recording_acquire(rec, thread, locks[i], 0);
    for (size_t i = count; i > 0; i--)
        recording_release(rec, thread, locks[i - 1]);
}

void recording_live(struct recording_builder *rec, uint32_t thread, uint32_t wanted_lock)
{
    const struct held_list *held = &state_of(rec, thread)->held;

    begin_chunk(rec, TRACE_CHUNK_LIVE, thread);
    size_t offset =
        append(rec, sizeof(struct trace_live) + held->count * sizeof(struct trace_held));
    struct trace_live *live = (struct trace_live *)(rec->data + offset);
    *live = (struct trace_live){.thread = thread,
                                .capacity = held->count,
                                .held_count = held->count,
                                .wait = wanted_lock != 0,
                                .wanted_lock = wanted_lock,
                                .wanted_stack = rec->stack};
    for (uint32_t i = 0; i < held->count; i++)
        live->held[i] = (struct trace_held){.lock = held->entries[i].lock,
                                            .stack = held->entries[i].stack,
                                            .site_mode = held->entries[i].mode,
                                            .count = held->entries[i].count};
    recording_end_chunk(rec);
}

unsigned char *recording_bytes(struct recording_builder *rec, size_t *size)
{
    recording_end_chunk(rec);
    *size = rec->size;
    return rec->data;
}

void recording_write(struct recording_builder *rec, const char *path)
{
    size_t size;
    const unsigned char *data = recording_bytes(rec, &size);
    recording_write_bytes(path, data, size);
}

void recording_write_bytes(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "we");

    if (!file || (size != 0 && fwrite(data, size, 1, file) != 1) || fclose(file) != 0) {
        perror(path);
        abort();
    }
}
