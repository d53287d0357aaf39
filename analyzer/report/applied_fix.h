/* What the fixes of a plan did to the program's locks while it ran, in words and for JSON: a line
 * each. Not thread-safe; allocates from the report's arena. Not yet escaped for an output. */
#ifndef UNKNOT_REPORT_APPLIED_FIX_H
#define UNKNOT_REPORT_APPLIED_FIX_H

#include "analyzer/base/arena.h"
#include "analyzer/model/execution.h"

/* The word of a plan for it. */
const char *applied_fix_word(enum trace_fix_kind kind);

/* "with fix merge 'lock_A + lock_B' of heal.conf: 2 locks were one recursive lock; ..." */
const char *applied_fix_text(struct arena *arena, const struct applied_fix *fix);

#endif
