#include <string.h>
#include "analyzer/report/artifact.h"
#include "analyzer/report/place.h"
#include "analyzer/report/sarif.h"

/* "{" and "}" are doubled (SARIF 2.1.0, 3.11.5), "](" is kept from being a link (3.11.6): function
 * names have both, as in "operator[](int)". */
static const char *literal(struct arena *arena, const char *text)
{
    char *result = arena_alloc(arena, strlen(text) * 2 + 1, 1);
    char *end = result;
    for (; *text != '\0'; text++) {
        *end++ = *text;
        if (*text == '{' || *text == '}') {
            *end++ = *text;
        } else if (text[0] == ']' && text[1] == '(') {
            *end++ = ' ';
        }
    }
    return result;
}

struct json_object *sarif_message(struct arena *arena, const char *text)
{
    struct json_object *message = json_value_object();
    json_value_set(message, "text", json_value_string(arena, literal(arena, text)));
    return message;
}

/* The address in the binary, where no line is known. */
static struct json_object *address_of(struct arena *arena, const struct frame *frame)
{
    struct json_object *address = json_value_object();
    json_value_set(address, "relativeAddress", json_value_number(frame->offset));
    json_value_set(address, "kind", json_value_string(arena, "instruction"));
    return address;
}

struct json_object *sarif_artifact(const struct results *results, const char *path)
{
    struct arena *arena = results->arena;
    bool is_relative;
    const char *name = artifact_path(arena, results->source_root, path, &is_relative);
    struct json_object *artifact = json_value_object();
    json_value_set(artifact, "uri", json_value_string(arena, artifact_uri(arena, name)));
    if (is_relative && results->source_root != NULL) {
        json_value_set(artifact, "uriBaseId", json_value_string(arena, SARIF_ROOT));
    }
    return artifact;
}

static struct json_object *physical_location(const struct results *results,
                                             const struct frame *frame)
{
    struct arena *arena = results->arena;
    bool has_line = frame->file != NULL && frame->line != 0;
    struct json_object *location = json_value_object();
    json_value_set(location, "artifactLocation",
                   sarif_artifact(results, has_line ? frame->file : frame->module));
    if (has_line) {
        struct json_object *region = json_value_object();
        json_value_set(region, "startLine", json_value_number(frame->line));
        json_value_set(location, "region", region);
    } else {
        json_value_set(location, "address", address_of(arena, frame));
    }
    return location;
}

static struct json_object *logical_locations(struct arena *arena, const struct frame *frame)
{
    struct json_object *array = json_value_array();
    struct json_object *function = json_value_object();
    json_value_set(function, "name", json_value_string(arena, place_function(arena, frame)));
    json_value_set(function, "fullyQualifiedName",
                   json_value_string(arena, frame_function(arena, frame)));
    json_value_set(function, "kind", json_value_string(arena, "function"));
    json_value_append(array, function);
    return array;
}

static struct json_object *location_of(const struct results *results, const struct frame *frame)
{
    struct json_object *location = json_value_object();
    if (frame == NULL) {
        return location;
    }
    /* "[vdso]" is no file, and a function of no module has none. */
    if ((frame->file != NULL && frame->line != 0) || frame->module[0] == '/') {
        json_value_set(location, "physicalLocation", physical_location(results, frame));
    }
    if (frame->function != NULL || frame->module[0] != '\0') {
        json_value_set(location, "logicalLocations", logical_locations(results->arena, frame));
    }
    return location;
}

struct json_object *sarif_location(const struct results *results, const struct result_step *step)
{
    struct json_object *location = location_of(results, result_frame(results, step->stack));
    json_value_set(location, "message", sarif_message(results->arena, step->text));
    return location;
}

struct json_object *sarif_stack(const struct results *results, const struct result_step *step)
{
    struct json_object *stack = json_value_object();
    struct json_object *frames = json_value_array();
    for (size_t i = 0; i < step->stack.count; i++) {
        const struct frame *frame = &step->stack.frames[i];
        struct json_object *object = json_value_object();
        json_value_set(object, "location", location_of(results, frame));
        if (frame->module[0] != '\0') {
            json_value_set(object, "module", json_value_string(results->arena, frame->module));
        }
        json_value_append(frames, object);
    }
    json_value_set(stack, "frames", frames);
    return stack;
}
