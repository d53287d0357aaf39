/* Values of a JSON document. Without memory they end the command with one line: a report that was
 * cut short would look like a shorter one. Text is made valid UTF-8.
 *
 * Not thread-safe. */
#ifndef UNKNOT_REPORT_JSON_VALUE_H
#define UNKNOT_REPORT_JSON_VALUE_H

#include <json-c/json.h>
#include <stdio.h>
#include "analyzer/report/symbol_file.h"

struct json_object *json_value_object(void);
struct json_object *json_value_array(void);
struct json_object *json_value_string(struct arena *arena, const char *text); /* NULL: "" */
struct json_object *json_value_number(uint64_t value);
struct json_object *json_value_decimal(double value); /* with one digit behind the point */
struct json_object *json_value_boolean(bool value);
/* The frames of a stack, innermost first. */
struct json_object *json_value_stack(struct arena *arena, struct frame_list stack);

/* Both take over `value`. */
void json_value_set(struct json_object *object, const char *name, struct json_object *value);
void json_value_append(struct json_object *array, struct json_object *value);

/* The value as text, its own until it changes. */
const char *json_value_text(struct json_object *value);

/* Writes the value with its further lines moved right by `indent`, and gives it back: for documents
 * that together may be more than json-c can hold in one string. */
void json_value_write_part(FILE *out, struct json_object *value, const char *indent);

/* Writes the document and gives it back. */
void json_value_write(FILE *out, struct json_object *document);

#endif
