/* A report as suppressions: one for each finding, which matches that one. Not thread-safe;
 * allocates from the report's arena. */
#ifndef UNKNOT_SUPPRESS_GENERATE_H
#define UNKNOT_SUPPRESS_GENERATE_H

#include "analyzer/report/format.h"

extern const struct report_format suppressions_format;

#endif
