/* Takes out of a report what the user does not want to be told: what a suppression matches, and
 * what the baseline has. Not thread-safe; allocates from the report's arena. Cost: each finding
 * against each suppression. */
#ifndef UNKNOT_SUPPRESS_HIDE_H
#define UNKNOT_SUPPRESS_HIDE_H

#include "analyzer/report/format.h"
#include "analyzer/suppress/baseline.h"
#include "analyzer/suppress/suppression.h"

struct hiding {
    struct suppression_list suppressions;
    bool has_suppressions;     /* also when their files are empty */
    struct baseline *baseline; /* NULL: none */
    const char *baseline_path;
};

/* `processes` are those of the report. A finding that is both is suppressed. */
void hide_findings(struct report *report, struct report_process *processes, struct hiding *hiding);

#endif
