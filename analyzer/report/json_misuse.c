#include "analyzer/report/json_finding.h"
#include "analyzer/report/json_value.h"
#include "analyzer/report/misuse_words.h"

static struct json_object *misuse_place(const struct report *report,
                                        const struct execution *execution,
                                        const struct trace_misuse_place *place)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "role", json_value_string(report->arena, misuse_role_text(place->role)));
    json_value_set(
        object, "thread",
        json_value_string(report->arena, names_thread(report->names, execution, place->thread)));
    json_value_set(object, "stack", json_stack(report, execution, place->stack));
    return object;
}

/* The object as a lock has it, also one that is none: its name stands for its class. */
static struct json_object *misuse_lock(const struct report *report, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    if (misuse->lock != 0) {
        return json_lock(report, finding->execution, misuse->lock);
    }
    const char *name = misuse_object_name(report, finding);
    struct json_object *object = json_value_object();
    json_value_set(object, "name", json_value_string(report->arena, name));
    json_value_set(object, "class", json_value_string(report->arena, name));
    json_value_set(object, "kind",
                   json_value_string(report->arena, misuse_object_text(misuse->object)));
    json_value_set(object, "created",
                   json_stack(report, finding->execution, misuse_birth_stack(misuse)));
    return object;
}

static struct json_object *misuse_object(const struct report *report, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    struct json_object *object = json_value_object();
    struct json_object *places = json_value_array();
    for (uint32_t i = 0; i < misuse->place_count; i++) {
        json_value_append(places, misuse_place(report, finding->execution, &misuse->places[i]));
    }
    json_value_set(object, "explanation",
                   json_value_string(report->arena, misuse_rule_text(misuse->rule)));
    if (misuse->text[0] != '\0') {
        json_value_set(object, "function", json_value_string(report->arena, misuse->text));
    }
    const char *signal = misuse_signal(report, misuse);
    if (signal != NULL) {
        json_value_set(object, "signal", json_value_string(report->arena, signal));
    } else if ((misuse->flags & TRACE_MISUSE_HELD_MS) != 0) {
        json_value_set(object, "held_ms", json_value_number((uint64_t)misuse->result));
    } else if (misuse->result != 0) {
        json_value_set(object, "error",
                       json_value_string(report->arena, misuse_error(report, misuse)));
    }
    json_value_set(object, "places", places);
    return object;
}

void json_add_misuse(struct json_object *object, const struct report *report,
                     const struct finding *finding)
{
    struct json_object *locks = json_value_array();
    json_value_append(locks, misuse_lock(report, finding));
    json_value_set(object, "title",
                   json_value_string(report->arena, misuse_title(report, finding)));
    json_value_set(object, "pid", json_value_number(finding->execution->pid));
    json_value_set(object, "locks", locks);
    json_value_set(object, "steps", json_value_array());
    json_value_set(object, "misuse", misuse_object(report, finding));
}
