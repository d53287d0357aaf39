/* What a finding is known by from one run to the next: 16 hex digits that stay the same when the
 * program is built anew with its lines moved, lies at other addresses or in another folder, runs on
 * another machine, or its threads come in another order.
 *
 * They are the 64-bit FNV-1a hash of a text of lines, each ended by a newline: first what is wrong,
 * then what with and where.
 *
 *     unknot 1 circle                       a lock-order cycle, or a deadlock that happened
 *     lock_A write take_a#1 < run#1         the lock that a step holds, how, and where it took it
 *     lock_B write take_b#1 < run#1         what it waits for there; then the next step
 *
 *     unknot 1 unlock-unlocked              a misuse or hazard: its rule
 *     pthread_mutex_unlock lock_A           what was called or which signal it is, and the object
 *     release#1 < main#1                    where
 *
 * A place is its three innermost functions (call_chain.h). A lock is its name, its symbol without
 * the numbers of array elements, or the place that initialised it; one that nothing initialised is
 * of its kind only, as which thread used it first is chance. Of the places
 * that could play the same part in a cycle (cycle_step.similar) the first in the order of their
 * text counts; a circle begins with the step that comes first so; of threads that all wait for
 * nobody, equal ones count once. Not in it: confidence, threads, processes, lines, addresses; but
 * where no symbol is known a function or lock is its offset in its file, good for that file only.
 * Findings of one process with equal texts are told apart by the lines of their places: a last line
 * "#2", "#3" in that order.
 *
 * Not thread-safe; allocates from the report's arena. The first look at a process makes all of its
 * fingerprints: linear in findings, and in dependencies for each step that others are similar to.
 */
#ifndef UNKNOT_REPORT_FINGERPRINT_H
#define UNKNOT_REPORT_FINGERPRINT_H

#include "analyzer/report/format.h"

struct fingerprints;

struct fingerprints *fingerprints_create(struct arena *arena, struct symbolizer *symbolizer,
                                         struct caller_code *code);

/* `finding` is one of process->analysis. To be asked for the first time while none of the process's
 * findings is hidden (hidden.h). */
const char *fingerprint_of_finding(const struct report *report,
                                   const struct report_process *process,
                                   const struct finding *finding);

/* The text that it is the hash of. */
const char *fingerprint_text(const struct report *report, const struct report_process *process,
                             const struct finding *finding);

#endif
