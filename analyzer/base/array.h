/* A growable array in an arena. Declare one as ARRAY(type) list = {0}; append with
 * *array_add(arena, &list) = value. Doubling leaves the old storage to the arena, so a list costs
 * at most twice its size; pointers into it are good until the next array_add. */
#ifndef UNKNOT_BASE_ARRAY_H
#define UNKNOT_BASE_ARRAY_H

#include "analyzer/base/arena.h"

#define ARRAY(type)                                                                                \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count, capacity;                                                                    \
    }

/* Storage with room for one item more than `count`: `items`, or a larger copy of it. */
__attribute__((returns_nonnull)) void *array_room(struct arena *arena, void *items, size_t count,
                                                  size_t *capacity, size_t item_bytes);

/* Appends a zeroed item; evaluates to its address. */
#define array_add(arena, array)                                                                    \
    ((array)->items = array_room((arena), (array)->items, (array)->count, &(array)->capacity,      \
                                 sizeof *(array)->items),                                          \
     &(array)->items[(array)->count++])

#endif
