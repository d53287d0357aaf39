/* The judge of a recording's cycles (cycle_verdict.h), if the recording has events. They are read
 * at the first question: a recording without cycles never pays for them. */
#ifndef UNKNOT_SCHEDULE_RECORDED_JUDGE_H
#define UNKNOT_SCHEDULE_RECORDED_JUDGE_H

#include "analyzer/schedule/cycle_verdict.h"

struct recorded_judge {
    struct arena *arena;
    const struct execution *execution; /* of one process */
    struct cycle_verdicts *verdicts;   /* NULL: nothing was asked, or there are no events */
    bool was_asked;
};

/* A cycle_judge's function; the context is a struct recorded_judge. */
struct cycle_opinion recorded_judge_ask(void *judge, const struct cycle_step *steps, size_t count,
                                        bool thorough);

#endif
