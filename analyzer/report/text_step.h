/* What the report for a person tells of one thread's part: what it holds, what it wants, who it is
 * and what the locks are. */
#ifndef UNKNOT_REPORT_TEXT_STEP_H
#define UNKNOT_REPORT_TEXT_STEP_H

#include "analyzer/report/text.h"

void text_print_step(const struct text *text, const struct execution *execution,
                     const struct cycle_step *step);
void text_print_steps(const struct text *text, const struct execution *execution,
                      const struct cycle_step *steps, size_t step_count);

/* The threads and locks of the steps, each once. */
void text_print_who_and_what(const struct text *text, const struct execution *execution,
                             const struct cycle_step *steps, size_t step_count);

void text_print_lock(const struct text *text, const struct execution *execution, uint32_t id);

/* A deadlock that happened. */
void text_deadlock(const struct text *text, size_t number, const struct finding *finding);

#endif
