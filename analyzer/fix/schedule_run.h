/* Runs a rewritten trace in one of many orders, to where no thread can go on.
 *
 * The simulator (schedule/simulator.h) says what each event needs; which of the threads that can go
 * on does so is the policy's. A reader waits where a writer that asked before is to be let in
 * first.
 *
 * A run costs the events that it executes, and for each the threads that wait for the same object;
 * all policies but the random one also look at all threads that can go on. Memory: the simulator's,
 * and some for each thread and object. Not thread-safe. */
#ifndef UNKNOT_FIX_SCHEDULE_RUN_H
#define UNKNOT_FIX_SCHEDULE_RUN_H

#include "analyzer/fix/trace_rewrite.h"
#include "analyzer/schedule/simulator.h"

enum schedule_policy {
    SCHEDULE_IN_ORDER,   /* of the run, as far as that goes */
    SCHEDULE_HELD_BACK,  /* who holds a lock that matters and asks for another comes last */
    SCHEDULE_RANDOM,     /* any that can go on */
    SCHEDULE_PRIORITIES, /* random ones, some of which change */
};

struct schedule_plan {
    enum schedule_policy policy;
    uint64_t seed;
    const uint32_t *guide; /* events of the run to come to first, as far as that goes */
    size_t guide_count;
};

struct schedule_run;

/* `matters`, by object of the rewritten trace: the locks at which threads are held back. Both stay
 * the caller's and must live as long. */
struct schedule_run *schedule_run_create(struct arena *arena, const struct trace_rewrite *rewrite,
                                         const bool *matters);

/* Runs it from the start. True: all threads came to their ends. */
bool schedule_run(struct schedule_run *run, const struct schedule_plan *plan);

/* Where it stands. */
const struct simulator *schedule_run_simulator(const struct schedule_run *run);
const struct trace_rewrite *schedule_run_rewrite(const struct schedule_run *run);

/* Whether the thread, which cannot go on, waits for the other one to give back a lock or to end;
 * with `told`, also for it to wake who waits for a condition. */
bool schedule_run_waits_for(const struct schedule_run *run, uint32_t thread, uint32_t other,
                            bool told);

/* Whether the event, the next one of its thread, can happen now, with those it happens with. */
bool schedule_is_enabled(const struct simulator *simulator, const struct trace_rewrite *rewrite,
                         uint32_t event);

/* Lets it happen, with those. */
void schedule_execute(struct simulator *simulator, const struct trace_rewrite *rewrite,
                      uint32_t event);

#endif
