/* Joins findings that differ in the locks only: what is wrong in the code of one type goes wrong
 * in each of its objects, and is told once.
 *
 * Two findings are one if their locks have the same classes in the same order (the elements of a
 * static array count as one class, where debug information tells of it), and their steps
 * take and request them in the same modes at the same places. A place is the innermost frames of
 * the program, so that calls by way of one wrapper are told apart. Not thread-safe; linear in the
 * findings, and looks up each stack once. */
#ifndef UNKNOT_REPORT_COLLAPSE_H
#define UNKNOT_REPORT_COLLAPSE_H

#include "analyzer/model/finding.h"
#include "analyzer/report/symbol.h"

/* Keeps the first finding of each kind, with the number of its instances; the order stays. */
void collapse_findings(struct arena *arena, struct symbolizer *symbolizer,
                       const struct execution *execution, struct analysis *analysis);

#endif
