/* Sets of held locks, each distinct one once, with a number. Insertion is linear in the set; memory
 * for each distinct set. Not thread-safe. */
#ifndef UNKNOT_SCHEDULE_HELD_SET_H
#define UNKNOT_SCHEDULE_HELD_SET_H

#include <stdint.h>
#include "analyzer/base/array.h"
#include "analyzer/base/id_table.h"

struct held_object {
    uint32_t object;
    uint32_t reader; /* 1: held for reading only */
};

struct held_set {
    uint32_t count;
    struct held_object *held; /* by object, ascending */
};

/* All zero when new. */
struct held_sets {
    ARRAY(struct held_set) sets;
    struct id_table table;
    ARRAY(struct held_object) scratch; /* the set that is being made */
};

/* Adds to the set in the making; a lock held both ways counts as held for writing. */
void held_sets_insert(struct arena *arena, struct held_sets *sets, struct held_object held);

/* Ends the making of a set: its number. The next one is empty. */
uint32_t held_sets_number(struct arena *arena, struct held_sets *sets);

#endif
