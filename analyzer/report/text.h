/* The report for a person: text.c lays it out, text_finding.c tells one finding, with
 * text_deadlock.c, text_misuse.c, text_step.c and text_place.c, text_advice.c and text_fix.c what
 * to do about it, text_hidden.c what was suppressed or known, text_summary.c says how much there
 * was and what the recording could not see. Names are escaped on their way out. */
#ifndef UNKNOT_REPORT_TEXT_H
#define UNKNOT_REPORT_TEXT_H

#include "analyzer/report/format.h"

struct text {
    FILE *out;
    struct arena *arena;
    const struct report *report;
};

void text_write(FILE *out, const struct report *report);

/* Prints one line in bold when the report has colour. */
__attribute__((format(printf, 2, 3))) void text_heading(const struct text *text, const char *format,
                                                        ...);

/* The name, safe for a terminal. */
const char *text_safe(const struct text *text, const char *name);

/* "1 finding", "2 findings" */
const char *text_count(const struct text *text, uint64_t count, const char *noun);

/* Ends a line that the caller began, with `before` and the place where something was done, then
 * shows the source and how it was reached; the same in short, where something was made. */
void text_print_place(const struct text *text, const struct execution *execution, uint32_t stack,
                      const char *before);
void text_print_origin(const struct text *text, const struct execution *execution, uint32_t stack);

void text_misuse(const struct text *text, size_t number, const struct finding *finding);
void text_finding(const struct text *text, size_t number, const struct finding *finding);
void text_dismissed(const struct text *text, const struct dismissed *dismissed);
void text_class_only(const struct text *text, const struct finding *finding);

/* What helps against the finding, its rule and where to read on. */
void text_advice(const struct text *text, size_t number, const struct finding *finding);
/* The fixes that hold, the first with its lines; all of them where every frame is shown. `more`:
 * the command that shows all; NULL if there is none. */
void text_fixes(const struct text *text, const struct finding *finding, const char *more);
/* The command that does what the process did. */
void text_run_again(const struct text *text, const struct execution *execution);

/* The schedule that a finding's witness is; any list of events, in columns if they fit. */
void text_witness(const struct text *text, const struct finding *finding);
void text_schedule(const struct text *text, const struct execution *execution,
                   const struct witness_event *events, size_t count);

/* Those of a process that are hidden, as far as they are wanted. */
void text_hidden_findings(const struct text *text, const struct analysis *analysis);
/* How many there are, and which suppressions hide nothing. */
void text_hidden_counts(const struct text *text);
/* Why no schedule is shown of a cycle: in one line, if the recording has events; all of it. */
void text_doubt(const struct text *text, const struct finding *finding);
void text_doubt_in_full(const struct text *text, const struct finding *finding);

void text_summary(const struct text *text);

#endif
