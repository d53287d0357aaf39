#include "analyzer/fix/chain_scope.h"

#include <stdlib.h>
#include "analyzer/base/array.h"

/* A lock of the one class was requested while one of the other was held. */
struct pair {
    uint32_t from, to;
};

struct pair_list {
    struct pair *items; /* sorted, each once */
    size_t count;
};

struct chain_scope {
    const struct chain_base *base;
    uint32_t *classes; /* of each dependency: of its held locks, then of the request */
    size_t *first;     /* by dependency: where its classes begin */
    bool *is_kept;     /* by dependency: whatever the change */
    struct pair_list forward, backward;
};

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;

    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

static size_t class_count(const struct chain_scope *scope, size_t dependency)
{
    return scope->base->execution->dependencies[dependency].held_count + (size_t)1;
}

static uint32_t class_of(const struct chain_scope *scope, uint32_t id, bool *is_kept)
{
    const struct execution *execution = scope->base->execution;
    const struct lock *lock = execution_find_lock(execution, id);

    *is_kept |= (lock->flags & TRACE_LOCK_WRITER_QUEUES) != 0;
    return scope->base->lock_class[lock - execution->locks];
}

static void list_classes(struct arena *arena, struct chain_scope *scope)
{
    const struct execution *execution = scope->base->execution;
    size_t total = 0;

    scope->first = arena_alloc(arena, execution->dependency_count, sizeof *scope->first);
    scope->is_kept = arena_alloc(arena, execution->dependency_count, sizeof *scope->is_kept);
    for (size_t i = 0; i < execution->dependency_count; i++) {
        scope->first[i] = total;
        total += class_count(scope, i);
    }
    scope->classes = arena_alloc(arena, total, sizeof *scope->classes);
    for (size_t i = 0; i < execution->dependency_count; i++) {
        const struct dependency *dependency = &execution->dependencies[i];
        uint32_t *classes = &scope->classes[scope->first[i]];
        for (uint32_t j = 0; j < dependency->held_count; j++)
            classes[j] = class_of(scope, dependency->held[j].lock, &scope->is_kept[i]);
        classes[dependency->held_count] = class_of(scope, dependency->lock, &scope->is_kept[i]);
    }
}

static void sort_once(struct pair_list *list)
{
    size_t kept = 0;

    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, compare_pairs);
    for (size_t i = 0; i < list->count; i++) {
        if (kept == 0 || compare_pairs(&list->items[kept - 1], &list->items[i]) != 0)
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

static void list_pairs(struct arena *arena, struct chain_scope *scope)
{
    size_t dependencies = scope->base->execution->dependency_count;
    ARRAY(struct pair) pairs = {0};

    for (size_t i = 0; i < dependencies; i++) {
        const uint32_t *classes = &scope->classes[scope->first[i]];
        size_t last = class_count(scope, i) - 1;
        for (size_t j = 0; j < last; j++)
            *array_add(arena, &pairs) = (struct pair){classes[j], classes[last]};
    }
    scope->forward = (struct pair_list){pairs.items, pairs.count};
    sort_once(&scope->forward);
    size_t count = scope->forward.count;
    scope->backward = (struct pair_list){arena_alloc(arena, count, sizeof(struct pair)), count};
    for (size_t i = 0; i < count; i++)
        scope->backward.items[i] =
            (struct pair){scope->forward.items[i].to, scope->forward.items[i].from};
    sort_once(&scope->backward);
}

struct chain_scope *chain_scope_create(struct arena *arena, const struct chain_base *base)
{
    struct chain_scope *scope = arena_alloc(arena, 1, sizeof *scope);

    scope->base = base;
    list_classes(arena, scope);
    list_pairs(arena, scope);
    return scope;
}

/* All that can be reached from those that are, which stay so. */
static void reach(struct arena *arena, const struct pair_list *pairs, size_t classes,
                  bool *is_reached)
{
    uint32_t *open = arena_alloc(arena, classes, sizeof *open);
    size_t open_count = 0;

    for (uint32_t i = 0; i < classes; i++) {
        if (is_reached[i])
            open[open_count++] = i;
    }
    while (open_count > 0) {
        uint32_t from = open[--open_count];
        size_t low = 0, high = pairs->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (pairs->items[middle].from < from)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < pairs->count && pairs->items[low].from == from; low++) {
            uint32_t to = pairs->items[low].to;
            if (!is_reached[to])
                open[open_count++] = to;
            is_reached[to] = true;
        }
    }
}

static void add_concerned(const struct fix_change *change, bool *is_concerned)
{
    for (size_t i = 0; i < change->class_count; i++)
        is_concerned[change->classes[i]] = true;
    for (size_t i = 0; i < change->nesting_count; i++) {
        is_concerned[change->nestings[i].outer_class] = true;
        is_concerned[change->nestings[i].inner_class] = true;
    }
}

static bool has_any(const struct chain_scope *scope, size_t dependency, size_t count,
                    const bool *is_wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (is_wanted[scope->classes[scope->first[dependency] + i]])
            return true;
    }
    return false;
}

/* Both: what leads here, and where this leads. The classes of all chains with one concerned. */
static bool *find_wanted(struct arena *arena, const struct chain_scope *scope,
                         const struct fix_change *change)
{
    size_t classes = scope->base->class_count;
    bool *is_concerned = arena_alloc(arena, classes, sizeof *is_concerned);
    bool *after = arena_alloc(arena, classes, sizeof *after);
    bool *before = arena_alloc(arena, classes, sizeof *before);

    add_concerned(change, is_concerned);
    for (size_t i = 0; i < scope->base->execution->dependency_count; i++) {
        size_t count = class_count(scope, i);
        if (!has_any(scope, i, count, is_concerned))
            continue;
        for (size_t j = 0; j < count; j++)
            after[scope->classes[scope->first[i] + j]] = true;
    }
    for (size_t i = 0; i < classes; i++)
        before[i] = after[i] = after[i] || is_concerned[i];
    reach(arena, &scope->forward, classes, after);
    reach(arena, &scope->backward, classes, before);
    for (size_t i = 0; i < classes; i++)
        after[i] = after[i] && before[i];
    return after;
}

const struct dependency *chain_scope_of(struct arena *arena, const struct chain_scope *scope,
                                        const struct fix_change *change, size_t *count)
{
    const struct execution *execution = scope->base->execution;
    const bool *is_wanted = find_wanted(arena, scope, change);
    struct dependency *dependencies =
        arena_alloc(arena, execution->dependency_count, sizeof *dependencies);

    *count = 0;
    for (size_t i = 0; i < execution->dependency_count; i++) {
        size_t last = class_count(scope, i) - 1;
        bool wants = is_wanted[scope->classes[scope->first[i] + last]];
        if (scope->is_kept[i] || (wants && has_any(scope, i, last, is_wanted)))
            dependencies[(*count)++] = execution->dependencies[i];
    }
    return dependencies;
}
