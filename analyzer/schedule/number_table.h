/* From 64-bit keys to 32-bit numbers: open addressing, one cache line a look. Made for tables with
 * an entry for each few events of a trace, where a general hash table takes too long. Grows in an
 * arena, to which outgrown tables are left. Keys come from files: a mixing function spreads them.
 * Not thread-safe. */
#ifndef UNKNOT_SCHEDULE_NUMBER_TABLE_H
#define UNKNOT_SCHEDULE_NUMBER_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

struct number_entry {
    uint64_t key;
    uint32_t value;
    uint32_t is_used;
};

/* All zero when new. */
struct number_table {
    struct number_entry *entries;
    size_t count, capacity;
};

/* The place of the key's value, which is 0 when new. Good until the next call. */
__attribute__((returns_nonnull)) uint32_t *
number_table_at(struct arena *arena, struct number_table *table, uint64_t key);

/* The same, NULL if there is none. */
uint32_t *number_table_find(const struct number_table *table, uint64_t key);

#endif
