/* The ways in which locks of some classes are taken inside each other: class and place of both,
 * each way once. What a fix changes is chosen among them. Linear in the dependencies and their held
 * locks. */
#ifndef UNKNOT_FIX_NESTING_H
#define UNKNOT_FIX_NESTING_H

#include "analyzer/fix/fix.h"

struct nesting_seen {
    struct fix_nesting nesting;
    size_t ways;   /* recorded dependencies that are it */
    size_t upward; /* of these, with the outer lock at the lower address */
    bool is_fixed; /* taken again inside a condition wait: nobody can choose where */
};

struct nesting_list {
    struct nesting_seen *items; /* in the order recorded */
    size_t count, capacity;
    struct nesting_entry *table; /* private */
};

/* Adds those of a dependency, for held and requested locks that `is_lock` has, by position.
 * Requests that do not wait for ever make none, nor do those of what the thread holds. */
void nesting_list_add(struct arena *arena, struct nesting_list *list,
                      const struct execution *execution, const uint32_t *lock_class,
                      const bool *is_lock, const struct dependency *dependency);

/* Adds the one of this entry of the dependency's held list, whatever it is. */
void nesting_list_add_step(struct arena *arena, struct nesting_list *list,
                           const struct execution *execution, const uint32_t *lock_class,
                           const struct dependency *dependency, size_t hold);

/* Whether they are at the same places. */
static inline bool nesting_is_same_call(const struct fix_nesting *a, const struct fix_nesting *b)
{
    return a->outer_place == b->outer_place && a->inner_place == b->inner_place;
}

/* How many different calls they are: pairs of places, outer ones. */
size_t nesting_count_places(struct arena *arena, const struct fix_nesting *nestings, size_t count);
size_t nesting_count_outer_places(struct arena *arena, const struct fix_nesting *nestings,
                                  size_t count);

#endif
