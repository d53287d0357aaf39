/* Places in a program where locks are acquired: what a fix changes.
 *
 * A lock taken through a wrapper has the wrapper's frames innermost, which are the same wherever it
 * is used. What tells two acquisitions of one thread apart is the function that makes both: from
 * the outermost frame inward the first in which their stacks differ. That frame is the place, and
 * every stack that has it is at it. Where stacks cannot be compared so (cut off, or of different
 * threads), the innermost frames in which they differ serve; of a trace in text, whose stacks have
 * no frames, the id. Any thread; no memory. Cost: linear in the frames. */
#ifndef UNKNOT_FIX_FIX_PLACE_H
#define UNKNOT_FIX_FIX_PLACE_H

#include "analyzer/model/execution.h"

struct fix_places {
    trace_code_t outer, inner; /* 0: not known */
};

/* Of two acquisitions, by their stacks. */
struct fix_places fix_places_find(const struct execution *execution, uint32_t outer_stack,
                                  uint32_t inner_stack);

/* Whether the acquisition with this stack is at the place. */
bool fix_place_has(const struct execution *execution, trace_code_t place, uint32_t stack);

#endif
