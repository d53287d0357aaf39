/* The fixes of the plan as they are applied: which stand-in each has, what is counted of it, its
 * record. For the files of standin.h only. Merges that have a class in common have one stand-in. */
#ifndef UNKNOT_SHIM_STANDIN_FIX_H
#define UNKNOT_SHIM_STANDIN_FIX_H

#include "shim/core/lock_table.h"
#include "shim/core/plan.h"
#include "shim/core/standin.h"

struct standin_fix {
    const struct plan_fix *plan;
    struct standin *standin;  /* of its own or shared with others; NULL: one for each lock */
    struct trace_fix *record; /* NULL: not written, or no room; counts grow in it, too */
    uint64_t acquisitions, waits;
    uint32_t locks, left;
};

uint32_t standin_fix_count(void);
struct standin_fix *standin_fix_at(uint32_t number);

/* Gives each fix its stand-in, known by its name. Once, at start-up; false without memory. */
bool standin_fix_begin(void);

/* Writes the records; under recording_lock. A fork child counts anew. */
void standin_fix_describe(void);
void standin_fix_after_fork(void);

/* Any thread, no lock. */
void standin_fix_count_lock(uint32_t number);
void standin_fix_count_left(uint32_t number);
void standin_fix_count_acquisition(uint32_t number);
void standin_fix_count_wait(uint32_t number);

/* The stand-in gets an identity and a name: those of the fix, and what it is for it. */
void standin_fix_name(const struct standin *standin, uint32_t number,
                      const struct lock_birth *birth);

/* Of standin_hold.c: a new stand-in, and one that a fork child finds. */
void standin_init(struct standin *standin, uint32_t fix);
void standin_renew(struct standin *standin, uint32_t parent_tid, uint32_t child_tid);
void standin_hold_after_fork(void (*renew)(uint32_t parent_tid, uint32_t child_tid));

#endif
