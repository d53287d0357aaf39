#include "analyzer/model/execution.h"

#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/model/execution_file.h"
#include "analyzer/model/execution_index.h"
#include "analyzer/model/thread_end.h"

/* The execution while it grows; moved into struct execution when reading has ended. */
struct loader {
    struct arena *arena;
    struct execution *execution;
    ARRAY(struct module) modules;
    ARRAY(struct stack) stacks;
    ARRAY(struct thread) threads;
    ARRAY(struct lock) locks;
    ARRAY(struct declared_order) orders;
    ARRAY(struct segment_start) segments;
    ARRAY(struct dependency) dependencies;
    ARRAY(struct live_thread) live;
    ARRAY(const struct trace_deadlock *) deadlocks;
    ARRAY(const struct trace_wakes *) wakes;
    ARRAY(struct applied_fix) fixes;
    ARRAY(const char *) notes;
    ARRAY(const struct trace_misuse *) misuses;
    ARRAY(const struct trace_steering *) steering;
};

static void load_process(struct loader *loader, const struct trace_process *process)
{
    struct execution *execution = loader->execution;
    const char *text = process->strings;
    const char **arguments = arena_alloc(loader->arena, process->argument_count, sizeof *arguments);

    execution->pid = process->pid;
    execution->parent_pid = process->parent_pid;
    execution->executable = text;
    text += strlen(text) + 1;
    execution->directory = text;
    for (uint32_t i = 0; i < process->argument_count; i++) {
        text += strlen(text) + 1;
        arguments[i] = text;
    }
    execution->argument_count = process->argument_count;
    execution->arguments = arguments;
}

static bool load_module(struct loader *loader, const struct trace_module *record)
{
    if (!id_index_add(loader->arena, &loader->execution->index->modules, record->id,
                      loader->modules.count))
        return false;
    *array_add(loader->arena, &loader->modules) = (struct module){
        .id = record->id,
        .start = record->start,
        .end = record->end,
        .bias = record->bias,
        .build_id = record->build_id,
        .build_id_bytes = record->build_id_bytes,
        .path = record->path,
    };
    return true;
}

static bool load_stack(struct loader *loader, const struct trace_stack *record)
{
    if (!id_index_add(loader->arena, &loader->execution->index->stacks, record->id,
                      loader->stacks.count))
        return false;
    *array_add(loader->arena, &loader->stacks) = (struct stack){
        .id = record->id,
        .frame_count = record->frame_count,
        .truncated = (record->flags & TRACE_STACK_TRUNCATED) != 0,
        .frames = record->frames,
    };
    return true;
}

static bool load_thread(struct loader *loader, const struct trace_thread *record)
{
    if (!id_index_add(loader->arena, &loader->execution->index->threads, record->id,
                      loader->threads.count))
        return false;
    *array_add(loader->arena, &loader->threads) = (struct thread){
        .id = record->id,
        .kernel_tid = record->kernel_tid,
        .parent = record->parent,
        .parent_segment = record->parent_segment,
        .created_stack = record->created_stack,
        .start_routine = record->start_routine,
        .name = "",
        .number = record->id,
        .pid = loader->execution->pid,
    };
    return true;
}

static bool is_known_kind(uint16_t kind)
{
    switch (kind) {
#define X(number, NAME, text) case TRACE_LOCK_##NAME:
#include "trace/lock_kinds.def"
#undef X
        return true;
    }
    return false;
}

/* A lock of a kind that a newer unknot records is left out, and with it all that names it. */
static bool load_lock(struct loader *loader, const struct trace_lock *record)
{
    if (!is_known_kind(record->kind) ||
        !id_index_add(loader->arena, &loader->execution->index->locks, record->id,
                      loader->locks.count))
        return false;
    *array_add(loader->arena, &loader->locks) = (struct lock){
        .id = record->id,
        .kind = record->kind,
        .flags = record->flags,
        .address = record->address,
        .location = record->location,
        .init_stack = record->init_stack,
        .first_stack = record->first_stack,
        .init_thread = record->init_thread,
        .first_thread = record->first_thread,
        .stack_owner = record->stack_owner,
        .pid = loader->execution->pid,
    };
    return true;
}

static struct thread *find_thread(struct loader *loader, uint32_t id)
{
    size_t position = id_index_find(&loader->execution->index->threads, id);
    return position == ID_NOT_FOUND ? NULL : &loader->threads.items[position];
}

static struct lock *find_lock(struct loader *loader, uint32_t id)
{
    size_t position = id_index_find(&loader->execution->index->locks, id);
    return position == ID_NOT_FOUND ? NULL : &loader->locks.items[position];
}

static bool load_thread_name(struct loader *loader, const struct trace_thread_name *record)
{
    struct thread *thread = find_thread(loader, record->thread);

    if (thread)
        thread->name = record->name;
    return thread != NULL;
}

static bool load_lock_mark(struct loader *loader, const struct trace_lock_mark *record)
{
    struct lock *lock = find_lock(loader, record->lock);

    if (lock)
        lock->marks |= record->marks;
    return lock != NULL;
}

static bool load_lock_mapping(struct loader *loader, const struct trace_lock_mapping *record)
{
    struct lock *lock = find_lock(loader, record->lock);

    if (!lock || lock->place)
        return false;
    struct lock_place *place = arena_alloc(loader->arena, 1, sizeof *place);
    *place = (struct lock_place){
        .device = record->device,
        .inode = record->inode,
        .offset = record->offset,
        .time_ns = record->time_ns,
        .initialised = (record->flags & TRACE_MAPPING_INITIALISED) != 0,
    };
    lock->place = place;
    return true;
}

static bool load_lock_name(struct loader *loader, const struct trace_lock_name *record)
{
    struct lock *lock = find_lock(loader, record->lock);

    if (lock)
        lock->name = record->text[0] != '\0' ? record->text : NULL;
    return lock != NULL;
}

static bool load_lock_order(struct loader *loader, const struct trace_lock_order *record)
{
    if (!find_lock(loader, record->before) || !find_lock(loader, record->after))
        return false;
    *array_add(loader->arena, &loader->orders) = (struct declared_order){
        .before = record->before,
        .after = record->after,
        .thread = record->thread,
        .stack = record->stack,
    };
    return true;
}

/* `other` may be unknown: a thread created as the process died has no record of its own. */
static bool load_segment(struct loader *loader, const struct trace_segment *record)
{
    if (!find_thread(loader, record->thread))
        return false;
    bool forked = record->cause == TRACE_SEGMENT_FORK;
    *array_add(loader->arena, &loader->segments) = (struct segment_start){
        .thread = record->thread,
        .segment = record->segment,
        .cause = record->cause,
        .other = forked ? 0 : record->other,
        .forked_pid = forked ? record->other : 0,
    };
    return true;
}

static bool load_dependency(struct loader *loader, const struct trace_dependency *record)
{
    if (!find_thread(loader, record->thread) || !find_lock(loader, record->lock))
        return false;
    for (uint32_t i = 0; i < record->held_count; i++) {
        if (!find_lock(loader, record->held[i].lock))
            return false;
    }
    *array_add(loader->arena, &loader->dependencies) = (struct dependency){
        .thread = record->thread,
        .segment = record->segment,
        .lock = record->lock,
        .mode = record->mode,
        .stack = record->stack,
        .held_count = record->held_count,
        .held = record->held,
        .time_ns = record->time_ns,
    };
    return true;
}

/* A thread that is gone may be unknown. What is of another process has its records elsewhere. */
static bool load_deadlock(struct loader *loader, const struct trace_deadlock *record)
{
    size_t count = (size_t)record->set_count + record->stuck_count;
    const struct trace_dependency_held *held = (const void *)&record->threads[count];

    if (record->set_count == 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct trace_deadlock_thread *thread = &record->threads[i];
        bool is_gone = thread->wanted_kind == 0;
        if (thread->pid != 0) {
            held += thread->held_count;
            continue;
        }
        if ((!is_gone && !find_thread(loader, thread->thread)) ||
            (thread->wanted_lock != 0 && !find_lock(loader, thread->wanted_lock)))
            return false;
        for (uint32_t j = 0; j < thread->held_count; j++, held++) {
            if (!find_lock(loader, held->lock))
                return false;
        }
    }
    *array_add(loader->arena, &loader->deadlocks) = record;
    return true;
}

static bool load_wakes(struct loader *loader, const struct trace_wakes *record)
{
    if (!find_lock(loader, record->lock))
        return false;
    *array_add(loader->arena, &loader->wakes) = record;
    return true;
}

static bool is_known_rule(uint16_t rule)
{
    switch (rule) {
#define MISUSE_RULE(number, NAME, word, on, text) case MISUSE_##NAME:
#include "trace/misuse.def"
#undef MISUSE_RULE
        return true;
    }
    return false;
}

static bool load_misuse(struct loader *loader, const struct trace_misuse *record)
{
    if (!is_known_rule(record->rule) || !find_thread(loader, record->places[0].thread) ||
        (record->lock && !find_lock(loader, record->lock)))
        return false;
    *array_add(loader->arena, &loader->misuses) = record;
    return true;
}

static bool is_known_fix(uint16_t kind)
{
    switch (kind) {
#define X(number, NAME, word, one, several) case TRACE_FIX_##NAME:
#include "trace/fix_kinds.def"
#undef X
        return true;
    }
    return false;
}

static bool load_fix(struct loader *loader, const struct trace_fix *record)
{
    if (!is_known_fix(record->fix_kind) || (record->lock && !find_lock(loader, record->lock)))
        return false;
    *array_add(loader->arena, &loader->fixes) = (struct applied_fix){
        .kind = record->fix_kind,
        .name = record->text,
        .plan = record->text + strlen(record->text) + 1,
        .lock = record->lock,
        .locks = record->locks,
        .left = record->left,
        .acquisitions = record->acquisitions,
        .waits = record->waits,
    };
    return true;
}

/* A step is the number of a bit. */
static bool load_steering(struct loader *loader, const struct trace_steering *record)
{
    if (record->step >= TRACE_STEERING_STEPS && record->step != TRACE_STEERING_PERTURB)
        return false;
    *array_add(loader->arena, &loader->steering) = record;
    return true;
}

static void load_live(const struct trace_live *record, void *context)
{
    struct loader *loader = context;

    bool is_blocked = record->wait % 2 != 0;

    if (record->held_count == 0 && !is_blocked)
        return;
    if (!find_thread(loader, record->thread)) {
        loader->execution->undefined_ids++;
        return;
    }
    *array_add(loader->arena, &loader->live) = (struct live_thread){
        .thread = record->thread,
        .held_count = record->held_count,
        .held = record->held,
        .wanted_lock = is_blocked ? record->wanted_lock : 0,
        .wanted_stack = record->wanted_stack,
        .wanted_mode = record->wanted_mode,
    };
}

/* What gives ids their meaning. False: the record was dropped. */
static bool load_definition(struct loader *loader, const struct trace_record *record)
{
    const void *body = record;

    switch (record->kind) {
    case TRACE_PROCESS:
        load_process(loader, body);
        return true;
    case TRACE_MODULE:
        return load_module(loader, body);
    case TRACE_STACK:
        return load_stack(loader, body);
    case TRACE_THREAD:
        return load_thread(loader, body);
    case TRACE_LOCK:
        return load_lock(loader, body);
    default:
        return true;
    }
}

/* What refers to ids. False: the record was dropped. */
static bool load_use(struct loader *loader, const struct trace_record *record)
{
    const void *body = record;

    switch (record->kind) {
    case TRACE_THREAD_NAME:
        return load_thread_name(loader, body);
    case TRACE_LOCK_MARK:
        return load_lock_mark(loader, body);
    case TRACE_LOCK_MAPPING:
        return load_lock_mapping(loader, body);
    case TRACE_LOCK_NAME:
        return load_lock_name(loader, body);
    case TRACE_LOCK_ORDER:
        return load_lock_order(loader, body);
    case TRACE_SEGMENT:
        return load_segment(loader, body);
    case TRACE_DEPENDENCY:
        return load_dependency(loader, body);
    case TRACE_DEADLOCK:
        return load_deadlock(loader, body);
    case TRACE_WAKES:
        return load_wakes(loader, body);
    case TRACE_MISUSE:
        return load_misuse(loader, body);
    case TRACE_FIX:
        return load_fix(loader, body);
    case TRACE_STEERING:
        return load_steering(loader, body);
    case TRACE_NOTE:
        *array_add(loader->arena, &loader->notes) = ((const struct trace_note *)body)->text;
        return true;
    default:
        return true;
    }
}

/* Twice through the file: threads write to chunks of their own, so that a record may lie before
 * the one, of another thread, that defines an id it uses. */
static void note_events(const struct trace_event *events, size_t count, void *context)
{
    struct loader *loader = context;

    (void)events;
    loader->execution->has_events |= count > 0;
}

static void load_records(struct loader *loader, const struct trace_reader *start)
{
    struct execution *execution = loader->execution;
    struct trace_reader reader = *start;
    const struct trace_record *record;

    while (trace_reader_next(&reader, &record) == TRACE_OK)
        execution->undefined_ids += !load_definition(loader, record);
    reader = *start;
    while ((execution->end = trace_reader_next(&reader, &record)) == TRACE_OK)
        execution->undefined_ids += !load_use(loader, record);
    execution->torn_at = execution->end == TRACE_TORN ? reader.torn_at : 0;
    trace_reader_each_live(start, load_live, loader);
    trace_reader_each_events(start, note_events, loader);
}

static void load_header(struct execution *execution, const struct trace_header *header)
{
    execution->pid = header->pid;
    execution->start_realtime_ns = header->start_realtime_ns;
    execution->start_monotonic_ns = header->start_monotonic_ns;
    execution->end_monotonic_ns = header->end_monotonic_ns;
    execution->executable = "";
    execution->directory = "";
    execution->state = header->state;
    execution->exit_status = header->exit_status;
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++)
        execution->lost[i] = header->lost[i];
    execution->threads_seen = header->threads_seen;
    execution->locks_seen = header->locks_seen;
    execution->dependencies_seen = header->dependencies_seen;
    execution->unlocks_by_other_thread = header->locks_by_other_thread;
}

static void take_arrays(struct execution *execution, const struct loader *loader)
{
    execution->modules = loader->modules.items;
    execution->module_count = loader->modules.count;
    execution->stacks = loader->stacks.items;
    execution->stack_count = loader->stacks.count;
    execution->threads = loader->threads.items;
    execution->thread_count = loader->threads.count;
    execution->locks = loader->locks.items;
    execution->lock_count = loader->locks.count;
    execution->orders = loader->orders.items;
    execution->order_count = loader->orders.count;
    execution->segments = loader->segments.items;
    execution->segment_count = loader->segments.count;
    execution->dependencies = loader->dependencies.items;
    execution->dependency_count = loader->dependencies.count;
    execution->live = loader->live.items;
    execution->live_count = loader->live.count;
    execution->deadlocks = loader->deadlocks.items;
    execution->deadlock_count = loader->deadlocks.count;
    execution->wakes = loader->wakes.items;
    execution->wakes_count = loader->wakes.count;
    execution->notes = loader->notes.items;
    execution->note_count = loader->notes.count;
    execution->misuses = loader->misuses.items;
    execution->misuse_count = loader->misuses.count;
    execution->fixes_applied = loader->fixes.items;
    execution->fix_count = loader->fixes.count;
    execution->steering = loader->steering.items;
    execution->steering_count = loader->steering.count;
}

static bool is_complete(const struct execution *execution)
{
    if ((execution->state != TRACE_EXITED && execution->state != TRACE_EXECED) ||
        execution->end != TRACE_END || execution->undefined_ids != 0)
        return false;
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++) {
        if (execution->lost[i] != 0 && i != TRACE_LOST_event) /* the graph has all the same */
            return false;
    }
    return true;
}

enum trace_status execution_load(struct arena *arena, const char *path, struct execution *execution,
                                 const char **error)
{
    struct execution loaded = {0};
    struct loader loader = {.arena = arena, .execution = &loaded};
    struct trace_reader reader;
    const void *data;

    if (!execution_file_read(arena, path, EXECUTION_WITHOUT_EVENTS, &data, &loaded.bytes, error))
        return TRACE_NOT_A_RECORDING;
    enum trace_status status = trace_reader_open(&reader, data, loaded.bytes);
    if (status != TRACE_OK) {
        *error = arena_printf(arena, "%s: %s", path, trace_status_text(status));
        return status;
    }
    loaded.file = arena_strdup(arena, path);
    loaded.index = arena_alloc(arena, 1, sizeof *loaded.index);
    load_header(&loaded, trace_reader_header(&reader));
    load_records(&loader, &reader);
    take_arrays(&loaded, &loader);
    thread_end_add_holds(arena, &loaded);
    loaded.complete = is_complete(&loaded);
    *execution = loaded;
    return TRACE_OK;
}

bool execution_is_of_processes(const struct execution *execution)
{
    return execution->member_count > 1;
}

#define FIND(array, execution, id)                                                                 \
    size_t position = id_index_find(&(execution)->index->array, (id));                             \
    return position == ID_NOT_FOUND ? NULL : &(execution)->array[position]

const struct module *execution_find_module(const struct execution *execution, uint32_t id)
{
    FIND(modules, execution, id);
}

const struct stack *execution_find_stack(const struct execution *execution, uint32_t id)
{
    FIND(stacks, execution, id);
}

const struct thread *execution_find_thread(const struct execution *execution, uint32_t id)
{
    FIND(threads, execution, id);
}

const struct lock *execution_find_lock(const struct execution *execution, uint32_t id)
{
    FIND(locks, execution, id);
}

void execution_map_paths(struct arena *arena, struct execution *execution,
                         const struct path_map *map)
{
    execution->path_map = map;
    execution->executable = path_map_apply(arena, map, execution->executable);
    execution->directory = path_map_apply(arena, map, execution->directory);
    for (size_t i = 0; i < execution->module_count; i++) {
        struct module *module = &execution->modules[i];
        module->path = path_map_apply(arena, map, module->path);
    }
}
