/* The classes that a finding's steps hold and want. Lives in the arena. */
#ifndef UNKNOT_FIX_FIX_RING_H
#define UNKNOT_FIX_FIX_RING_H

#include "analyzer/fix/fix_graph.h"

struct fix_side {
    uint32_t held, wanted; /* classes */
};

struct fix_ring {
    struct fix_side *sides; /* each once, in the order of the steps */
    size_t side_count;
    uint32_t *classes; /* the same */
    size_t class_count;
    unsigned traits;  /* that all have: lock_traits.h */
    bool is_complete; /* of each step it is known what it holds and wants */
    bool relocks;     /* a step wants what it holds itself */
};

void fix_ring_make(struct arena *arena, const struct fix_graph *graph,
                   const struct finding *finding, struct fix_ring *ring);

bool fix_ring_has(const struct fix_ring *ring, uint32_t lock_class);

/* Whether one lock can stand for all locks of these classes, two at least. */
bool fix_classes_can_be_one(const struct fix_graph *graph, const uint32_t *classes, size_t count);

#endif
