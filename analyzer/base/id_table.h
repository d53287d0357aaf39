/* Gives things that are alike one number: an open-addressing table of numbers, whose things lie
 * with the caller. All zero when new. Not thread-safe.
 *
 * Cost: one probe in most cases; 8 bytes for each thing, times at most four. */
#ifndef UNKNOT_BASE_ID_TABLE_H
#define UNKNOT_BASE_ID_TABLE_H

#include <stdbool.h>
#include "analyzer/base/arena.h"

struct id_slot {
    uint32_t hash;
    uint32_t id_plus_one; /* 0: free */
};

struct id_table {
    struct id_slot *slots;
    uint32_t slot_count; /* a power of two, or 0 */
    uint32_t count;
};

/* Whether the thing with this number is the one looked for. */
typedef bool id_equal(const void *context, uint32_t id);

/* The number of the thing looked for. If it has none, it gets the next one from 0: then the result
 * is the count there was, and the caller has to keep the thing. */
uint32_t id_table_number(struct arena *arena, struct id_table *table, uint32_t hash,
                         id_equal *equal, const void *context);

/* Spreads `value` over all bits, on top of the hash of what came before it (0 at first). */
static inline uint32_t id_hash(uint32_t hash, uint32_t value)
{
    uint64_t mixed = (hash ^ (uint64_t)value << 32 ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(mixed ^ mixed >> 32);
}

#endif
