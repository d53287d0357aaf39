/* Calls that misuse a lock, or fail: written to the recording once for each rule, place and birth
 * of the object, and counted. The rules are those of trace/misuse.def; option `misuse` switches
 * them.
 *
 * Everything here is for the unusual branches of a hook: a result that is an error, a lock that the
 * thread does not hold, a destruction, the end of a thread. Each call costs at least a look-up
 * under a lock; none changes errno or what the program sees. Whether the program looked at a
 * result is not known here: the analyzer reads that from the caller's code. */
#ifndef UNKNOT_SHIM_MISUSE_H
#define UNKNOT_SHIM_MISUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/core/thread.h"

/* By rule number; constant after start-up. */
extern uint64_t misuse_rules_on __attribute__((visibility("hidden")));

static inline bool misuse_is_on(enum misuse_rule rule)
{
    return misuse_rules_on >> rule & 1;
}

/* What is allowed by rules that have a limit; constant after start-up. */
struct misuse_limits {
#define MISUSE_LIMIT(NAME, name, initial, unit) uint32_t NAME;
#include "trace/misuse.def"
#undef MISUSE_LIMIT
};
extern struct misuse_limits misuse_limits __attribute__((visibility("hidden")));

/* Takes "-rule,+rule,+rule=limit,-all"; returns the first word that is none, NULL if all are.
 * Start-up only. */
const char *misuse_choose(char *words);

/* Writes the list of rules to a descriptor. */
void misuse_help(int fd);

/* The call of a hook's caller (`address`, `pointer`) and what is wrong with it. */
struct misuse {
    enum misuse_rule rule;
    enum misuse_object object;
    const void *place; /* where the object lies */
    const char *function;
    int result;
    uint32_t flags; /* TRACE_MISUSE_* */
    uintptr_t address, pointer;
    enum misuse_role role; /* of that place, if it is not that of a call */
    /* Who else is concerned, and where; no role: nobody. */
    struct trace_misuse_place other;
};

/* Not inside the shim; does nothing for a rule that is off, 0, or where a hook would pass through.
 */
void misuse_tell(const struct misuse *misuse);

/* The same for the thread that is inside it (guarded), at a stack known already. */
void misuse_tell_of(uint32_t thread, uint32_t stack, const struct misuse *misuse);

/* A call failed for which no check of its own has an explanation. Timeouts are no failures. */
void misuse_failed(enum misuse_object object, const void *place, const char *function, int result,
                   uintptr_t address, uintptr_t pointer);

/* The same with another rule. */
void misuse_failed_as(enum misuse_rule rule, enum misuse_object object, const void *place,
                      const char *function, int result, uintptr_t address, uintptr_t pointer);

/* How many were written that are wrong whatever the program did with the result; and how many
 * hazards, of which nothing has happened. */
uint32_t misuse_certain(void);
uint32_t misuse_hazards(void);

void misuse_after_fork(void);

#endif
