/* SARIF 2.1.0 (OASIS): the log that code scanning services and editors read. sarif.c writes the
 * document, sarif_result.c one finding, sarif_place.c where something is. Results are written one
 * by one: a log may be larger than memory should hold twice. */
#ifndef UNKNOT_REPORT_SARIF_H
#define UNKNOT_REPORT_SARIF_H

#include "analyzer/report/json_value.h"
#include "analyzer/report/results.h"

/* The name of the source root in the log. */
#define SARIF_ROOT "%SRCROOT%"

void sarif_write(FILE *out, const struct report *report);
void sarif_write_results(FILE *out, const struct results *results);

struct json_object *sarif_result(const struct results *results, const struct result *result);
/* The same with why it is not told elsewhere. */
struct json_object *sarif_hidden_result(const struct results *results,
                                        const struct hidden_result *hidden);

/* {"text": ...}, with what a message gives a meaning to (braces, links) taken literally. */
struct json_object *sarif_message(struct arena *arena, const char *text);

/* Where the step is, with its text. Without a file to name it is a function only; without a stack
 * nothing but its text. */
struct json_object *sarif_location(const struct results *results, const struct result_step *step);
/* All frames of the step. */
struct json_object *sarif_stack(const struct results *results, const struct result_step *step);

/* The fixes of a result, each with the lines that change. */
struct json_object *sarif_fixes(const struct results *results, const struct result *result);

/* The file, relative to the root of the sources if it lies below it. */
struct json_object *sarif_artifact(const struct results *results, const char *path);

/* "error" */
const char *sarif_level(enum result_level level);

#endif
