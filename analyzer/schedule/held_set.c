#include "analyzer/schedule/held_set.h"

#include <string.h>

void held_sets_insert(struct arena *arena, struct held_sets *sets, struct held_object held)
{
    size_t i = sets->scratch.count;

    for (size_t j = 0; j < i; j++) {
        if (sets->scratch.items[j].object == held.object) {
            sets->scratch.items[j].reader &= held.reader;
            return;
        }
    }
    (void)array_add(arena, &sets->scratch);
    for (; i > 0 && sets->scratch.items[i - 1].object > held.object; i--)
        sets->scratch.items[i] = sets->scratch.items[i - 1];
    sets->scratch.items[i] = held;
}

static bool is_in_scratch(const void *context, uint32_t id)
{
    const struct held_sets *sets = context;
    const struct held_set *set = &sets->sets.items[id];

    return set->count == sets->scratch.count &&
           (set->count == 0 ||
            memcmp(set->held, sets->scratch.items, set->count * sizeof *set->held) == 0);
}

uint32_t held_sets_number(struct arena *arena, struct held_sets *sets)
{
    size_t count = sets->scratch.count;
    uint32_t hash = 0;

    for (size_t i = 0; i < count; i++)
        hash = id_hash(id_hash(hash, sets->scratch.items[i].object), sets->scratch.items[i].reader);
    uint32_t number = id_table_number(arena, &sets->table, hash, is_in_scratch, sets);
    if (number == sets->sets.count) {
        struct held_object *held = arena_alloc(arena, count, sizeof *held);
        if (count != 0)
            memcpy(held, sets->scratch.items, count * sizeof *held);
        *array_add(arena, &sets->sets) = (struct held_set){(uint32_t)count, held};
    }
    sets->scratch.count = 0;
    return number;
}
