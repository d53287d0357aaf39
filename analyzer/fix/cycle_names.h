/* Which cycles of two analyses are the same: through the same classes, taken and requested at the
 * same places. Lives in an arena; not thread-safe. Linear in the steps. */
#ifndef UNKNOT_FIX_CYCLE_NAMES_H
#define UNKNOT_FIX_CYCLE_NAMES_H

#include "analyzer/base/ring_table.h"
#include "analyzer/fix/chain_rewrite.h"

struct cycle_names {
    struct arena *arena;
    const struct chain_base *base;
    const struct chain_rewriter *rewriter; /* says which classes become one */
    struct step_name *steps;
    struct ring_table rings;
    uint32_t *ring; /* room */
    size_t room;
};

/* A number for the cycle; the same for the same cycle, the next from 0 for others. */
size_t cycle_names_number(struct cycle_names *names, const struct finding *finding);

/* The same by the classes alone; numbers are shared with those of the other kind. */
size_t cycle_names_class_number(struct cycle_names *names, const struct finding *finding);

#endif
