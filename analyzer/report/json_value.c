#include "analyzer/report/json_value.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/report/escape.h"

static _Noreturn void fail(void)
{
    fputs("unknot: cannot write the report: out of memory\n", stderr);
    exit(2);
}

/* json-c returns NULL without memory, and would end the process for using it. */
static struct json_object *needed(struct json_object *value)
{
    if (value == NULL) {
        fail();
    }
    return value;
}

struct json_object *json_value_object(void)
{
    return needed(json_object_new_object());
}

struct json_object *json_value_array(void)
{
    return needed(json_object_new_array());
}

struct json_object *json_value_string(struct arena *arena, const char *text)
{
    return needed(json_object_new_string(escape_utf8(arena, text != NULL ? text : "")));
}

struct json_object *json_value_number(uint64_t value)
{
    return needed(json_object_new_uint64(value));
}

struct json_object *json_value_decimal(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.1f", value);
    return needed(json_object_new_double_s(value, text));
}

struct json_object *json_value_boolean(bool value)
{
    return needed(json_object_new_boolean(value));
}

void json_value_set(struct json_object *object, const char *name, struct json_object *value)
{
    if (json_object_object_add(object, name, value) != 0) {
        fail();
    }
}

void json_value_append(struct json_object *array, struct json_object *value)
{
    if (json_object_array_add(array, value) != 0) {
        fail();
    }
}

static struct json_object *frame_object(struct arena *arena, const struct frame *frame)
{
    struct json_object *object = json_value_object();
    if (frame->function != NULL) {
        json_value_set(object, "function", json_value_string(arena, frame->function));
    }
    if (frame->file != NULL) {
        json_value_set(object, "file", json_value_string(arena, frame->file));
        json_value_set(object, "line", json_value_number(frame->line));
    }
    if (frame->module[0] != '\0') {
        json_value_set(object, "module", json_value_string(arena, frame->module));
    }
    json_value_set(object, "offset", json_value_number(frame->offset));
    json_value_set(object, "inlined", json_value_boolean(frame->inlined));
    if (frame->language != NULL) {
        json_value_set(object, "language", json_value_string(arena, frame->language));
    }
    return object;
}

struct json_object *json_value_stack(struct arena *arena, struct frame_list stack)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < stack.count; i++) {
        json_value_append(array, frame_object(arena, &stack.frames[i]));
    }
    return array;
}

const char *json_value_text(struct json_object *value)
{
    const char *text = json_object_to_json_string_ext(
        value, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    if (text == NULL) {
        fail();
    }
    return text;
}

void json_value_write_part(FILE *out, struct json_object *value, const char *indent)
{
    /* Strings hold no raw newline: each one belongs to the layout. */
    for (const char *line = json_value_text(value); line != NULL;) {
        const char *end = strchrnul(line, '\n');
        fwrite(line, 1, (size_t)(end - line), out);
        line = *end == '\n' ? end + 1 : NULL;
        if (line != NULL) {
            fprintf(out, "\n%s", indent);
        }
    }
    json_object_put(value);
}

void json_value_write(FILE *out, struct json_object *document)
{
    fprintf(out, "%s\n", json_value_text(document));
    json_object_put(document);
}
