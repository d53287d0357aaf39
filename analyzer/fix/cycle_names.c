#include "analyzer/fix/cycle_names.h"

#include "analyzer/base/table.h"
#include "analyzer/fix/fix_place.h"

enum { BY_PLACE, BY_CLASS }; /* labels of rings */

/* As hashed: no padding. */
struct step_key {
    trace_code_t outer, inner;
    uint32_t held, wanted; /* classes */
};

struct step_name {
    struct step_key key;
    uint32_t number;
    UT_hash_handle hh;
};

static const struct trace_dependency_held *hold_of(const struct cycle_step *step)
{
    static const struct trace_dependency_held nothing;

    return step->hold_index < step->dependency->held_count
               ? &step->dependency->held[step->hold_index]
               : &nothing;
}

static uint32_t class_of(const struct cycle_names *names, uint32_t id)
{
    const struct execution *execution = &names->base->with_gate;
    const struct lock *lock = execution_find_lock(execution, id);

    return lock == NULL ? UINT32_MAX
                        : chain_rewriter_class(names->rewriter,
                                               names->base->lock_class[lock - execution->locks]);
}

static uint32_t step_number(struct cycle_names *names, const struct cycle_step *step)
{
    struct arena *arena = names->arena;
    const struct trace_dependency_held *hold = hold_of(step);
    struct fix_places places =
        fix_places_find(names->base->execution, hold->stack, step->dependency->stack);
    const struct step_key key = {places.outer, places.inner, class_of(names, hold->lock),
                                 class_of(names, step->dependency->lock)};
    struct step_name *name;

    HASH_FIND(hh, names->steps, &key, sizeof key, name);
    if (!name) {
        name = arena_alloc(arena, 1, sizeof *name);
        name->key = key;
        name->number = HASH_COUNT(names->steps);
        HASH_ADD(hh, names->steps, key, sizeof name->key, name);
    }
    return name->number;
}

static uint32_t *room_for(struct cycle_names *names, size_t count)
{
    if (count > names->room) {
        names->room = 2 * count;
        names->ring = arena_alloc(names->arena, names->room, sizeof *names->ring);
    }
    return names->ring;
}

size_t cycle_names_number(struct cycle_names *names, const struct finding *finding)
{
    uint32_t *ring = room_for(names, finding->step_count);

    for (size_t i = 0; i < finding->step_count; i++)
        ring[i] = step_number(names, &finding->steps[i]);
    return ring_table_number(names->arena, &names->rings, BY_PLACE, ring, finding->step_count);
}

size_t cycle_names_class_number(struct cycle_names *names, const struct finding *finding)
{
    uint32_t *ring = room_for(names, finding->step_count);

    for (size_t i = 0; i < finding->step_count; i++)
        ring[i] = class_of(names, finding->steps[i].dependency->lock);
    return ring_table_number(names->arena, &names->rings, BY_CLASS, ring, finding->step_count);
}
