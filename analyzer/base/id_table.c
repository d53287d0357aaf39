#include "analyzer/base/id_table.h"

enum { FIRST_SLOTS = 64 };

static struct id_slot *free_slot(const struct id_table *table, uint32_t hash)
{
    uint32_t mask = table->slot_count - 1;
    uint32_t i = hash & mask;

    while (table->slots[i].id_plus_one != 0)
        i = (i + 1) & mask;
    return &table->slots[i];
}

static void grow(struct arena *arena, struct id_table *table)
{
    struct id_table larger = {
        .slot_count = table->slot_count == 0 ? FIRST_SLOTS : table->slot_count * 2,
        .count = table->count,
    };

    larger.slots = arena_alloc(arena, larger.slot_count, sizeof *larger.slots);
    for (uint32_t i = 0; i < table->slot_count; i++) {
        if (table->slots[i].id_plus_one != 0)
            *free_slot(&larger, table->slots[i].hash) = table->slots[i];
    }
    *table = larger;
}

uint32_t id_table_number(struct arena *arena, struct id_table *table, uint32_t hash,
                         id_equal *equal, const void *context)
{
    if (table->count >= table->slot_count / 2)
        grow(arena, table);
    uint32_t mask = table->slot_count - 1;
    for (uint32_t i = hash & mask; table->slots[i].id_plus_one != 0; i = (i + 1) & mask) {
        const struct id_slot *slot = &table->slots[i];
        if (slot->hash == hash && equal(context, slot->id_plus_one - 1))
            return slot->id_plus_one - 1;
    }
    *free_slot(table, hash) = (struct id_slot){hash, table->count + 1};
    return table->count++;
}
