/* Cycles of locks that no recording shows alone: one takes A then B, another B then A.
 *
 * The tables become one execution (of_recordings): a lock is a class that stands for one lock in
 * each process, and each distinct dependency is a thread of its own, named after its recordings. So
 * the analysis of lock order finds the cycles, by the same rules but two: what was done before a
 * process had a second thread comes before all else, and steps may be by one recording, but not all
 * of them. A cycle is left out if one recording has all its steps, or has one of the same classes
 * as a finding, or if a step is only by recordings that show a cycle of these classes by
 * themselves: it was looked at there, and set aside for a reason that this one may have, too. It is
 * set aside if all its steps are by one process and those that it forked: these parts of the
 * program are known to have locks of their own. Locks of classes of many are no lock of any cycle;
 * two steps that hold one of the same kind each may hold the same one, so that it counts as a gate.
 *
 * The claim is: a program that does both at the same time can deadlock. Cost: as lock_order.h. */
#ifndef UNKNOT_SUITE_SUITE_CYCLES_H
#define UNKNOT_SUITE_SUITE_CYCLES_H

#include "analyzer/predict/lock_order.h"
#include "analyzer/report/format.h"
#include "analyzer/suite/suite.h"

/* Makes *process of a finished suite: the execution, its cycles, and what was told of recordings
 * that were merged. Lives in the arena. */
void suite_cycles_find(struct arena *arena, const struct suite *suite,
                       const struct lock_order_options *options, struct report_process *process);

#endif
