#include "analyzer/base/array.h"

#include <string.h>

enum { FIRST_CAPACITY = 8 };

void *array_room(struct arena *arena, void *items, size_t count, size_t *capacity,
                 size_t item_bytes)
{
    if (items && count < *capacity)
        return items;

    size_t larger = count < FIRST_CAPACITY ? FIRST_CAPACITY : 2 * count;
    void *moved = arena_alloc(arena, larger, item_bytes);
    if (count != 0)
        memcpy(moved, items, count * item_bytes);
    *capacity = larger;
    return moved;
}
