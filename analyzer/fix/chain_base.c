#include "analyzer/fix/chain_base.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/model/execution_index.h"

static int compare_acquisitions(const void *left, const void *right)
{
    const struct chain_acquisition *a = left, *b = right;

    if (a->thread != b->thread)
        return a->thread < b->thread ? -1 : 1;
    if (a->lock != b->lock)
        return a->lock < b->lock ? -1 : 1;
    if (a->stack != b->stack)
        return a->stack < b->stack ? -1 : 1;
    return a->dependency < b->dependency ? -1 : a->dependency > b->dependency;
}

static void list_acquisitions(struct arena *arena, struct chain_base *base)
{
    const struct execution *execution = base->execution;
    size_t count = execution->dependency_count;
    struct chain_acquisition *list = arena_alloc(arena, count, sizeof *list);

    for (size_t i = 0; i < count; i++) {
        const struct dependency *dependency = &execution->dependencies[i];
        list[i] = (struct chain_acquisition){dependency->thread, dependency->lock,
                                             dependency->stack, (uint32_t)i};
    }
    if (count > 0)
        qsort(list, count, sizeof *list, compare_acquisitions);
    base->acquisitions = list;
    base->acquisition_count = count;
}

/* The tables of ids are of the arrays, so the copy needs one of its own for locks. */
static void add_gate(struct arena *arena, struct chain_base *base)
{
    const struct execution *execution = base->execution;
    size_t count = execution->lock_count;
    struct lock *locks = arena_alloc(arena, count + 1, sizeof *locks);
    struct execution_index *index = arena_alloc(arena, 1, sizeof *index);

    *index = *execution->index;
    index->locks = (struct id_index){0};
    for (size_t i = 0; i < count; i++) {
        locks[i] = execution->locks[i];
        (void)!id_index_add(arena, &index->locks, locks[i].id, i);
    }
    base->gate = (uint32_t)count + 1;
    while (base->gate == 0 || execution_find_lock(execution, base->gate) != NULL)
        base->gate++;
    locks[count] =
        (struct lock){.id = base->gate, .kind = TRACE_LOCK_MUTEX, .flags = TRACE_LOCK_RECURSIVE};
    (void)!id_index_add(arena, &index->locks, base->gate, count);
    base->with_gate = *execution;
    base->with_gate.locks = locks;
    base->with_gate.lock_count = count + 1;
    base->with_gate.index = index;
}

static void number_classes(struct arena *arena, const uint32_t *lock_class, struct chain_base *base)
{
    size_t count = base->execution->lock_count;
    uint32_t *classes = arena_alloc(arena, count + 1, sizeof *classes);

    for (size_t i = 0; i < count; i++) {
        classes[i] = lock_class[i];
        base->class_count =
            lock_class[i] >= base->class_count ? lock_class[i] + (size_t)1 : base->class_count;
    }
    classes[count] = (uint32_t)base->class_count++;
    base->lock_class = classes;
    base->sole_lock = arena_alloc(arena, base->class_count, sizeof(const struct lock *));
    size_t *sizes = arena_alloc(arena, base->class_count, sizeof *sizes);
    for (size_t i = 0; i <= count; i++) {
        bool is_first = sizes[classes[i]]++ == 0;
        base->sole_lock[classes[i]] = is_first ? &base->with_gate.locks[i] : NULL;
    }
}

void chain_base_make(struct arena *arena, const struct execution *execution,
                     const uint32_t *lock_class, struct chain_base *base)
{
    *base = (struct chain_base){.execution = execution};
    add_gate(arena, base);
    number_classes(arena, lock_class, base);
    list_acquisitions(arena, base);
}

static bool holds(const struct dependency *dependency, uint32_t lock)
{
    for (uint32_t i = 0; i < dependency->held_count; i++) {
        if (dependency->held[i].lock == lock)
            return true;
    }
    return false;
}

static bool holds_all(const struct dependency *dependency, const struct trace_dependency_held *held,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!holds(dependency, held[i].lock))
            return false;
    }
    return true;
}

static size_t first_acquisition(const struct chain_base *base, const struct chain_acquisition *key)
{
    size_t low = 0, high = base->acquisition_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_acquisitions(&base->acquisitions[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool chain_base_has_acquisition(const struct chain_base *base, const struct dependency *dependency,
                                size_t hold)
{
    const struct trace_dependency_held *held = &dependency->held[hold];
    const struct chain_acquisition key = {dependency->thread, held->lock, held->stack, 0};

    for (size_t i = first_acquisition(base, &key); i < base->acquisition_count; i++) {
        const struct chain_acquisition *found = &base->acquisitions[i];
        if (found->thread != key.thread || found->lock != key.lock || found->stack != key.stack)
            return false;
        if (holds_all(&base->execution->dependencies[found->dependency], dependency->held, hold))
            return true;
    }
    return false;
}
