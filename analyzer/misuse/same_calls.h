/* The calls of one function within another, from x86-64 machine code: where a recorded call stands
 * among them is the same wherever its lines are, and whatever the compiler was told.
 *
 * Decodes the function from its start, in one pass. Allocates from the arena; any thread. */
#ifndef UNKNOT_MISUSE_SAME_CALLS_H
#define UNKNOT_MISUSE_SAME_CALLS_H

#include "analyzer/base/array.h"
#include "analyzer/misuse/result_use.h"

struct same_calls {
    ARRAY(uint64_t) returns; /* the addresses they return to, ascending */
};

/* Of the calls in [start, end) those with the target of the one that returns to `address`, that one
 * among them. All calls through a register or a table count as of one target, for which it is
 * cannot be told. None when there is no such call. */
void same_calls_find(struct arena *arena, const struct code *code, uint64_t start, uint64_t end,
                     uint64_t address, struct same_calls *calls);

#endif
