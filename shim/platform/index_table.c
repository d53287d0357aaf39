#include "shim/platform/index_table.h"

static uint32_t *bucket_at(const struct index_table *table, uint32_t number)
{
    return pool_at(&table->buckets, number + 1);
}

/* Buckets are split in the order of their numbers; one not reached yet still holds what belongs to
 * the bucket half of whose number it is. */
static uint32_t *bucket_of(const struct index_table *table, uint64_t hash)
{
    uint32_t count = table->buckets.used;
    uint32_t mask = UINT32_MAX >> __builtin_clz(count | 1);
    uint32_t number = (uint32_t)(hash >> 32) & mask;
    if (number >= count)
        number &= mask >> 1;
    return bucket_at(table, number);
}

uint32_t index_table_first(const struct index_table *table, uint64_t hash)
{
    return table->buckets.used ? *bucket_of(table, hash) : 0;
}

/* One more bucket, with what belongs there from the one that held it so far. */
static bool split(struct index_table *table)
{
    uint32_t number = table->buckets.used;
    if (!pool_alloc(&table->buckets))
        return false;
    *bucket_at(table, number) = 0;
    if (!number)
        return true;
    uint32_t top = UINT32_C(1) << (31 - __builtin_clz(number));
    uint32_t *link = bucket_at(table, number & ~top);
    while (*link) {
        uint32_t index = *link, *next = table->link(index);
        uint32_t *bucket = bucket_of(table, table->hash(index));
        if (bucket == bucket_at(table, number)) {
            *link = *next;
            *next = *bucket;
            *bucket = index;
        } else {
            link = next;
        }
    }
    return true;
}

bool index_table_add(struct index_table *table, uint32_t index)
{
    if (table->used >= table->buckets.used && !split(table) && !table->buckets.used)
        return false;
    uint32_t *bucket = bucket_of(table, table->hash(index));
    *table->link(index) = *bucket;
    *bucket = index;
    table->used++;
    return true;
}

void index_table_remove(struct index_table *table, uint32_t index)
{
    uint32_t *link = bucket_of(table, table->hash(index));
    while (*link != index)
        link = table->link(*link);
    *link = *table->link(index);
    table->used--;
}
