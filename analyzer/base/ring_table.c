#include "analyzer/base/ring_table.h"

#include <string.h>
#include "analyzer/base/table.h"

struct ring_entry {
    size_t number;
    UT_hash_handle hh;
};

/* Where the rotation that sorts first begins. Compares two candidates at a time: `same` numbers
 * from both on are equal, and where they differ all starts within the greater one are out. */
static size_t least_rotation(const uint32_t *ring, size_t length)
{
    size_t best = 0, other = 1, same = 0;

    while (best < length && other < length && same < length) {
        uint32_t a = ring[(best + same) % length], b = ring[(other + same) % length];
        if (a == b) {
            same++;
            continue;
        }
        if (a > b)
            best += same + 1;
        else
            other += same + 1;
        if (best == other)
            other++;
        same = 0;
    }
    return best < other ? best : other;
}

static void set_key(struct arena *arena, struct ring_table *table, uint32_t label,
                    const uint32_t *ring, size_t length)
{
    size_t start = least_rotation(ring, length);

    table->key.count = 0;
    *array_add(arena, &table->key) = label;
    for (size_t i = 0; i < length; i++)
        *array_add(arena, &table->key) = ring[(start + i) % length];
}

size_t ring_table_number(struct arena *arena, struct ring_table *table, uint32_t label,
                         const uint32_t *ring, size_t length)
{
    struct ring_entry *entry;

    set_key(arena, table, label, ring, length);
    size_t bytes = table->key.count * sizeof *table->key.items;
    HASH_FIND(hh, table->entries, table->key.items, bytes, entry);
    if (!entry) {
        void *key = arena_alloc(arena, 1, bytes);
        entry = arena_alloc(arena, 1, sizeof *entry);
        entry->number = table->count++;
        memcpy(key, table->key.items, bytes);
        HASH_ADD_KEYPTR(hh, table->entries, key, bytes, entry);
    }
    return entry->number;
}
