/* The judge of a recording's cycles (cycle_verdict.h), if the recording has events; or of a trace's
 * that was read already. The events are looked for at the first question: what is without cycles
 * never pays for them. */
#ifndef UNKNOT_SCHEDULE_RECORDED_JUDGE_H
#define UNKNOT_SCHEDULE_RECORDED_JUDGE_H

#include "analyzer/schedule/cycle_verdict.h"
#include "analyzer/schedule/trace_keep.h"

struct recorded_judge {
    struct arena *arena;
    const struct execution *execution; /* of one process */
    struct trace_keep *keep; /* the trace whose numbers plus one are the ids; NULL: a recording */
    struct cycle_verdicts *verdicts; /* NULL: nothing was asked, or there are no events */
    bool was_asked;
};

/* What judges the recording, made if it was not yet; NULL: it has no events. */
struct cycle_verdicts *recorded_judge_verdicts(struct recorded_judge *judge);

/* The same for who looks for waits: NULL, too, if nobody asked so far and there are none. */
struct cycle_verdicts *recorded_judge_verdicts_of_waits(struct recorded_judge *judge);

/* A cycle_judge's function; the context is a struct recorded_judge. */
struct cycle_opinion recorded_judge_ask(void *judge, const struct cycle_step *steps, size_t count,
                                        bool thorough);

#endif
