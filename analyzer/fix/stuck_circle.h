/* Threads that wait for each other where a schedule ended, and whose business that is.
 *
 * A circle of them is the finding's if its requests and what is held at them are of the finding's
 * classes, at its places; and the change's if the run as it was has no such circle: not the same
 * requests with the same held locks, under no lock held in common. Any other is another finding's.
 *
 * Time: for each thread that cannot go on all threads; for a circle all events of the run, once for
 * each member. */
#ifndef UNKNOT_FIX_STUCK_CIRCLE_H
#define UNKNOT_FIX_STUCK_CIRCLE_H

#include "analyzer/fix/schedule_run.h"

enum stuck { STUCK_NONE, STUCK_ELSEWHERE, STUCK_HERE };

/* What one thread of a finding holds and asks for; places as in struct fix_nesting. */
struct stuck_step {
    uint32_t held_class, class;
    trace_code_t held_place, place;
};

struct stuck_finding {
    const struct rewrite_run *run;
    const struct stuck_step *steps;
    size_t step_count;
    bool by_waits; /* some of it waits for a wake, not for a lock */
};

/* After schedule_run. STUCK_HERE if there is one of those; `is_changed`: the trace is not as the
 * run was. */
enum stuck stuck_circle_find(const struct schedule_run *run, const struct stuck_finding *finding,
                             bool is_changed);

#endif
