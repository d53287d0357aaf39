#include "trace/reader.h"

#include <string.h>

/* What a walk over the chunks may meet at a page boundary. */
enum chunk_state { CHUNK_GOOD, CHUNK_UNSTARTED, CHUNK_DAMAGED };

static void note_damage(struct trace_reader *reader, size_t offset)
{
    if (reader->torn_at == TRACE_NOT_TORN)
        reader->torn_at = offset;
}

enum trace_status trace_reader_open(struct trace_reader *reader, const void *data, size_t size)
{
    const struct trace_header *header = data;

    static const char no_magic[sizeof header->magic];
    if (size == 0 ||
        (size >= sizeof *header && memcmp(header->magic, no_magic, sizeof no_magic) == 0))
        return TRACE_EMPTY;
    if (size < sizeof *header || memcmp(header->magic, TRACE_MAGIC, sizeof header->magic) != 0)
        return TRACE_NOT_A_RECORDING;
    if (header->byte_order != TRACE_BYTE_ORDER)
        return TRACE_WRONG_BYTE_ORDER;
    if (header->min_reader > TRACE_VERSION)
        return TRACE_TOO_NEW;
    if (header->header_bytes < sizeof *header || header->header_bytes % TRACE_PAGE != 0)
        return TRACE_NOT_A_RECORDING;

    *reader = (struct trace_reader){.data = data, .size = size, .torn_at = TRACE_NOT_TORN};
    reader->chunk = header->header_bytes < size ? header->header_bytes : size;
    if (header->file_bytes > size || header->header_bytes > size)
        reader->shortened = true;
    return TRACE_OK;
}

const struct trace_header *trace_reader_header(const struct trace_reader *reader)
{
    return (const struct trace_header *)reader->data;
}

static enum chunk_state chunk_state_at(const struct trace_reader *reader, size_t offset)
{
    static const struct trace_chunk zero;
    const struct trace_chunk *chunk = (const struct trace_chunk *)(reader->data + offset);

    if (reader->size - offset < sizeof *chunk)
        return CHUNK_DAMAGED;
    if (memcmp(chunk, &zero, sizeof zero) == 0)
        return CHUNK_UNSTARTED;
    if (chunk->magic != TRACE_CHUNK_MAGIC || chunk->bytes < TRACE_PAGE ||
        chunk->bytes % TRACE_PAGE != 0)
        return CHUNK_DAMAGED;
    return CHUNK_GOOD;
}

/* Aims at the next good chunk header at or after reader->chunk. What is not one is passed over a
 * page at a time: an unstarted chunk says nothing of its size, a damaged one cannot be believed,
 * and later chunks, which other threads wrote, are worth having. */
static bool find_chunk(struct trace_reader *reader)
{
    while (reader->chunk < reader->size) {
        enum chunk_state state = chunk_state_at(reader, reader->chunk);
        if (state == CHUNK_GOOD)
            break;
        if (state == CHUNK_DAMAGED)
            note_damage(reader, reader->chunk);
        if (reader->size - reader->chunk <= TRACE_PAGE)
            reader->chunk = reader->size;
        else
            reader->chunk += TRACE_PAGE;
    }
    if (reader->chunk >= reader->size)
        return false;

    const struct trace_chunk *chunk = (const struct trace_chunk *)(reader->data + reader->chunk);
    size_t left = reader->size - reader->chunk;
    if (chunk->bytes > left)
        reader->shortened = true;
    reader->chunk_end = chunk->bytes > left ? reader->size : reader->chunk + chunk->bytes;
    reader->next = reader->chunk + sizeof *chunk;
    return true;
}

static uint32_t chunk_kind(const struct trace_reader *reader)
{
    return ((const struct trace_chunk *)(reader->data + reader->chunk))->kind;
}

/* Moves to the first chunk of `kind` at or after the current place. */
static bool enter_chunk(struct trace_reader *reader, enum trace_chunk_kind kind)
{
    while (find_chunk(reader)) {
        if (chunk_kind(reader) == kind)
            return true;
        reader->chunk = reader->chunk_end;
    }
    reader->chunk_end = 0;
    return false;
}

static void leave_chunk(struct trace_reader *reader)
{
    reader->chunk = reader->chunk_end;
    reader->chunk_end = 0;
}

/* The size of a record's fixed part; 0 for a kind this reader does not know. */
static size_t fixed_bytes(uint16_t kind)
{
    static const size_t sizes[] = {
#define X(number, NAME, struct_name, text) [number] = sizeof(struct struct_name),
#include "trace/record_kinds.def"
#undef X
    };
    return kind < sizeof sizes / sizeof *sizes ? sizes[kind] : 0;
}

static bool array_fits(const struct trace_record *record, size_t offset, uint64_t count,
                       size_t item_bytes)
{
    return count <= (record->bytes - offset) / item_bytes;
}

static bool string_fits(const struct trace_record *record, size_t offset, uint32_t bytes)
{
    const char *text = (const char *)record + offset;
    return bytes >= 1 && bytes <= record->bytes - offset && text[bytes - 1] == '\0';
}

static bool process_is_well_formed(const struct trace_process *process)
{
    uint64_t strings = 0;

    if (!string_fits(&process->record, offsetof(struct trace_process, strings),
                     process->string_bytes))
        return false;
    for (uint32_t i = 0; i < process->string_bytes; i++)
        strings += process->strings[i] == '\0';
    return strings >= (uint64_t)process->argument_count + 2;
}

static bool module_is_well_formed(const struct trace_module *module)
{
    return module->build_id_bytes <= sizeof module->build_id &&
           string_fits(&module->record, offsetof(struct trace_module, path), module->path_bytes);
}

static bool deadlock_is_well_formed(const struct trace_deadlock *deadlock)
{
    uint64_t threads = (uint64_t)deadlock->set_count + deadlock->stuck_count, held = 0;

    if (!array_fits(&deadlock->record, sizeof *deadlock, threads, sizeof deadlock->threads[0]))
        return false;
    for (uint64_t i = 0; i < threads; i++)
        held += deadlock->threads[i].held_count;
    return array_fits(&deadlock->record,
                      sizeof *deadlock + (size_t)threads * sizeof deadlock->threads[0], held,
                      sizeof(struct trace_dependency_held));
}

/* Two strings: the second ends where the text does. */
static bool fix_is_well_formed(const struct trace_fix *fix)
{
    return string_fits(&fix->record, offsetof(struct trace_fix, text), fix->text_bytes) &&
           strlen(fix->text) + 1 < fix->text_bytes;
}

/* Whether the variable part of a record of known kind and sufficient size keeps its promises. */
static bool is_well_formed(const struct trace_record *record)
{
    const void *body = record;

    switch (record->kind) {
    case TRACE_PROCESS:
        return process_is_well_formed(body);
    case TRACE_MODULE:
        return module_is_well_formed(body);
    case TRACE_STACK:
        return array_fits(record, offsetof(struct trace_stack, frames),
                          ((const struct trace_stack *)body)->frame_count, sizeof(trace_code_t));
    case TRACE_THREAD_NAME: {
        const struct trace_thread_name *name = body;
        return memchr(name->name, '\0', sizeof name->name) != NULL;
    }
    case TRACE_DEPENDENCY:
        return array_fits(record, offsetof(struct trace_dependency, held),
                          ((const struct trace_dependency *)body)->held_count,
                          sizeof(struct trace_dependency_held));
    case TRACE_DEADLOCK:
        return deadlock_is_well_formed(body);
    case TRACE_LOCK_NAME:
        return string_fits(record, offsetof(struct trace_lock_name, text),
                           ((const struct trace_lock_name *)body)->text_bytes);
    case TRACE_MISUSE: {
        const struct trace_misuse *misuse = body;
        return misuse->place_count >= 1 && misuse->place_count <= TRACE_MISUSE_PLACES &&
               string_fits(record, offsetof(struct trace_misuse, text), misuse->text_bytes);
    }
    case TRACE_FIX:
        return fix_is_well_formed(body);
    case TRACE_NOTE:
        return string_fits(record, offsetof(struct trace_note, text),
                           ((const struct trace_note *)body)->text_bytes);
    default:
        return true;
    }
}

/* The record at reader->next, or NULL when the chunk has no more; steps over it. A record without
 * a kind was being written when the process died: it is skipped if its length is already there,
 * else the chunk ends. */
static const struct trace_record *take_record(struct trace_reader *reader)
{
    const struct trace_record *record = (const struct trace_record *)(reader->data + reader->next);
    size_t left = reader->chunk_end - reader->next;

    if (left < sizeof *record)
        return NULL;
    /* Acquire: pairs with the writer's release of the kind, if the buffer is a live mapping. */
    uint16_t kind = __atomic_load_n(&record->kind, __ATOMIC_ACQUIRE);
    if (kind == 0 && record->bytes == 0)
        return NULL;
    size_t fixed = fixed_bytes(kind);
    if (record->bytes < sizeof *record || record->bytes % 8 != 0 || record->bytes > left ||
        (fixed != 0 && (record->bytes < fixed || !is_well_formed(record)))) {
        note_damage(reader, reader->next);
        return NULL;
    }
    reader->next += record->bytes;
    return record;
}

enum trace_status trace_reader_next(struct trace_reader *reader, const struct trace_record **record)
{
    for (;;) {
        if (reader->chunk_end == 0 && !enter_chunk(reader, TRACE_CHUNK_RECORDS))
            break;
        const struct trace_record *found = take_record(reader);
        if (!found) {
            leave_chunk(reader);
        } else if (fixed_bytes(found->kind) != 0) {
            *record = found;
            return TRACE_OK;
        }
    }
    if (reader->shortened)
        note_damage(reader, reader->size);
    return reader->torn_at == TRACE_NOT_TORN ? TRACE_END : TRACE_TORN;
}

void trace_reader_each_live(const struct trace_reader *reader,
                            void (*visit)(const struct trace_live *live, void *context),
                            void *context)
{
    struct trace_reader walk = *reader;

    walk.chunk = trace_reader_header(reader)->header_bytes;
    walk.chunk_end = 0;
    for (; enter_chunk(&walk, TRACE_CHUNK_LIVE); leave_chunk(&walk)) {
        const struct trace_live *live = (const struct trace_live *)(walk.data + walk.next);
        size_t left = walk.chunk_end - walk.next;
        if (left < sizeof *live || live->held_count > live->capacity ||
            live->capacity > (left - sizeof *live) / sizeof live->held[0])
            continue;
        visit(live, context);
    }
}

void trace_reader_each_events(const struct trace_reader *reader,
                              void (*visit)(const struct trace_event *events, size_t count,
                                            void *context),
                              void *context)
{
    struct trace_reader walk = *reader;

    walk.chunk = trace_reader_header(reader)->header_bytes;
    walk.chunk_end = 0;
    for (; enter_chunk(&walk, TRACE_CHUNK_EVENTS); leave_chunk(&walk)) {
        const struct trace_chunk *chunk = (const struct trace_chunk *)(walk.data + walk.chunk);
        if (chunk->state == 0)
            visit((const struct trace_event *)(walk.data + walk.next),
                  (walk.chunk_end - walk.next) / sizeof(struct trace_event), context);
    }
}

void trace_reader_each_packed(const struct trace_reader *reader,
                              void (*visit)(const struct trace_packed *block, void *context),
                              void *context)
{
    struct trace_reader walk = *reader;

    walk.chunk = trace_reader_header(reader)->header_bytes;
    walk.chunk_end = 0;
    for (; enter_chunk(&walk, TRACE_CHUNK_EVENTS); leave_chunk(&walk)) {
        const struct trace_chunk *chunk = (const struct trace_chunk *)(walk.data + walk.chunk);
        while (chunk->state == TRACE_EVENTS_PACKED &&
               walk.chunk_end - walk.next >= sizeof(struct trace_packed)) {
            const struct trace_packed *block = (const void *)(walk.data + walk.next);
            if (block->bytes < sizeof *block || block->bytes % 8 != 0 ||
                block->bytes > walk.chunk_end - walk.next || block->count > TRACE_PACKED_EVENTS)
                break;
            visit(block, context);
            walk.next += block->bytes;
        }
    }
}

const char *trace_status_text(enum trace_status status)
{
    switch (status) {
    case TRACE_OK:
    case TRACE_END:
        return "complete";
    case TRACE_EMPTY:
        return "the file is empty: the program was stopped before anything was recorded";
    case TRACE_NOT_A_RECORDING:
        return "not a recording made by unknot";
    case TRACE_WRONG_BYTE_ORDER:
        return "recorded on a machine of the other byte order: read it on one like that";
    case TRACE_TOO_NEW:
        return "made by a newer unknot: read it with that version";
    case TRACE_TORN:
        return "ends early or is damaged; what could be read was used";
    }
    return "unknown status";
}

const char *trace_lost_text(enum trace_lost kind)
{
    static const char *const texts[] = {
#define X(name, text) text,
#include "trace/lost.def"
#undef X
    };
    return texts[kind];
}

const char *trace_lost_name(enum trace_lost kind)
{
    static const char *const names[] = {
#define X(name, text) #name,
#include "trace/lost.def"
#undef X
    };
    return names[kind];
}
