/* The report as JSON, schema 1: docs/report-schema.json. Without memory the command ends with one
 * line and exit status 2, as the arena does. */
#ifndef UNKNOT_REPORT_JSON_H
#define UNKNOT_REPORT_JSON_H

#include "analyzer/report/format.h"

void json_write(FILE *out, const struct report *report);

#endif
