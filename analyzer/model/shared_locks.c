#include "analyzer/model/shared_locks.h"

#include <stdlib.h>
#include "analyzer/base/array.h"

/* How far the clocks of one machine, read one after the other, may disagree on when it started. */
#define BOOT_TOLERANCE_NS UINT64_C(10000000000)

struct instance {
    uint64_t boot, device, inode, offset;
    uint64_t kind;
    uint64_t begin_ns, last_ns; /* the last recorded use */
    bool initialised;
    size_t execution, lock; /* positions */
};

struct finder {
    struct arena *arena;
    const struct execution *const *executions;
    size_t count;
    struct shared_locks *shared;
    ARRAY(struct instance) instances;
};

struct boot {
    uint64_t time_ns;
    size_t execution;
};

static int compare(uint64_t left, uint64_t right)
{
    return left < right ? -1 : left > right;
}

static int compare_boots(const void *left, const void *right)
{
    return compare(((const struct boot *)left)->time_ns, ((const struct boot *)right)->time_ns);
}

/* Numbers the machine starts that the recordings were made since. */
static uint64_t *find_boots(const struct finder *finder)
{
    struct boot *boots = arena_alloc(finder->arena, finder->count, sizeof *boots);
    uint64_t *number = arena_alloc(finder->arena, finder->count, sizeof *number);
    uint64_t current = 0;

    for (size_t i = 0; i < finder->count; i++) {
        const struct execution *execution = finder->executions[i];
        uint64_t time_ns = execution->start_realtime_ns - execution->start_monotonic_ns;
        boots[i] = (struct boot){time_ns, i};
    }
    if (finder->count != 0)
        qsort(boots, finder->count, sizeof *boots, compare_boots);
    for (size_t i = 0; i < finder->count; i++) {
        if (i != 0 && boots[i].time_ns - boots[i - 1].time_ns > BOOT_TOLERANCE_NS)
            current++;
        number[boots[i].execution] = current;
    }
    return number;
}

static void see(const struct execution *execution, uint64_t *last_ns, uint32_t lock, uint64_t ns)
{
    size_t position = (size_t)(execution_find_lock(execution, lock) - execution->locks);

    if (ns > last_ns[position])
        last_ns[position] = ns;
}

static const uint64_t *last_uses(struct arena *arena, const struct execution *execution)
{
    uint64_t *last_ns = arena_alloc(arena, execution->lock_count, sizeof *last_ns);

    for (size_t i = 0; i < execution->dependency_count; i++) {
        const struct dependency *dependency = &execution->dependencies[i];
        see(execution, last_ns, dependency->lock, dependency->time_ns);
        for (uint32_t j = 0; j < dependency->held_count; j++)
            see(execution, last_ns, dependency->held[j].lock, dependency->time_ns);
    }
    return last_ns;
}

static void collect(struct finder *finder, size_t number, uint64_t boot)
{
    const struct execution *execution = finder->executions[number];
    const uint64_t *last_ns = NULL;

    for (size_t i = 0; i < execution->lock_count; i++) {
        const struct lock *lock = &execution->locks[i];
        if (!lock->place)
            continue;
        if (!last_ns)
            last_ns = last_uses(finder->arena, execution);
        *array_add(finder->arena, &finder->instances) = (struct instance){
            .boot = boot,
            .device = lock->place->device,
            .inode = lock->place->inode,
            .offset = lock->place->offset,
            .kind = lock->kind,
            .begin_ns = lock->place->time_ns,
            .last_ns = last_ns[i],
            .initialised = lock->place->initialised,
            .execution = number,
            .lock = i,
        };
    }
}

static int compare_places(const struct instance *a, const struct instance *b)
{
    int order = compare(a->boot, b->boot);

    if (order == 0)
        order = compare(a->device, b->device);
    if (order == 0)
        order = compare(a->inode, b->inode);
    if (order == 0)
        order = compare(a->offset, b->offset);
    return order != 0 ? order : compare(a->kind, b->kind);
}

static int compare_instances(const void *left, const void *right)
{
    const struct instance *a = left, *b = right;
    int order = compare_places(a, b);

    if (order == 0)
        order = compare(a->begin_ns, b->begin_ns);
    if (order == 0)
        order = compare(a->execution, b->execution);
    return order != 0 ? order : compare(a->lock, b->lock);
}

static size_t group_of(const struct shared_locks *shared, size_t execution)
{
    while (shared->group[execution] != execution)
        execution = shared->group[execution] = shared->group[shared->group[execution]];
    return execution;
}

static void connect(struct shared_locks *shared, size_t a, size_t b)
{
    size_t first = group_of(shared, a), second = group_of(shared, b);

    shared->group[first < second ? second : first] = first < second ? first : second;
    shared->is_joint[a] = shared->is_joint[b] = true;
}

/* How many of the times come before `until`. */
static size_t count_before(const uint64_t *times, size_t count, uint64_t until)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (times[middle] < until)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many initialisations of the place, `own` its own or the last one by the time it was found,
 * came before the instance was last seen. The clock is coarse: a use in the tick of a later
 * initialisation came before it. */
static size_t generation(const struct instance *instance, size_t own, const uint64_t *starts,
                         size_t count)
{
    size_t last = count_before(starts, count, instance->last_ns);
    return last > own ? last : own;
}

/* All instances at one place, by time. */
static void number_place(struct finder *finder, const struct instance *instances, size_t count)
{
    struct shared_locks *shared = finder->shared;
    struct arena *arena = finder->arena;
    uint64_t *starts = arena_alloc(arena, count, sizeof *starts);
    const struct instance **first = arena_alloc(arena, count + 1, sizeof(struct instance *));
    uint32_t *numbers = arena_alloc(arena, count + 1, sizeof *numbers);
    size_t start_count = 0, begun = 0;

    for (size_t i = 0; i < count; i++) {
        if (instances[i].initialised)
            starts[start_count++] = instances[i].begin_ns;
    }
    for (size_t i = 0; i < count; i++) {
        const struct instance *instance = &instances[i];
        begun += instance->initialised;
        size_t own = instance->initialised
                         ? begun
                         : count_before(starts, start_count, instance->begin_ns + 1);
        size_t which = generation(instance, own, starts, start_count);
        if (!first[which]) {
            first[which] = instance;
            continue;
        }
        if (numbers[which] == 0)
            numbers[which] = (uint32_t)++shared->lock_count;
        shared->number[first[which]->execution][first[which]->lock] = numbers[which];
        shared->number[instance->execution][instance->lock] = numbers[which];
        connect(shared, first[which]->execution, instance->execution);
    }
}

static void number_places(struct finder *finder)
{
    struct instance *instances = finder->instances.items;
    size_t count = finder->instances.count;

    if (count != 0)
        qsort(instances, count, sizeof *instances, compare_instances);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && compare_places(&instances[i], &instances[end]) == 0;)
            end++;
        if (end - i > 1)
            number_place(finder, &instances[i], end - i);
    }
}

static void connect_with_process(const struct finder *finder, size_t number, uint32_t pid,
                                 const uint64_t *boots)
{
    for (size_t i = 0; i < finder->count; i++) {
        if (finder->executions[i]->pid == pid && boots[i] == boots[number])
            connect(finder->shared, number, i);
    }
}

/* A deadlock names threads of other processes. */
static void connect_by_deadlocks(const struct finder *finder, size_t number, const uint64_t *boots)
{
    const struct execution *execution = finder->executions[number];

    for (size_t i = 0; i < execution->deadlock_count; i++) {
        const struct trace_deadlock *deadlock = execution->deadlocks[i];
        for (uint32_t j = 0; j < deadlock->set_count; j++) {
            if (deadlock->threads[j].pid != 0)
                connect_with_process(finder, number, deadlock->threads[j].pid, boots);
        }
    }
}

void shared_locks_find(struct arena *arena, const struct execution *const *executions, size_t count,
                       struct shared_locks *shared)
{
    struct finder finder = {
        .arena = arena, .executions = executions, .count = count, .shared = shared};

    *shared = (struct shared_locks){0};
    shared->number = arena_alloc(arena, count, sizeof *shared->number);
    shared->group = arena_alloc(arena, count, sizeof *shared->group);
    shared->is_joint = arena_alloc(arena, count, sizeof *shared->is_joint);
    const uint64_t *boots = find_boots(&finder);
    for (size_t i = 0; i < count; i++) {
        shared->group[i] = i;
        shared->number[i] = arena_alloc(arena, executions[i]->lock_count, sizeof(uint32_t));
        collect(&finder, i, boots[i]);
    }
    number_places(&finder);
    for (size_t i = 0; i < count; i++)
        connect_by_deadlocks(&finder, i, boots);
    for (size_t i = 0; i < count; i++)
        shared->group[i] = group_of(shared, i);
}
