/* What a report says of a fix beside what to change: whether it holds, and what it costs. Any
 * thread; allocates from the arena. Not yet escaped for an output. */
#ifndef UNKNOT_REPORT_FIX_WORDS_H
#define UNKNOT_REPORT_FIX_WORDS_H

#include "analyzer/fix/fix.h"
#include "analyzer/report/format.h"

/* "verified on this run: the cycle is gone, ...", "rejected: ..." */
const char *fix_verdict_text(const struct report *report, const struct finding *finding,
                             const struct fix_verdict *verdict);

/* "+12 % on 2 processors (simulated)", "cost unknown: record with --times" */
const char *fix_cost_text(struct arena *arena, const struct fix_verdict *verdict);

/* The lock as the report calls it if the finding has it; else by its birth, without a number: one
 * that is named now for the first time would change the names of others. */
const char *fix_lock_name(const struct report *report, const struct finding *finding,
                          uint32_t lock);

/* The best one that was verified; NULL if none was, or nobody looked. */
const struct fix *fix_best(const struct finding *finding);

/* How many of them were. */
size_t fix_verified_count(const struct finding *finding);

#endif
