#include "analyzer/fix/chain_partner.h"

#include <stdlib.h>
#include "analyzer/base/array.h"

struct finder {
    struct arena *arena;
    const struct chain_base *base;
    const struct fix_change *change;
    const struct chain_places *places;
    ARRAY(struct chain_partner) found;
};

static int compare(const void *left, const void *right)
{
    const struct chain_partner *a = left, *b = right;

    if (a->nesting != b->nesting)
        return a->nesting < b->nesting ? -1 : 1;
    if (a->thread != b->thread)
        return a->thread < b->thread ? -1 : 1;
    if (a->outer != b->outer)
        return a->outer < b->outer ? -1 : 1;
    return a->inner < b->inner ? -1 : a->inner > b->inner;
}

static bool is_of_class(const struct chain_base *base, uint32_t lock, uint32_t lock_class)
{
    const struct lock *found = execution_find_lock(base->execution, lock);

    return found != NULL && base->lock_class[found - base->execution->locks] == lock_class;
}

static void look_at(struct finder *finder, const struct dependency *dependency, uint32_t number)
{
    const struct fix_nesting *nesting = &finder->change->nestings[number];

    if (!is_of_class(finder->base, dependency->lock, nesting->inner_class) ||
        !chain_places_is_inner(finder->places, number, dependency->stack))
        return;
    for (uint32_t i = 0; i < dependency->held_count; i++) {
        const struct trace_dependency_held *held = &dependency->held[i];
        if (held->lock == dependency->lock ||
            !is_of_class(finder->base, held->lock, nesting->outer_class) ||
            !chain_places_is_outer(finder->places, number, held->stack))
            continue;
        *array_add(finder->arena, &finder->found) = (struct chain_partner){
            .nesting = number,
            .thread = dependency->thread,
            .outer = held->lock,
            .inner = dependency->lock,
            .stack = dependency->stack,
            .mode = dependency->mode & TRACE_MODE_READ,
        };
    }
}

static void sort_once(struct finder *finder, struct chain_partners *partners)
{
    struct chain_partner *items = finder->found.items;
    size_t kept = 0;

    if (finder->found.count > 0)
        qsort(items, finder->found.count, sizeof *items, compare);
    for (size_t i = 0; i < finder->found.count; i++) {
        if (kept == 0 || compare(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    }
    *partners = (struct chain_partners){items, kept};
}

void chain_partners_find(struct arena *arena, const struct chain_base *base,
                         const struct fix_change *change, const struct chain_places *places,
                         struct chain_partners *partners)
{
    const struct execution *execution = base->execution;
    struct finder finder = {.arena = arena, .base = base, .change = change, .places = places};

    for (size_t i = 0; i < execution->dependency_count; i++) {
        for (uint32_t j = 0; j < change->nesting_count; j++)
            look_at(&finder, &execution->dependencies[i], j);
    }
    sort_once(&finder, partners);
}

/* The first that is not before the key. */
static size_t find_from(const struct chain_partners *partners, const struct chain_partner *key)
{
    size_t low = 0, high = partners->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&partners->items[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct chain_partner *chain_partners_of(const struct chain_partners *partners,
                                              uint32_t nesting, uint32_t thread, uint32_t outer,
                                              size_t *count)
{
    size_t first = find_from(partners, &(const struct chain_partner){
                                           .nesting = nesting, .thread = thread, .outer = outer});
    size_t end = first;

    while (end < partners->count && partners->items[end].nesting == nesting &&
           partners->items[end].thread == thread && partners->items[end].outer == outer)
        end++;
    *count = end - first;
    return &partners->items[first];
}

const struct chain_partner *chain_partners_any(const struct chain_partners *partners,
                                               uint32_t nesting)
{
    size_t first = find_from(partners, &(const struct chain_partner){.nesting = nesting});

    return first < partners->count && partners->items[first].nesting == nesting
               ? &partners->items[first]
               : NULL;
}
