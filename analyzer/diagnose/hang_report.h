/* A diagnosis in the formats of a report: the same words and fields as a report on a recording has.
 */
#ifndef UNKNOT_DIAGNOSE_HANG_REPORT_H
#define UNKNOT_DIAGNOSE_HANG_REPORT_H

#include <stdio.h>
#include "analyzer/diagnose/hang.h"
#include "analyzer/report/notes.h"

struct hang_report {
    const struct diagnosis *diagnosis;
    bool color;
    bool all_stacks;         /* every frame and every thread, not only the first of them */
    const char *source_root; /* as in a report's options */
    int exit_status;
};

void hang_report_write(FILE *out, enum report_format_id format, const struct hang_report *report);

void hang_text_write(FILE *out, const struct hang_report *report);
/* One of its hangs only. */
void hang_text_write_one(FILE *out, const struct hang_report *report, size_t index);
void hang_json_write(FILE *out, const struct hang_report *report);

/* What a reader must know beside the hangs. */
void hang_notes_collect(const struct diagnosis *diagnosis, struct notes *notes);

#endif
