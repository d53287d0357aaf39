#include "analyzer/schedule/recorded_trace.h"

#include "analyzer/model/execution_file.h"
#include "analyzer/schedule/event_merge.h"

static enum sync_object_kind kind_of(const struct merge_object *object)
{
    if (object->is_thread)
        return SYNC_THREAD;
    switch (object->lock_kind) {
    case TRACE_LOCK_CONDITION:
        return SYNC_CONDITION;
    case TRACE_LOCK_BARRIER:
        return SYNC_BARRIER;
    case TRACE_LOCK_SEMAPHORE:
        return SYNC_SEMAPHORE;
    default:
        return object->lock_flags & TRACE_LOCK_WRITER_QUEUES ? SYNC_WRITER_QUEUE : SYNC_LOCK;
    }
}

static void name_objects(struct arena *arena, struct merge *merge, struct recorded_trace *recorded)
{
    size_t count = merge->objects.count;
    struct sync_object *objects = arena_alloc(arena, count + 1, sizeof *objects);
    uint32_t *ids = arena_alloc(arena, count + 1, sizeof *ids);
    uint8_t *kinds = arena_alloc(arena, count + 1, sizeof *kinds);

    for (size_t i = 0; i < count; i++) {
        const struct merge_object *object = &merge->objects.items[i];
        objects[i].kind = kind_of(object);
        objects[i].initial = object->initial;
        objects[i].thread = object->is_thread ? merge_thread_of(merge, object->id) : 0;
        recorded->is_shared |= !object->is_thread && object->lock_flags & TRACE_LOCK_SHARED;
        ids[i] = object->id;
        kinds[i] = object->lock_kind;
    }
    recorded->trace.objects = objects;
    recorded->trace.object_count = (uint32_t)count;
    recorded->objects = ids;
    recorded->kinds = kinds;
}

static void name_threads(struct arena *arena, const struct merge *merge,
                         struct recorded_trace *recorded)
{
    uint32_t *ids = arena_alloc(arena, merge->threads.count + 1, sizeof *ids);

    for (size_t i = 0; i < merge->threads.count; i++)
        ids[i] = merge->threads.items[i].id;
    recorded->threads = ids;
    recorded->trace.thread_count = (uint32_t)merge->threads.count;
}

void recorded_trace_make(struct arena *arena, const struct trace_reader *reader,
                         struct recorded_trace *recorded)
{
    struct event_pieces pieces;
    struct merge merge = {.arena = arena, .pieces = &pieces};

    event_pieces_collect(arena, reader, &pieces);
    merge_survey(&merge);
    merge_run(&merge);
    *recorded = (struct recorded_trace){
        .trace = {.events = merge.events, .event_count = merge.event_count},
        .recorded = merge.raw_count + pieces.left_out,
        .left_out = merge.raw_count - merge.done + pieces.left_out,
        .lost = trace_reader_header(reader)->lost[TRACE_LOST_event],
        .is_torn = reader->shortened,
    };
    name_objects(arena, &merge, recorded);
    name_threads(arena, &merge, recorded);
}

bool recorded_trace_load(struct arena *arena, const char *path, struct recorded_trace *recorded,
                         const char **error)
{
    struct trace_reader reader;
    const void *data;
    size_t size;

    if (!execution_file_read(arena, path, EXECUTION_WHOLE, &data, &size, error))
        return false;
    enum trace_status status = trace_reader_open(&reader, data, size);
    if (status != TRACE_OK) {
        *error = arena_printf(arena, "%s: %s", path, trace_status_text(status));
        return false;
    }
    recorded_trace_make(arena, &reader, recorded);
    return true;
}
