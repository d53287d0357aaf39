/* A hash table of pool indexes that grows by one bucket at a time (linear hashing): no insertion
 * moves more than one bucket, so that nobody waits for a large table to be copied.
 *
 * The records carry the links; the table finds a record's link and hash through two functions of
 * its owner, who compares keys himself. Never shrinks; 4 bytes a bucket, at most one record a
 * bucket on average. Not thread-safe: the owner's lock covers every call. Find and remove cost one
 * bucket; allocation only when a bucket segment is full. */
#ifndef UNKNOT_SHIM_INDEX_TABLE_H
#define UNKNOT_SHIM_INDEX_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/platform/memory.h"

struct index_table {
    struct pool buckets; /* of uint32_t, none is ever freed */
    uint32_t used;
    uint32_t *(*link)(uint32_t index); /* to the next record in the bucket */
    uint64_t (*hash)(uint32_t index);
};

#define INDEX_TABLE_INIT(link_function, hash_function)                                             \
    {                                                                                              \
        .buckets = POOL_INIT(uint32_t, 1024), .link = (link_function), .hash = (hash_function)     \
    }

/* A good 64-bit mixture of two numbers, for the owner's hash function. */
static inline uint64_t index_table_mix(uint64_t a, uint64_t b)
{
    uint64_t mixed = (a * 0x9e3779b97f4a7c15u ^ b) * 0xbf58476d1ce4e5b9u;
    return (mixed ^ mixed >> 31) * 0x94d049bb133111ebu;
}

/* The first record of the bucket for `hash`, 0 if it is empty; the others follow by link. */
uint32_t index_table_first(const struct index_table *table, uint64_t hash);

/* False without memory. */
bool index_table_add(struct index_table *table, uint32_t index);

/* The record must be in the table, and its hash what it was. */
void index_table_remove(struct index_table *table, uint32_t index);

#endif
