#include "analyzer/model/joined_execution.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/base/table.h"
#include "analyzer/model/execution_index.h"
#include "analyzer/model/joined_deadlock.h"

/* A code address has room for no more. */
#define MODULES_MAX 65535

struct joined_module {
    const char *key; /* path and build-id */
    uint32_t id;
    UT_hash_handle hh;
};

struct member {
    const struct execution *execution;
    const uint32_t *shared;           /* by lock: its number among all shared locks, or 0 */
    uint32_t *module_ids, *lock_ids;  /* by position: the joined id */
    uint32_t stack_base, thread_base; /* joined id minus position */
    uint32_t first_thread;            /* the one the process begins with; 0 if it is not known */
};

struct join {
    struct arena *arena;
    struct execution *joined;
    ARRAY(struct member) members;
    uint32_t *id_of_shared; /* joined lock id by number, 0: none yet */
    struct joined_module *module_table;
    ARRAY(struct module) modules;
    ARRAY(struct stack) stacks;
    ARRAY(struct thread) threads;
    ARRAY(struct lock) locks;
    ARRAY(struct declared_order) orders;
    ARRAY(struct segment_start) segments;
    ARRAY(struct dependency) dependencies;
};

static uint32_t module_id(const struct member *member, uint32_t id)
{
    const struct module *module = execution_find_module(member->execution, id);
    return module ? member->module_ids[module - member->execution->modules] : 0;
}

static trace_code_t code(const struct member *member, trace_code_t code)
{
    return TRACE_CODE(module_id(member, TRACE_CODE_MODULE(code)), TRACE_CODE_OFFSET(code));
}

static uint32_t stack_id(const struct member *member, uint32_t id)
{
    const struct stack *stack = execution_find_stack(member->execution, id);
    return stack ? member->stack_base + (uint32_t)(stack - member->execution->stacks) : 0;
}

static uint32_t thread_id(const struct member *member, uint32_t id)
{
    const struct thread *thread = execution_find_thread(member->execution, id);
    return thread ? member->thread_base + (uint32_t)(thread - member->execution->threads) : 0;
}

static uint32_t lock_id(const struct member *member, uint32_t id)
{
    const struct lock *lock = execution_find_lock(member->execution, id);
    return lock ? member->lock_ids[lock - member->execution->locks] : 0;
}

static const char *module_key(struct arena *arena, const struct module *module)
{
    const char *key = "";

    for (uint32_t i = 0; i < module->build_id_bytes; i++)
        key = arena_printf(arena, "%s%02x", key, module->build_id[i]);
    return arena_printf(arena, "%s/%s", key, module->path);
}

/* 0 when there are too many: then its addresses stay numbers. */
static uint32_t add_module(struct join *join, const struct module *module)
{
    struct arena *arena = join->arena;
    const char *key = module_key(arena, module);
    struct joined_module *known;

    HASH_FIND_STR(join->module_table, key, known);
    if (known)
        return known->id;
    if (join->modules.count == MODULES_MAX)
        return 0;
    known = arena_alloc(arena, 1, sizeof *known);
    known->key = key;
    known->id = (uint32_t)join->modules.count + 1;
    HASH_ADD_KEYPTR(hh, join->module_table, known->key, strlen(known->key), known);
    struct module *added = array_add(arena, &join->modules);
    *added = *module;
    added->id = known->id;
    return known->id;
}

static void join_modules(struct join *join, struct member *member)
{
    const struct execution *execution = member->execution;

    member->module_ids = arena_alloc(join->arena, execution->module_count, sizeof(uint32_t));
    for (size_t i = 0; i < execution->module_count; i++)
        member->module_ids[i] = add_module(join, &execution->modules[i]);
}

static void join_stacks(struct join *join, struct member *member)
{
    const struct execution *execution = member->execution;

    member->stack_base = (uint32_t)join->stacks.count + 1;
    for (size_t i = 0; i < execution->stack_count; i++) {
        const struct stack *stack = &execution->stacks[i];
        trace_code_t *frames = arena_alloc(join->arena, stack->frame_count, sizeof *frames);
        for (uint32_t j = 0; j < stack->frame_count; j++)
            frames[j] = code(member, stack->frames[j]);
        struct stack *added = array_add(join->arena, &join->stacks);
        *added = *stack;
        added->id = member->stack_base + (uint32_t)i;
        added->frames = frames;
    }
}

static void join_threads(struct join *join, struct member *member)
{
    const struct execution *execution = member->execution;

    member->thread_base = (uint32_t)join->threads.count + 1;
    for (size_t i = 0; i < execution->thread_count; i++) {
        const struct thread *thread = &execution->threads[i];
        struct thread *added = array_add(join->arena, &join->threads);
        *added = *thread;
        added->id = member->thread_base + (uint32_t)i;
        added->parent = thread_id(member, thread->parent);
        added->created_stack = stack_id(member, thread->created_stack);
        added->start_routine = code(member, thread->start_routine);
        if (thread->kernel_tid == execution->pid && member->first_thread == 0)
            member->first_thread = added->id;
    }
}

static struct lock *add_lock(struct join *join, uint32_t number)
{
    uint32_t id = number ? join->id_of_shared[number] : 0;

    if (id != 0)
        return &join->locks.items[id - 1];
    struct lock *lock = array_add(join->arena, &join->locks);
    lock->id = (uint32_t)join->locks.count;
    if (number)
        join->id_of_shared[number] = lock->id;
    return lock;
}

/* What is told of a lock is what the process says that initialised it. */
static bool knows_better(const struct lock *lock, const struct lock *known)
{
    bool initialised = lock->place && lock->place->initialised;
    bool known_initialised = known->place && known->place->initialised;

    if (initialised != known_initialised)
        return initialised;
    return lock->init_stack != 0 && known->init_stack == 0;
}

static void join_lock(struct join *join, struct member *member, size_t position)
{
    const struct lock *lock = &member->execution->locks[position];
    uint32_t number = member->shared[position];
    struct lock *known = add_lock(join, number);
    uint32_t id = known->id, pid = known->pid, marks = known->marks | lock->marks;
    bool is_new = known->kind == 0;
    const char *name = known->name != NULL ? known->name : lock->name;

    if (is_new || knows_better(lock, known)) {
        *known = *lock;
        known->id = id;
        known->location = code(member, lock->location);
        known->init_stack = stack_id(member, lock->init_stack);
        known->first_stack = stack_id(member, lock->first_stack);
        known->init_thread = thread_id(member, lock->init_thread);
        known->first_thread = thread_id(member, lock->first_thread);
        known->stack_owner = thread_id(member, lock->stack_owner);
    }
    known->marks = marks;
    known->name = name;
    known->pid = is_new || pid == lock->pid ? lock->pid : 0;
    member->lock_ids[position] = id;
}

static void join_locks(struct join *join, struct member *member)
{
    const struct execution *execution = member->execution;

    member->lock_ids = arena_alloc(join->arena, execution->lock_count, sizeof(uint32_t));
    for (size_t i = 0; i < execution->lock_count; i++)
        join_lock(join, member, i);
}

static void join_orders(struct join *join, const struct member *member)
{
    const struct execution *execution = member->execution;

    for (size_t i = 0; i < execution->order_count; i++) {
        const struct declared_order *order = &execution->orders[i];
        *array_add(join->arena, &join->orders) = (struct declared_order){
            .before = lock_id(member, order->before),
            .after = lock_id(member, order->after),
            .thread = thread_id(member, order->thread),
            .stack = stack_id(member, order->stack),
        };
    }
}

static void join_dependencies(struct join *join, const struct member *member)
{
    const struct execution *execution = member->execution;

    for (size_t i = 0; i < execution->dependency_count; i++) {
        const struct dependency *dependency = &execution->dependencies[i];
        struct trace_dependency_held *held =
            arena_alloc(join->arena, dependency->held_count, sizeof *held);
        for (uint32_t j = 0; j < dependency->held_count; j++) {
            held[j] = dependency->held[j];
            held[j].lock = lock_id(member, held[j].lock);
            held[j].stack = stack_id(member, held[j].stack);
        }
        struct dependency *added = array_add(join->arena, &join->dependencies);
        *added = *dependency;
        added->thread = thread_id(member, dependency->thread);
        added->lock = lock_id(member, dependency->lock);
        added->stack = stack_id(member, dependency->stack);
        added->held = held;
    }
}

static void add_segment(struct join *join, const struct member *member,
                        const struct segment_start *start, uint32_t other)
{
    struct segment_start *added = array_add(join->arena, &join->segments);

    *added = *start;
    added->thread = thread_id(member, start->thread);
    added->other = other;
}

/* The child may have several recordings: exec begins a new one. One that was begun before its
 * parent's is of an earlier process with the same pid. */
static void add_fork(struct join *join, const struct member *parent,
                     const struct segment_start *start)
{
    for (size_t i = 0; i < join->members.count; i++) {
        const struct member *child = &join->members.items[i];
        if (child->execution->pid == start->forked_pid && child != parent &&
            child->execution->start_monotonic_ns >= parent->execution->start_monotonic_ns)
            add_segment(join, parent, start, child->first_thread);
    }
}

static void join_segments(struct join *join, const struct member *member)
{
    const struct execution *execution = member->execution;

    for (size_t i = 0; i < execution->segment_count; i++) {
        const struct segment_start *start = &execution->segments[i];
        if (start->cause == TRACE_SEGMENT_FORK)
            add_fork(join, member, start);
        else
            add_segment(join, member, start, thread_id(member, start->other));
    }
}

static int compare_times(const void *left, const void *right)
{
    const struct dependency *a = *(const struct dependency *const *)left;
    const struct dependency *b = *(const struct dependency *const *)right;

    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Processes record side by side; those of one stay in their order as far as the clock tells. */
static void sort_dependencies(struct join *join)
{
    size_t count = join->dependencies.count;
    struct dependency *sorted = arena_alloc(join->arena, count, sizeof *sorted);
    const struct dependency **order =
        arena_alloc(join->arena, count, sizeof(const struct dependency *));

    for (size_t i = 0; i < count; i++)
        order[i] = &join->dependencies.items[i];
    if (count != 0)
        qsort(order, count, sizeof *order, compare_times);
    for (size_t i = 0; i < count; i++)
        sorted[i] = *order[i];
    join->dependencies.items = sorted;
}

static struct execution_index *make_index(const struct join *join)
{
    struct arena *arena = join->arena;
    struct execution_index *index = arena_alloc(arena, 1, sizeof *index);
    bool added = true;

    for (size_t i = 0; i < join->modules.count; i++)
        added &= id_index_add(arena, &index->modules, (uint32_t)i + 1, i);
    for (size_t i = 0; i < join->stacks.count; i++)
        added &= id_index_add(arena, &index->stacks, (uint32_t)i + 1, i);
    for (size_t i = 0; i < join->threads.count; i++)
        added &= id_index_add(arena, &index->threads, (uint32_t)i + 1, i);
    for (size_t i = 0; i < join->locks.count; i++)
        added &= id_index_add(arena, &index->locks, (uint32_t)i + 1, i);
    return added ? index : NULL;
}

static void take_arrays(struct join *join)
{
    struct execution *joined = join->joined;

    joined->modules = join->modules.items;
    joined->module_count = join->modules.count;
    joined->stacks = join->stacks.items;
    joined->stack_count = join->stacks.count;
    joined->threads = join->threads.items;
    joined->thread_count = join->threads.count;
    joined->locks = join->locks.items;
    joined->lock_count = join->locks.count;
    joined->orders = join->orders.items;
    joined->order_count = join->orders.count;
    joined->segments = join->segments.items;
    joined->segment_count = join->segments.count;
    joined->dependencies = join->dependencies.items;
    joined->dependency_count = join->dependencies.count;
    joined->index = make_index(join);
}

/* The first member speaks for all where only one can: its start folder shortens paths. */
static void take_members(struct join *join)
{
    const struct execution **members =
        arena_alloc(join->arena, join->members.count, sizeof(const struct execution *));
    const struct execution *first = join->members.items[0].execution;

    for (size_t i = 0; i < join->members.count; i++)
        members[i] = join->members.items[i].execution;
    *join->joined = (struct execution){
        .file = first->file,
        .pid = first->pid,
        .executable = first->executable,
        .directory = first->directory,
        .path_map = first->path_map,
        .state = first->state,
        .end = TRACE_END,
        .members = members,
        .member_count = join->members.count,
    };
}

static uint32_t thread_of(const void *join, size_t member, uint32_t id)
{
    return thread_id(&((const struct join *)join)->members.items[member], id);
}

static uint32_t lock_of(const void *join, size_t member, uint32_t id)
{
    return lock_id(&((const struct join *)join)->members.items[member], id);
}

static uint32_t stack_of(const void *join, size_t member, uint32_t id)
{
    return stack_id(&((const struct join *)join)->members.items[member], id);
}

void joined_execution_make(struct arena *arena, const struct execution *const *executions,
                           size_t count, const struct shared_locks *shared, size_t group,
                           struct execution *joined)
{
    struct join join = {.arena = arena, .joined = joined};

    join.id_of_shared = arena_alloc(arena, shared->lock_count + 1, sizeof *join.id_of_shared);
    for (size_t i = 0; i < count; i++) {
        if (shared->group[i] == group)
            *array_add(arena, &join.members) =
                (struct member){.execution = executions[i], .shared = shared->number[i]};
    }
    take_members(&join);
    for (size_t i = 0; i < join.members.count; i++) {
        struct member *member = &join.members.items[i];
        join_modules(&join, member);
        join_stacks(&join, member);
        join_threads(&join, member);
        join_locks(&join, member);
        join_orders(&join, member);
        join_dependencies(&join, member);
    }
    for (size_t i = 0; i < join.members.count; i++)
        join_segments(&join, &join.members.items[i]);
    sort_dependencies(&join);
    take_arrays(&join);
    const struct joined_ids ids = {thread_of, lock_of, stack_of, &join};
    joined_deadlock_make(arena, joined, &ids);
}
