/* The fixes of findings: candidates of every kind, each checked, the best first.
 *
 * Order: those verified come first. Of these, those that keep what a thread does under its locks in
 * one piece before those that let others in between (TRY_BACKOFF, RELEASE_FIRST); then those whose
 * cost is not known to be large (more than FIX_LARGE_COST percent); then those with the fewest
 * places to change; then by fix.def. What is a mistake comes last.
 *
 * Findings of one kind with the same circle of classes share their fixes. For one execution the
 * fixes of so many different findings are looked for (FIX_SETS_MOST), and as long as the checks
 * have not looked at more than FIX_SETS_WORK held locks; the others get none, and are counted.
 * Cost: of an execution without findings none, else some analyses of lock order a finding. */
#ifndef UNKNOT_FIX_FIX_SET_H
#define UNKNOT_FIX_FIX_SET_H

#include "analyzer/fix/fix.h"
#include "analyzer/schedule/recorded_judge.h"

enum { FIX_LARGE_COST = 10, FIX_SETS_MOST = 50, FIX_SETS_WORK = 10000000 };

struct fix_finder;

/* `lock_class` as in struct analysis; `judge` knows the events, NULL: they are in no one order. */
struct fix_finder *fix_finder_create(struct arena *arena, const struct execution *execution,
                                     const uint32_t *lock_class, struct recorded_judge *judge);

/* NULL: not looked for, as that is too much work. Lives in the finder's arena. */
const struct fix_set *fix_set_make(struct fix_finder *finder, const struct finding *finding);

/* Sets the fixes of all findings of the analysis that are of this execution, and counts those that
 * were not looked for. */
void fix_sets_add(struct arena *arena, const struct execution *execution,
                  struct recorded_judge *judge, struct analysis *analysis);

#endif
