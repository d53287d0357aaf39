/* A diagnosis as text or JSON: the same words and fields as a report on a recording has. */
#ifndef UNKNOT_DIAGNOSE_HANG_REPORT_H
#define UNKNOT_DIAGNOSE_HANG_REPORT_H

#include <stdio.h>
#include "analyzer/diagnose/hang.h"

struct hang_report {
    const struct diagnosis *diagnosis;
    bool color;
    bool all_stacks; /* every frame and every thread, not only the first of them */
};

void hang_text_write(FILE *out, const struct hang_report *report);
void hang_json_write(FILE *out, const struct hang_report *report);

#endif
