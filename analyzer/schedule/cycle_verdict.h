/* The judge of cycles who has the trace: predicted with a witness, ordered with the events that do
 * it, or neither. It is asked by the analysis of lock order (predict/lock_order.h).
 *
 * What is predicted was replayed by the simulator, or it is not said. Makes the index at the first
 * question, so that a trace without cycles never pays for one. */
#ifndef UNKNOT_SCHEDULE_CYCLE_VERDICT_H
#define UNKNOT_SCHEDULE_CYCLE_VERDICT_H

#include "analyzer/predict/lock_order.h"
#include "analyzer/schedule/abstract_request.h"
#include "analyzer/schedule/simulator.h"
#include "analyzer/schedule/story.h"
#include "analyzer/schedule/trace_execution.h"

struct cycle_verdicts;

struct cycle_verdicts *cycle_verdicts_create(struct arena *arena,
                                             const struct abstract_requests *requests,
                                             const struct traced_execution *traced);

/* A cycle_judge's function; the context is what was created. */
struct cycle_opinion cycle_verdicts_judge(void *verdicts, const struct cycle_step *steps,
                                          size_t count, bool thorough);

/* What it judges with, made if it was not yet. */
struct schedule_index *cycle_verdicts_index(struct cycle_verdicts *verdicts);
struct simulator *cycle_verdicts_simulator(struct cycle_verdicts *verdicts);

/* What it was created with. */
const struct abstract_requests *cycle_verdicts_requests(const struct cycle_verdicts *verdicts);
const struct traced_execution *cycle_verdicts_traced(const struct cycle_verdicts *verdicts);

/* For a witness that this judge did not find: its story as a report has it. It has been replayed
 * and lives in the arena of this judge. */
const struct finding_witness *cycle_verdicts_keep(struct cycle_verdicts *verdicts,
                                                  const struct witness *witness,
                                                  const struct story *story);

/* A witness that this judge gave or kept, as it was found. */
void cycle_verdicts_witness(struct cycle_verdicts *verdicts, const struct finding_witness *told,
                            struct witness *witness);

/* All events of a witness that this judge gave or kept, its requests last. Returns how many. */
size_t cycle_verdicts_whole(struct cycle_verdicts *verdicts, const struct finding_witness *told,
                            const struct witness_event **events);

#endif
