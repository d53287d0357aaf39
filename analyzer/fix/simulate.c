#include "analyzer/fix/simulate.h"

bool fix_simulate(struct arena *arena, struct fix_subject *subject, const struct fix_change *change,
                  struct fix_verdict *verdict)
{
    (void)arena;
    (void)change;
    if (subject->judge == NULL || recorded_judge_verdicts(subject->judge) == NULL)
        verdict->scope = FIX_SCOPE_GRAPH_ONLY;
    return true;
}
