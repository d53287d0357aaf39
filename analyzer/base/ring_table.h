/* Tells rings of numbers apart: sequences without a beginning, so that 1 2 3 is 3 1 2 but not
 * 3 2 1. Each different ring gets the next number from 0. Not thread-safe.
 *
 * Cost: linear in the ring; memory for each different ring once. */
#ifndef UNKNOT_BASE_RING_TABLE_H
#define UNKNOT_BASE_RING_TABLE_H

#include "analyzer/base/array.h"

struct ring_entry;

/* All zero when new. */
struct ring_table {
    struct ring_entry *entries;
    ARRAY(uint32_t) key; /* room to look up with */
    size_t count;
};

/* The number of the ring; rings with different labels are different. */
size_t ring_table_number(struct arena *arena, struct ring_table *table, uint32_t label,
                         const uint32_t *ring, size_t length);

#endif
