/* One line that says what a finding is, of any kind. Not yet escaped for an output. */
#ifndef UNKNOT_REPORT_FINDING_TITLE_H
#define UNKNOT_REPORT_FINDING_TITLE_H

#include "analyzer/report/format.h"

const char *finding_title(const struct report *report, const struct finding *finding);

#endif
