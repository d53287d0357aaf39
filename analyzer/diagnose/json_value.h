/* Values of json-c that are always there: without memory the command ends with one line, as it does
 * at the cap of an arena. Not thread-safe. */
#ifndef UNKNOT_DIAGNOSE_JSON_VALUE_H
#define UNKNOT_DIAGNOSE_JSON_VALUE_H

#include <json-c/json.h>
#include <stdbool.h>
#include "analyzer/report/symbol.h"

struct json_object *json_value_object(void);
struct json_object *json_value_array(void);
struct json_object *json_value_string(struct arena *arena, const char *text);
struct json_object *json_value_number(uint64_t value);
struct json_object *json_value_boolean(bool value);
struct json_object *json_value_stack(struct arena *arena, struct frame_list stack);

/* Both take over the value. */
void json_value_set(struct json_object *object, const char *name, struct json_object *value);
void json_value_append(struct json_object *array, struct json_object *value);

#endif
