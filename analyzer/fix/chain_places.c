#include "analyzer/fix/chain_places.h"

#include "analyzer/base/table.h"
#include "analyzer/fix/fix_place.h"

enum { NOT_LOOKED_AT = 0, IS_AT, IS_NOT_AT };

struct place_entry {
    trace_code_t place;
    uint8_t *answers;
    UT_hash_handle hh;
};

/* Nestings share places. */
static uint8_t *answers_for(struct arena *arena, const struct execution *execution,
                            struct place_entry **table, trace_code_t place)
{
    struct place_entry *entry;

    HASH_FIND(hh, *table, &place, sizeof place, entry);
    if (!entry) {
        entry = arena_alloc(arena, 1, sizeof *entry);
        entry->place = place;
        entry->answers = arena_alloc(arena, execution->stack_count, 1);
        HASH_ADD(hh, *table, place, sizeof entry->place, entry);
    }
    return entry->answers;
}

void chain_places_make(struct arena *arena, const struct execution *execution,
                       const struct fix_change *change, struct chain_places *places)
{
    struct place_entry *table = NULL;

    *places = (struct chain_places){.execution = execution, .nestings = change->nestings};
    places->outer = arena_alloc(arena, change->nesting_count, sizeof(uint8_t *));
    places->inner = arena_alloc(arena, change->nesting_count, sizeof(uint8_t *));
    for (size_t i = 0; i < change->nesting_count; i++) {
        const struct fix_nesting *nesting = &change->nestings[i];
        places->outer[i] = answers_for(arena, execution, &table, nesting->outer_place);
        places->inner[i] = answers_for(arena, execution, &table, nesting->inner_place);
    }
}

static bool is_at(const struct chain_places *places, uint8_t *answers, trace_code_t place,
                  uint32_t id)
{
    const struct stack *stack = execution_find_stack(places->execution, id);

    if (stack == NULL) /* of a trace in text: the id is all there is */
        return fix_place_has(places->execution, place, id);
    uint8_t *answer = &answers[stack - places->execution->stacks];
    if (*answer == NOT_LOOKED_AT)
        *answer = fix_place_has(places->execution, place, id) ? IS_AT : IS_NOT_AT;
    return *answer == IS_AT;
}

bool chain_places_is_outer(const struct chain_places *places, size_t nesting, uint32_t stack)
{
    return is_at(places, places->outer[nesting], places->nestings[nesting].outer_place, stack);
}

bool chain_places_is_inner(const struct chain_places *places, size_t nesting, uint32_t stack)
{
    return is_at(places, places->inner[nesting], places->nestings[nesting].inner_place, stack);
}
