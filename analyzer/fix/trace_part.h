/* The part of a run that is simulated: all of a short one, of a longer one what matters.
 *
 * Left out, as far as needed: what the survey of traces finds of no matter to the locks that are
 * asked for (schedule/trace_survey.h); then stretches between holding nothing and holding nothing,
 * of locks only, that a thread had like that several times before; then the end of the run. So what
 * is left can happen: a thread that does less keeps nobody from anything but tries that fail, and
 * locks that these are about are left alone.
 *
 * Where a thread stops inside a section or before a lock, as a hung one does, it gets what it asked
 * for and gives back what it holds: so the others can go on if a change lets them.
 *
 * Linear time. Everything lives in the arena, 16 bytes for each event that is kept, 24 with times;
 * but for 8 bytes for each event of the run, in a scratch arena. */
#ifndef UNKNOT_FIX_TRACE_PART_H
#define UNKNOT_FIX_TRACE_PART_H

#include <stdbool.h>
#include "analyzer/base/arena.h"
#include "analyzer/schedule/sync_trace.h"

#define TRACE_PART_NONE UINT32_MAX

struct trace_part {
    struct sync_trace trace; /* has times if the run has them */
    const uint32_t *of;      /* by event of the run: which it is here, or NONE; in the scratch */
    bool is_whole;
};

/* `wanted`, by object: locks that are waited for. `kept`: events of the run whose stretches stay.
 */
void trace_part_make(struct arena *arena, struct arena *scratch, const struct sync_trace *run,
                     const bool *wanted, const uint32_t *kept, size_t kept_count,
                     size_t most_events, struct trace_part *part);

#endif
