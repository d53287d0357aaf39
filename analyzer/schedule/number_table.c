#include "analyzer/schedule/number_table.h"

enum { FIRST_CAPACITY = 64 };

/* The finalizer of MurmurHash3: each bit of the key changes half of those of the hash. */
static uint64_t mixed(uint64_t key)
{
    key = (key ^ key >> 33) * 0xff51afd7ed558ccdu;
    key = (key ^ key >> 33) * 0xc4ceb9fe1a85ec53u;
    return key ^ key >> 33;
}

/* The key's entry, or the free one where it would go. */
static struct number_entry *probe(struct number_entry *entries, size_t capacity, uint64_t key)
{
    size_t at = (size_t)mixed(key) & (capacity - 1);

    while (entries[at].is_used && entries[at].key != key)
        at = (at + 1) & (capacity - 1);
    return &entries[at];
}

static void grow(struct arena *arena, struct number_table *table)
{
    size_t capacity = table->capacity ? 2 * table->capacity : FIRST_CAPACITY;
    struct number_entry *entries = arena_alloc(arena, capacity, sizeof *entries);

    for (size_t i = 0; i < table->capacity; i++) {
        if (table->entries[i].is_used)
            *probe(entries, capacity, table->entries[i].key) = table->entries[i];
    }
    table->entries = entries;
    table->capacity = capacity;
}

uint32_t *number_table_at(struct arena *arena, struct number_table *table, uint64_t key)
{
    if (2 * table->count >= table->capacity)
        grow(arena, table);
    struct number_entry *entry = probe(table->entries, table->capacity, key);
    if (!entry->is_used) {
        *entry = (struct number_entry){.key = key, .is_used = 1};
        table->count++;
    }
    return &entry->value;
}

uint32_t *number_table_find(const struct number_table *table, uint64_t key)
{
    if (table->count == 0)
        return NULL;
    struct number_entry *entry = probe(table->entries, table->capacity, key);
    return entry->is_used ? &entry->value : NULL;
}
