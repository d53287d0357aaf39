#include "analyzer/schedule/recorded_trace.h"

#include "analyzer/model/execution_file.h"
#include "analyzer/schedule/event_glance.h"
#include "analyzer/schedule/event_merge.h"
#include "analyzer/schedule/semaphore_lock.h"
#include "analyzer/schedule/trace_keep.h"

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

static void name_objects(struct arena *arena, const struct merge *merge,
                         struct recorded_trace *recorded)
{
    size_t count = merge->objects.count;
    uint32_t *ids = arena_alloc(arena, count + 1, sizeof *ids);
    uint8_t *kinds = arena_alloc(arena, count + 1, sizeof *kinds);

    for (size_t i = 0; i < count; i++) {
        const struct merge_object *object = &merge->objects.items[i];
        recorded->is_shared |= !object->is_thread && object->lock_flags & TRACE_LOCK_SHARED;
        ids[i] = object->id;
        kinds[i] = object->lock_kind;
    }
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
}

/* The events of a recording as a source. */
struct recorded_source {
    struct sync_source source;
    struct sync_trace trace; /* threads and objects; no events */
    struct arena *arena;
    struct event_pieces pieces;
    struct merge merge; /* of the first reading */
    bool is_read;
    ARRAY(struct sync_object) objects;
    sync_take *take;
    void *taker;
};

static struct sync_object object_at(struct merge *merge, size_t number)
{
    const struct merge_object *object = &merge->objects.items[number];

    return (struct sync_object){
        .kind = kind_of(object),
        .initial = object->initial,
        .thread = object->is_thread ? merge_thread_of(merge, object->id) : 0,
    };
}

/* Those that are new: the first reading finds some on its way. */
static void list_objects(struct recorded_source *source)
{
    for (size_t i = source->objects.count; i < source->merge.objects.count; i++)
        *array_add(source->arena, &source->objects) = object_at(&source->merge, i);
    source->trace.objects = source->objects.items;
    source->trace.object_count = (uint32_t)source->objects.count;
    source->trace.thread_count = (uint32_t)source->merge.threads.count;
}

static void take_first(void *taker, const struct sync_event *event)
{
    struct recorded_source *source = taker;

    if (event->object >= source->objects.count)
        list_objects(source);
    source->take(source->taker, event);
}

/* Another time, all is as it was: objects and threads get the same numbers. */
static void read_again(struct recorded_source *source, sync_take *take, void *taker)
{
    struct arena arena;
    struct merge merge = {.arena = &arena, .pieces = &source->pieces};

    arena_init(&arena, source->arena->cap_bytes);
    merge_survey(&merge);
    merge.take = take;
    merge.taker = taker;
    source->source.time_ns = merge.processors != 0 ? &merge.now_ns : NULL;
    merge_run(&merge);
    source->source.time_ns = NULL;
    arena_destroy(&arena);
}

static bool read_events(struct sync_source *as_source, sync_take *take, void *taker,
                        const char **error)
{
    struct recorded_source *source = (struct recorded_source *)as_source;

    (void)error;
    if (source->is_read) {
        read_again(source, take, taker);
        return true;
    }
    source->is_read = true;
    source->take = take;
    source->taker = taker;
    source->merge.take = take_first;
    source->merge.taker = source;
    merge_run(&source->merge);
    list_objects(source);
    return true;
}

static void open_source(struct arena *arena, const struct trace_reader *reader,
                        struct recorded_source *source)
{
    *source = (struct recorded_source){.arena = arena};
    source->merge.arena = arena;
    source->merge.pieces = &source->pieces;
    event_pieces_collect(arena, reader, &source->pieces);
    merge_survey(&source->merge);
    list_objects(source);
    source->source.read = read_events;
    source->source.trace = &source->trace;
    source->source.most_events = source->merge.most_events + 1;
    source->trace.processors = source->merge.processors;
    source->source.time_ns = source->merge.processors != 0 ? &source->merge.now_ns : NULL;
}

/* What is known when all of it was read once. */
static void describe(struct recorded_source *source, const struct trace_reader *reader,
                     struct recorded_trace *recorded)
{
    const struct merge *merge = &source->merge;

    *recorded = (struct recorded_trace){
        .trace = source->trace,
        .recorded = merge->raw_count + source->pieces.left_out,
        .left_out = merge->raw_count - merge->done + source->pieces.left_out,
        .lost = trace_reader_header(reader)->lost[TRACE_LOST_event],
        .is_torn = reader->shortened,
    };
    name_objects(source->arena, merge, recorded);
    name_threads(source->arena, merge, recorded);
}

void recorded_trace_make(struct arena *arena, const struct trace_reader *reader, size_t most_events,
                         recorded_wanted *find_wanted, void *context,
                         struct recorded_trace *recorded)
{
    struct recorded_source *source = arena_alloc(arena, 1, sizeof *source);
    const bool *wanted = NULL;
    struct trace_keep keep;
    const char *error;

    open_source(arena, reader, source);
    /* What is in memory can always be read. */
    (void)!trace_keep_read(&keep, arena, &source->source, most_events, NULL, NULL, &error);
    describe(source, reader, recorded);
    if (!keep.has_all)
        wanted = find_wanted(context, recorded);
    (void)!trace_keep_load(&keep, wanted, &recorded->trace, &recorded->drops_shared, &error);
    semaphore_locks_make(arena, &recorded->trace, keep.events, source->objects.items);
}

static bool open_file(struct arena *arena, const char *path, struct trace_reader *reader,
                      const char **error)
{
    const void *data;
    size_t size;

    if (!execution_file_read(arena, path, EXECUTION_WHOLE, &data, &size, error))
        return false;
    enum trace_status status = trace_reader_open(reader, data, size);
    if (status != TRACE_OK)
        *error = arena_printf(arena, "%s: %s", path, trace_status_text(status));
    return status == TRACE_OK;
}

bool recorded_trace_load(struct arena *arena, const char *path, size_t most_events,
                         recorded_wanted *find_wanted, void *context,
                         struct recorded_trace *recorded, const char **error)
{
    struct trace_reader reader;

    if (!open_file(arena, path, &reader, error))
        return false;
    recorded_trace_make(arena, &reader, most_events, find_wanted, context, recorded);
    return true;
}

bool recorded_trace_has_waits(const struct arena *arena, const char *path)
{
    struct trace_reader reader;
    struct arena room;
    const char *error;

    arena_init(&room, arena->cap_bytes);
    bool has_waits =
        open_file(&room, path, &reader, &error) && event_glance_has_waits(&room, &reader);
    arena_destroy(&room);
    return has_waits;
}
