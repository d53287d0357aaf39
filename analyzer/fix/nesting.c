#include "analyzer/fix/nesting.h"

#include "analyzer/base/array.h"
#include "analyzer/base/table.h"
#include "analyzer/fix/fix_place.h"

/* As hashed: no padding. */
struct nesting_key {
    uint32_t outer_class, inner_class;
    trace_code_t outer_place, inner_place;
};

struct nesting_entry {
    struct nesting_key key;
    size_t position;
    UT_hash_handle hh;
};

/* The number of the key's entry, made if it is new. */
static size_t intern(struct arena *arena, struct nesting_entry **table,
                     const struct nesting_key *key)
{
    struct nesting_entry *entry;

    HASH_FIND(hh, *table, key, sizeof *key, entry);
    if (!entry) {
        entry = arena_alloc(arena, 1, sizeof *entry);
        entry->key = *key;
        entry->position = HASH_COUNT(*table);
        HASH_ADD(hh, *table, key, sizeof entry->key, entry);
    }
    return entry->position;
}

static uint32_t class_of(const struct execution *execution, const uint32_t *lock_class,
                         const struct lock *lock)
{
    return lock_class[lock - execution->locks];
}

void nesting_list_add_step(struct arena *arena, struct nesting_list *list,
                           const struct execution *execution, const uint32_t *lock_class,
                           const struct dependency *dependency, size_t hold)
{
    const struct trace_dependency_held *held = &dependency->held[hold];
    const struct lock *outer = execution_find_lock(execution, held->lock);
    const struct lock *inner = execution_find_lock(execution, dependency->lock);
    struct fix_places places = fix_places_find(execution, held->stack, dependency->stack);

    if (!outer || !inner)
        return;
    const struct nesting_key key = {class_of(execution, lock_class, outer),
                                    class_of(execution, lock_class, inner), places.outer,
                                    places.inner};
    size_t position = intern(arena, &list->table, &key);
    if (position == list->count)
        *array_add(arena, list) = (struct nesting_seen){.nesting = {
                                                            .outer_class = key.outer_class,
                                                            .inner_class = key.inner_class,
                                                            .outer_place = key.outer_place,
                                                            .inner_place = key.inner_place,
                                                            .outer_stack = held->stack,
                                                            .inner_stack = dependency->stack,
                                                            .outer_lock = held->lock,
                                                            .inner_lock = dependency->lock,
                                                        }};
    list->items[position].ways++;
    list->items[position].upward += outer->address < inner->address;
    list->items[position].is_fixed |= (dependency->mode & TRACE_MODE_WAIT) != 0;
}

static bool has_lock(const struct execution *execution, const bool *is_lock, uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);

    return lock != NULL && is_lock[lock - execution->locks];
}

void nesting_list_add(struct arena *arena, struct nesting_list *list,
                      const struct execution *execution, const uint32_t *lock_class,
                      const bool *is_lock, const struct dependency *dependency)
{
    if ((dependency->mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED)) != 0 ||
        !has_lock(execution, is_lock, dependency->lock))
        return;
    for (size_t i = 0; i < dependency->held_count; i++) {
        if (dependency->held[i].lock != dependency->lock &&
            has_lock(execution, is_lock, dependency->held[i].lock))
            nesting_list_add_step(arena, list, execution, lock_class, dependency, i);
    }
}

size_t nesting_count_places(struct arena *arena, const struct fix_nesting *nestings, size_t count)
{
    struct nesting_entry *table = NULL;

    for (size_t i = 0; i < count; i++)
        (void)intern(arena, &table,
                     &(const struct nesting_key){.outer_place = nestings[i].outer_place,
                                                 .inner_place = nestings[i].inner_place});
    return HASH_COUNT(table);
}

size_t nesting_count_outer_places(struct arena *arena, const struct fix_nesting *nestings,
                                  size_t count)
{
    struct nesting_entry *table = NULL;

    for (size_t i = 0; i < count; i++)
        (void)intern(arena, &table,
                     &(const struct nesting_key){.outer_place = nestings[i].outer_place});
    return HASH_COUNT(table);
}
