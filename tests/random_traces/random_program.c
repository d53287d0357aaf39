#include "tests/random_traces/random_program.h"

#include <string.h>
#include "tests/random_traces/agreement.h"

enum { MOST_HELD = 3, MOST_LOCKS = 4, MOST_SNIPPETS = 8 };

/* The objects there are, by kind. */
struct pool {
    uint32_t items[MOST_LOCKS];
    uint32_t count;
};

struct maker {
    struct random_program *program;
    struct trace_builder *builder;
    uint64_t *random;
    struct pool locks, conditions, signals, counts, barriers, onces, variables, handed;
    /* Operations that a thread has to make somewhere, by their kind. */
    struct operation snippets[PROGRAM_THREADS][MOST_SNIPPETS];
    uint32_t snippet_counts[PROGRAM_THREADS];
    bool is_ring; /* as many locks as threads, each between two neighbours */
};

/* The thread whose operations are made now. */
struct writer {
    struct maker *maker;
    uint32_t thread;
    uint32_t held[MOST_HELD]; /* operations that locked */
    uint32_t held_count;
};

static uint32_t below(struct maker *maker, uint32_t limit)
{
    return random_below(maker->random, limit);
}

static bool one_in(struct maker *maker, uint32_t chances)
{
    return below(maker, chances) == 0;
}

static bool uses(const struct maker *maker, enum random_feature feature)
{
    return (maker->program->features >> feature & 1) != 0;
}

static uint32_t pick(struct maker *maker, const struct pool *pool)
{
    return pool->items[below(maker, pool->count)];
}

static void add_object(struct maker *maker, struct pool *pool, enum sync_object_kind kind,
                       uint32_t initial)
{
    pool->items[pool->count++] = trace_builder_object(maker->builder, kind, initial, 0);
}

static void make_objects(struct maker *maker)
{
    uint32_t threads = maker->program->thread_count, locks = 2 + below(maker, 2);

    maker->is_ring = threads > 2 && one_in(maker, 4);
    if (maker->is_ring)
        locks = threads;
    for (uint32_t i = 0; i < locks; i++) {
        bool queues = uses(maker, FEATURE_QUEUES) && !one_in(maker, 3);
        add_object(maker, &maker->locks, queues ? SYNC_WRITER_QUEUE : SYNC_LOCK, 0);
    }
    if (uses(maker, FEATURE_CONDITIONS))
        add_object(maker, &maker->conditions, SYNC_CONDITION, 0);
    if (uses(maker, FEATURE_SIGNALS))
        add_object(maker, &maker->signals, SYNC_SEMAPHORE,
                   one_in(maker, 4) ? SYNC_UNKNOWN : below(maker, 2));
    if (uses(maker, FEATURE_COUNTS))
        add_object(maker, &maker->counts, SYNC_SEMAPHORE, 1 + below(maker, 3));
    if (uses(maker, FEATURE_BARRIERS))
        add_object(maker, &maker->barriers, SYNC_BARRIER, 2 + one_in(maker, 3));
    if (uses(maker, FEATURE_ONCE))
        add_object(maker, &maker->onces, SYNC_LOCK, 0);
    if (uses(maker, FEATURE_VARIABLES))
        add_object(maker, &maker->variables, SYNC_VARIABLE, 0);
    if (uses(maker, FEATURE_HANDED))
        add_object(maker, &maker->handed, SYNC_LOCK, 0);
    for (uint32_t t = 0; t < maker->program->thread_count; t++)
        maker->program->thread_objects[t] = trace_builder_object(maker->builder, SYNC_THREAD, 0, t);
}

static uint32_t choose_mode(struct maker *maker)
{
    uint32_t mode = 0;

    if ((uses(maker, FEATURE_READERS) || uses(maker, FEATURE_QUEUES)) && !one_in(maker, 2))
        mode |= SYNC_READER;
    if (uses(maker, FEATURE_TRIES) && one_in(maker, 4))
        mode |= SYNC_TRY;
    else if (uses(maker, FEATURE_LIMITS) && one_in(maker, 5))
        mode |= SYNC_TIMED;
    return mode;
}

/* ---- what belongs together in several threads ---- */

static void plan(struct maker *maker, uint32_t thread, struct operation operation)
{
    if (maker->snippet_counts[thread] < MOST_SNIPPETS)
        maker->snippets[thread][maker->snippet_counts[thread]++] = operation;
}

static uint32_t any_thread(struct maker *maker)
{
    return below(maker, maker->program->thread_count);
}

static void plan_condition(struct maker *maker)
{
    uint32_t condition = pick(maker, &maker->conditions), waits = 1 + below(maker, 3);
    uint32_t first = any_thread(maker), count = maker->program->thread_count;
    uint32_t mutex = pick(maker, &maker->locks), flag = below(maker, PROGRAM_FLAGS);
    bool once = one_in(maker, 2);
    struct operation wait = {.kind = once ? OPERATION_WAIT : OPERATION_WAIT_FLAG,
                             .object = condition,
                             .mutex = mutex,
                             .flag = flag,
                             .mode =
                                 uses(maker, FEATURE_LIMITS) && one_in(maker, 2) ? SYNC_TIMED : 0};
    struct operation set = {.kind = OPERATION_SET_FLAG,
                            .object = condition,
                            .mutex = mutex,
                            .flag = flag,
                            .mode = one_in(maker, 2) ? SYNC_READER : 0};

    for (uint32_t i = 0; i < waits; i++) {
        plan(maker, (first + i) % count, wait);
        plan(maker, one_in(maker, 2) ? (first + count - 1) % count : any_thread(maker), set);
    }
}

static void plan_barrier(struct maker *maker)
{
    uint32_t barrier = pick(maker, &maker->barriers);
    uint32_t parties = maker->builder->objects[barrier].initial;
    uint32_t entries = parties * (1 + below(maker, 3)), first = any_thread(maker);

    for (uint32_t i = 0; i < entries; i++) {
        uint32_t thread = one_in(maker, 2) ? any_thread(maker)
                                           : (first + i % parties) % maker->program->thread_count;
        plan(maker, thread, (struct operation){.kind = OPERATION_BARRIER, .object = barrier});
    }
}

static void plan_signals(struct maker *maker)
{
    uint32_t semaphore = pick(maker, &maker->signals), takes = 1 + below(maker, 2);

    for (uint32_t i = 0; i < takes; i++)
        plan(maker, any_thread(maker),
             (struct operation){.kind = OPERATION_TAKE, .object = semaphore});
    for (uint32_t i = 0; i < takes + one_in(maker, 3); i++)
        plan(maker, any_thread(maker),
             (struct operation){.kind = OPERATION_POST, .object = semaphore});
}

static void plan_handed(struct maker *maker)
{
    struct operation operation = {.kind = OPERATION_LOCK, .object = pick(maker, &maker->handed)};

    for (uint32_t i = 0; i < 1 + below(maker, 2); i++) {
        operation.kind = OPERATION_LOCK;
        operation.mode = uses(maker, FEATURE_TRIES) && one_in(maker, 3) ? SYNC_TRY : 0;
        plan(maker, any_thread(maker), operation);
        operation.kind = OPERATION_GIVE_BACK;
        plan(maker, any_thread(maker), operation);
    }
}

static void plan_threads(struct maker *maker)
{
    for (uint32_t t = 1; t < maker->program->thread_count; t++) {
        uint32_t parent = one_in(maker, 3) ? below(maker, t) : 0;
        struct operation create = {.kind = OPERATION_CREATE, .object = t};
        if (one_in(maker, 4))
            continue;
        maker->program->is_created[t] = true;
        plan(maker, parent, create);
        create.kind = OPERATION_JOIN;
        create.mode = choose_mode(maker) & (SYNC_TRY | SYNC_TIMED);
        if (!one_in(maker, 3))
            plan(maker, parent, create);
    }
}

static void plan_everything(struct maker *maker)
{
    if (uses(maker, FEATURE_THREADS))
        plan_threads(maker);
    if (uses(maker, FEATURE_CONDITIONS))
        plan_condition(maker);
    if (uses(maker, FEATURE_BARRIERS))
        plan_barrier(maker);
    if (uses(maker, FEATURE_SIGNALS))
        plan_signals(maker);
    if (uses(maker, FEATURE_HANDED))
        plan_handed(maker);
    for (uint32_t i = 0; uses(maker, FEATURE_ONCE) && i < 2 + below(maker, 2); i++)
        plan(maker, any_thread(maker),
             (struct operation){.kind = OPERATION_ONCE, .object = pick(maker, &maker->onces)});
}

/* ---- the operations of one thread ---- */

static uint32_t append(struct writer *writer, struct operation operation)
{
    struct random_program *program = writer->maker->program;
    uint32_t index = program->operation_counts[writer->thread];

    if (index == PROGRAM_OPERATIONS)
        return index;
    program->operations[writer->thread][index] = operation;
    return program->operation_counts[writer->thread]++;
}

static const struct operation *held_operation(const struct writer *writer, uint32_t index)
{
    return &writer->maker->program->operations[writer->thread][writer->held[index]];
}

static const struct operation *find_held(const struct writer *writer, uint32_t object)
{
    for (uint32_t i = 0; i < writer->held_count; i++) {
        if (held_operation(writer, i)->object == object)
            return held_operation(writer, i);
    }
    return NULL;
}

/* A semaphore of a few is locked like a lock: it is taken, and posted when given back. */
static void lock(struct writer *writer, uint32_t object, uint32_t mode)
{
    const struct operation *held = find_held(writer, object);
    bool reads_again = held && (held->mode & mode & SYNC_READER) != 0 &&
                       writer->maker->builder->objects[object].kind == SYNC_WRITER_QUEUE;

    if (writer->held_count == MOST_HELD || (held && !reads_again) ||
        writer->maker->program->operation_counts[writer->thread] + 8 > PROGRAM_OPERATIONS)
        return;
    writer->held[writer->held_count++] =
        append(writer, (struct operation){.kind = OPERATION_LOCK, .object = object, .mode = mode});
}

static void lock_something(struct writer *writer)
{
    struct maker *maker = writer->maker;
    uint32_t mode = choose_mode(maker), count = maker->locks.count;

    if (maker->is_ring && !one_in(maker, 6))
        lock(writer, maker->locks.items[(writer->thread + below(maker, 2)) % count], mode);
    else if (uses(maker, FEATURE_COUNTS) && one_in(maker, 4))
        lock(writer, pick(maker, &maker->counts), mode & ~(uint32_t)SYNC_READER);
    else
        lock(writer, pick(maker, &maker->locks), mode);
}

static void unlock(struct writer *writer, uint32_t index)
{
    struct operation operation = *held_operation(writer, index);

    operation.kind = OPERATION_UNLOCK;
    operation.pair = writer->held[index];
    append(writer, operation);
    writer->held[index] = writer->held[--writer->held_count];
}

static void unlock_something(struct writer *writer)
{
    bool any = uses(writer->maker, FEATURE_UNNESTED);

    if (writer->held_count > 0)
        unlock(writer, any ? below(writer->maker, writer->held_count) : writer->held_count - 1);
}

/* Waits, or sets a flag and wakes, with the mutex held; mostly only for that. */
static void write_with_mutex(struct writer *writer, struct operation operation)
{
    struct maker *maker = writer->maker;
    bool must_lock = !find_held(writer, operation.mutex);

    if (must_lock && operation.kind == OPERATION_SET_FLAG && one_in(maker, 5))
        must_lock = false;
    if (must_lock)
        lock(writer, operation.mutex, 0);
    append(writer, operation);
    if (operation.kind == OPERATION_SET_FLAG) {
        operation.kind =
            (operation.mode & SYNC_READER) != 0 ? OPERATION_BROADCAST : OPERATION_SIGNAL;
        append(writer, operation);
    }
    if (must_lock && !one_in(maker, 4))
        unlock_something(writer);
}

static void write_once(struct writer *writer, struct operation operation)
{
    append(writer, operation);
    if (!one_in(writer->maker, 3) && writer->held_count < MOST_HELD) {
        uint32_t before = writer->held_count;
        lock(writer, pick(writer->maker, &writer->maker->locks), 0);
        if (writer->held_count > before)
            unlock(writer, before);
    }
    operation.kind = OPERATION_ONCE_END;
    append(writer, operation);
}

/* Two locks, one in the other: what is ordered or not by what comes before or after it. */
static void write_pair(struct writer *writer)
{
    if (writer->held_count > 0)
        return;
    while (writer->held_count < 2 && !one_in(writer->maker, 8))
        lock_something(writer);
    while (writer->held_count > 0)
        unlock_something(writer);
}

static void write_operation(struct writer *writer, struct operation operation)
{
    switch (operation.kind) {
    case OPERATION_WAIT:
    case OPERATION_WAIT_FLAG:
    case OPERATION_SET_FLAG:
        write_with_mutex(writer, operation);
        break;
    case OPERATION_ONCE:
        write_once(writer, operation);
        break;
    case OPERATION_TAKE:
        operation.mode = choose_mode(writer->maker) & ~(uint32_t)SYNC_READER;
        append(writer, operation);
        break;
    default:
        append(writer, operation);
        break;
    }
}

static void write_snippet(struct writer *writer, struct operation operation)
{
    if (one_in(writer->maker, 3))
        write_pair(writer);
    write_operation(writer, operation);
    if (one_in(writer->maker, 3))
        write_pair(writer);
}

static void write_thread(struct maker *maker, uint32_t thread, uint32_t size)
{
    struct writer writer = {.maker = maker, .thread = thread};
    uint32_t next = 0, count = maker->snippet_counts[thread];

    for (uint32_t i = 0; i < size; i++) {
        uint32_t choice = below(maker, 10);
        if (next < count && choice < 3)
            write_snippet(&writer, maker->snippets[thread][next++]);
        else if (uses(maker, FEATURE_VARIABLES) && choice == 9)
            append(&writer,
                   (struct operation){.kind = one_in(maker, 2) ? OPERATION_READ : OPERATION_WRITE,
                                      .object = pick(maker, &maker->variables)});
        else if (choice < 7)
            lock_something(&writer);
        else
            unlock_something(&writer);
    }
    while (next < count || writer.held_count > 0) {
        if (next < count && (writer.held_count == 0 || one_in(maker, 2)))
            write_snippet(&writer, maker->snippets[thread][next++]);
        else
            unlock_something(&writer);
    }
}

void random_program_make(struct random_program *program, struct trace_builder *builder,
                         uint64_t *random, uint32_t size)
{
    struct maker maker = {.program = program, .builder = builder, .random = random};

    memset(program, 0, sizeof *program);
    memset(builder, 0, sizeof *builder);
    program->thread_count = 2 + below(&maker, PROGRAM_THREADS - 1);
    for (uint32_t i = below(&maker, 5); i > 0; i--)
        program->features |= UINT32_C(1) << below(&maker, FEATURE_COUNT);
    make_objects(&maker);
    plan_everything(&maker);
    for (uint32_t t = 0; t < program->thread_count; t++)
        write_thread(&maker, t, size - below(&maker, size));
}
