#include "analyzer/suite/suite_execution.h"

#include <string.h>
#include "analyzer/model/execution_index.h"

/* A code address has room for no more. */
#define MODULES_MAX 65535

struct builder {
    struct arena *arena;
    const struct suite *suite;
    struct execution *execution;
    ARRAY(struct lock) locks;
    ARRAY(struct segment_start) segments;
};

static trace_code_t code_of(uint64_t module, uint64_t offset)
{
    return module > MODULES_MAX ? 0 : TRACE_CODE(module, offset);
}

/* The bytes of a build-id in hex digits; none if it is something else. */
static uint32_t build_id_of(struct arena *arena, const char *identity, const uint8_t **bytes)
{
    size_t digits = strspn(identity, "0123456789abcdef");
    uint8_t *id = arena_alloc(arena, digits / 2 + 1, 1);

    if (identity[digits] != '\0' || digits % 2 != 0 || digits > 64)
        return 0;
    for (size_t i = 0; i < digits; i++) {
        unsigned digit =
            (unsigned)(identity[i] <= '9' ? identity[i] - '0' : identity[i] - 'a' + 10);
        id[i / 2] = (uint8_t)(id[i / 2] << 4 | digit);
    }
    *bytes = id;
    return (uint32_t)(digits / 2);
}

static void make_modules(struct builder *builder)
{
    const struct suite *suite = builder->suite;
    size_t count = suite_count(suite, SUITE_MODULE);
    struct module *modules = arena_alloc(builder->arena, count + 1, sizeof *modules);

    for (size_t i = 0; i < count; i++) {
        const struct suite_row *row = suite_row(suite, SUITE_MODULE, i);
        const char *identity = suite_text(suite, row->words[SUITE_MODULE_IDENTITY]);
        modules[i].id = (uint32_t)i + 1;
        modules[i].path = row->texts[0];
        modules[i].build_id_bytes = build_id_of(builder->arena, identity, &modules[i].build_id);
    }
    builder->execution->modules = modules;
    builder->execution->module_count = count;
}

static void make_stacks(struct builder *builder)
{
    const struct suite *suite = builder->suite;
    size_t count = suite_count(suite, SUITE_STACK);
    struct stack *stacks = arena_alloc(builder->arena, count + 1, sizeof *stacks);

    for (size_t i = 0; i < count; i++) {
        const struct suite_row *row = suite_row(suite, SUITE_STACK, i);
        uint32_t frame_count = (row->count - SUITE_STACK_FRAMES) / 2;
        trace_code_t *frames = arena_alloc(builder->arena, frame_count, sizeof *frames);
        for (uint32_t j = 0; j < frame_count; j++)
            frames[j] = code_of(row->words[SUITE_STACK_FRAMES + 2 * j],
                                row->words[SUITE_STACK_FRAMES + 2 * j + 1]);
        stacks[i] = (struct stack){
            .id = (uint32_t)i + 1,
            .frame_count = frame_count,
            .truncated = row->words[SUITE_STACK_TRUNCATED] != 0,
            .frames = frames,
        };
    }
    builder->execution->stacks = stacks;
    builder->execution->stack_count = count;
}

static uint32_t marks_of(const struct suite_row *row)
{
    bool is_semaphore = row->words[SUITE_CLASS_KIND] == TRACE_LOCK_SEMAPHORE;

    return (row->bits & SUITE_CLASS_NO_LOCK ? TRACE_MARK_OTHER_THREAD : 0) |
           (is_semaphore ? TRACE_MARK_PROVED : 0);
}

/* Its location is no place: it tells the classes apart (predict/lock_class.h). */
static uint32_t add_lock(struct builder *builder, uint64_t class)
{
    const struct suite_row *row = suite_row(builder->suite, SUITE_CLASS, class);
    struct lock *lock = array_add(builder->arena, &builder->locks);

    *lock = (struct lock){
        .id = (uint32_t)builder->locks.count,
        .kind = (enum trace_lock_kind)(row->words[SUITE_CLASS_KIND] & 0xffff),
        .flags = row->bits & SUITE_CLASS_QUEUES ? TRACE_LOCK_WRITER_QUEUES : 0,
        .marks = marks_of(row),
        .location = TRACE_CODE(0, class + 1),
        .name = row->texts[0][0] != '\0' ? row->texts[0] : "a lock",
        .origin = row->texts[1],
        .label = row->texts[2],
    };
    return lock->id;
}

/* Locks of a class of many may differ: each mention is another one. */
static uint32_t lock_of(struct builder *builder, uint64_t class_word)
{
    const struct suite_row *row = suite_row(builder->suite, SUITE_CLASS, class_word - 1);

    return row->bits & SUITE_CLASS_MANY ? add_lock(builder, class_word - 1) : (uint32_t)class_word;
}

static const char *name_of(struct builder *builder, const struct suite_row *row)
{
    const struct suite *suite = builder->suite;
    size_t count = row->recordings.count;

    if (count == 0)
        return "no recording";
    const struct suite_row *first = suite_row(suite, SUITE_RECORDING, row->recordings.items[0]);
    const char *file = suite_text(suite, first->words[SUITE_RECORDING_FILE]);
    return count == 1
               ? arena_printf(builder->arena, "recording %s", file)
               : arena_printf(builder->arena, "recording %s (and %zu more)", file, count - 1);
}

static void make_dependencies(struct builder *builder)
{
    const struct suite *suite = builder->suite;
    struct arena *arena = builder->arena;
    size_t count = suite_count(suite, SUITE_DEPENDENCY);
    struct dependency *dependencies = arena_alloc(arena, count + 1, sizeof *dependencies);

    for (size_t i = 0; i < count; i++) {
        const struct suite_row *row = suite_row(suite, SUITE_DEPENDENCY, i);
        uint32_t held_count = (row->count - SUITE_DEPENDENCY_HELD) / 3;
        struct trace_dependency_held *held = arena_alloc(arena, held_count, sizeof *held);
        for (uint32_t j = 0; j < held_count; j++) {
            const uint64_t *words = &row->words[SUITE_DEPENDENCY_HELD + 3 * j];
            held[j] = (struct trace_dependency_held){
                .lock = lock_of(builder, words[0]),
                .mode = (uint32_t)words[1],
                .stack = (uint32_t)words[2],
                .count = 1,
            };
        }
        dependencies[i] = (struct dependency){
            .thread = (uint32_t)i + 1,
            .lock = lock_of(builder, row->words[SUITE_DEPENDENCY_CLASS]),
            .mode = (uint32_t)row->words[SUITE_DEPENDENCY_MODE],
            .stack = (uint32_t)row->words[SUITE_DEPENDENCY_STACK],
            .held_count = held_count,
            .held = held,
        };
    }
    builder->execution->dependencies = dependencies;
    builder->execution->dependency_count = count;
}

static void add_segment(struct builder *builder, uint32_t thread, uint32_t segment,
                        enum trace_segment_cause cause, uint32_t other)
{
    *array_add(builder->arena, &builder->segments) = (struct segment_start){
        .thread = thread, .segment = segment, .cause = cause, .other = other};
}

/* One thread more creates the others: those of the start one after the other, each joined, then
 * the rest. */
static void make_threads(struct builder *builder)
{
    size_t count = builder->execution->dependency_count;
    struct thread *threads = arena_alloc(builder->arena, count + 1, sizeof *threads);
    uint32_t creator = (uint32_t)count + 1, segment = 0;

    threads[count] = (struct thread){.id = creator, .name = "the start", .number = creator};
    for (int is_start = 1; is_start >= 0; is_start--) {
        for (size_t i = 0; i < count; i++) {
            const struct suite_row *row = suite_row(builder->suite, SUITE_DEPENDENCY, i);
            uint32_t id = (uint32_t)i + 1;
            if ((int)(row->words[SUITE_DEPENDENCY_FLAGS] & SUITE_START_UP) != is_start)
                continue;
            threads[i] = (struct thread){.id = id,
                                         .parent = creator,
                                         .parent_segment = segment,
                                         .name = name_of(builder, row),
                                         .number = id};
            add_segment(builder, creator, ++segment, TRACE_SEGMENT_CREATE, id);
            if (is_start)
                add_segment(builder, creator, ++segment, TRACE_SEGMENT_JOIN, id);
        }
    }
    builder->execution->threads = threads;
    builder->execution->thread_count = count + 1;
}

static struct execution_index *make_index(const struct builder *builder)
{
    const struct execution *execution = builder->execution;
    struct arena *arena = builder->arena;
    struct execution_index *index = arena_alloc(arena, 1, sizeof *index);
    bool added = true;

    for (size_t i = 0; i < execution->module_count; i++)
        added &= id_index_add(arena, &index->modules, (uint32_t)i + 1, i);
    for (size_t i = 0; i < execution->stack_count; i++)
        added &= id_index_add(arena, &index->stacks, (uint32_t)i + 1, i);
    for (size_t i = 0; i < execution->thread_count; i++)
        added &= id_index_add(arena, &index->threads, (uint32_t)i + 1, i);
    for (size_t i = 0; i < execution->lock_count; i++)
        added &= id_index_add(arena, &index->locks, (uint32_t)i + 1, i);
    return added ? index : NULL;
}

void suite_execution_make(struct arena *arena, const struct suite *suite,
                          struct execution *execution)
{
    struct builder builder = {.arena = arena, .suite = suite, .execution = execution};

    *execution = (struct execution){
        .file = "",
        .executable = "",
        .directory = "",
        .complete = true,
        .state = TRACE_EXITED,
        .end = TRACE_END,
        .of_recordings = true,
    };
    make_modules(&builder);
    make_stacks(&builder);
    for (size_t i = 0; i < suite_count(suite, SUITE_CLASS); i++)
        (void)add_lock(&builder, i);
    make_dependencies(&builder);
    make_threads(&builder);
    execution->locks = builder.locks.items;
    execution->lock_count = builder.locks.count;
    execution->segments = builder.segments.items;
    execution->segment_count = builder.segments.count;
    execution->index = make_index(&builder);
}
