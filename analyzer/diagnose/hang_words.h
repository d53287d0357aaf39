/* The sentences of a diagnosis that every format has: titles, what a thread waits for, what helps.
 * Any thread; allocates from the subject's arena. Not yet escaped for an output. */
#ifndef UNKNOT_DIAGNOSE_HANG_WORDS_H
#define UNKNOT_DIAGNOSE_HANG_WORDS_H

#include "analyzer/diagnose/hang.h"
#include "analyzer/model/finding.h"

enum finding_kind hang_finding_kind(const struct hang *hang);
enum confidence hang_confidence(const struct hang *hang);

/* What sort of a deadlock it is, as JSON has it: "circle", "owner-gone". */
const char *hang_rule(const struct hang *hang);

/* "lock_A and lock_B: 2 threads wait for each other" */
const char *hang_title(struct subject *subject, const struct hang *hang);

/* "Take lock_A and lock_B in one order everywhere..." */
const char *hang_remedy(struct subject *subject, const struct hang *hang);

/* "lock_A", "end of thread 4711": what the wait is for. */
const char *hang_lock_name(struct subject *subject, const struct wait *wait);

/* "wants lock_A", "waits for thread 4711 to end" */
const char *hang_wants(struct subject *subject, const struct wait *wait);

/* "held by thread 4711", "unknown holder" */
const char *hang_holder(struct subject *subject, const struct wait *wait);

/* Whether the thread holds what the wait is for, which so can be told of it. */
bool hang_is_held_by(const struct wait *wait, const struct target_thread *thread);

/* The Python frames of a thread as those of any stack, without those of the module threading at
 * both ends; none without Python. */
struct frame_list hang_python_stack(struct subject *subject, const struct target_thread *thread);

#endif
