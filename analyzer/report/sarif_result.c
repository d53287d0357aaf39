#include "analyzer/report/rule_help.h"
#include "analyzer/report/sarif.h"

/* Counts up when what the fingerprint is made of changes. */
#define FINGERPRINT_NAME "unknotFinding/v1"

static struct json_object *string(const struct results *results, const char *text)
{
    return json_value_string(results->arena, text);
}

static struct json_object *flow_location(const struct results *results,
                                         const struct result_step *step)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "location", sarif_location(results, step));
    if (step->stack.count != 0) {
        json_value_set(object, "stack", sarif_stack(results, step));
    }
    if (step->order != 0) {
        json_value_set(object, "executionOrder", json_value_number(step->order));
    }
    return object;
}

static struct json_object *thread_flow(const struct results *results,
                                       const struct result_flow *flow)
{
    struct json_object *object = json_value_object();
    struct json_object *locations = json_value_array();
    for (size_t i = 0; i < flow->steps.list.count; i++) {
        json_value_append(locations, flow_location(results, &flow->steps.list.items[i]));
    }
    json_value_set(object, "id", string(results, flow->thread));
    json_value_set(object, "message", sarif_message(results->arena, flow->thread));
    json_value_set(object, "locations", locations);
    return object;
}

/* A flow without a place is none. */
static struct json_object *thread_flows(const struct results *results,
                                        const struct result_story *story)
{
    struct json_object *flows = json_value_array();
    for (size_t i = 0; i < story->flows.count; i++) {
        if (story->flows.items[i].steps.list.count != 0) {
            json_value_append(flows, thread_flow(results, &story->flows.items[i]));
        }
    }
    return flows;
}

static struct json_object *code_flows(const struct results *results, const struct result *result)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < result->stories.count; i++) {
        const struct result_story *story = &result->stories.items[i];
        struct json_object *flows = thread_flows(results, story);
        if (json_object_array_length(flows) == 0) {
            json_object_put(flows);
            continue;
        }
        struct json_object *object = json_value_object();
        json_value_set(object, "message", sarif_message(results->arena, story->text));
        json_value_set(object, "threadFlows", flows);
        json_value_append(array, object);
    }
    return array;
}

static struct json_object *related_locations(const struct results *results,
                                             const struct result *result)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < result->related.list.count; i++) {
        struct json_object *location = sarif_location(results, &result->related.list.items[i]);
        json_value_set(location, "id", json_value_number(i + 1));
        json_value_append(array, location);
    }
    return array;
}

static struct json_object *properties(const struct results *results, const struct result *result)
{
    const struct result_process *process = &results->processes.items[result->process];
    struct json_object *object = json_value_object();
    json_value_set(object, "findingId", json_value_number(result->id));
    json_value_set(object, "kind", string(results, finding_kind_word(result->kind)));
    json_value_set(object, "confidence", string(results, confidence_word(result->confidence)));
    json_value_set(object, "instances", json_value_number(result->instances));
    json_value_set(object, "pid", json_value_number(result->pid));
    json_value_set(object, "command", string(results, process->command));
    json_value_set(object, "remedy", string(results, result->remedy));
    return object;
}

static void set_unless_empty(struct json_object *object, const char *name,
                             struct json_object *array)
{
    if (json_object_array_length(array) == 0) {
        json_object_put(array);
    } else {
        json_value_set(object, name, array);
    }
}

static struct json_object *result_object(const struct results *results, const struct result *result)
{
    struct json_object *object = json_value_object();
    struct json_object *locations = json_value_array();
    size_t rule = rule_help_find(result->rule);
    json_value_set(object, "ruleId", string(results, result->rule));
    if (rule < rule_help_count()) {
        json_value_set(object, "ruleIndex", json_value_number(rule));
    }
    json_value_set(object, "level", string(results, sarif_level(result_level(result))));
    json_value_set(object, "message",
                   sarif_message(results->arena, result_message(results->arena, result)));
    json_value_append(locations, sarif_location(results, &result->where));
    json_value_set(object, "locations", locations);
    if (result->fingerprint != NULL) {
        struct json_object *fingerprints = json_value_object();
        json_value_set(fingerprints, FINGERPRINT_NAME, string(results, result->fingerprint));
        json_value_set(object, "partialFingerprints", fingerprints);
    }
    set_unless_empty(object, "codeFlows", code_flows(results, result));
    set_unless_empty(object, "relatedLocations", related_locations(results, result));
    set_unless_empty(object, "fixes", sarif_fixes(results, result));
    json_value_set(object, "properties", properties(results, result));
    return object;
}

struct json_object *sarif_result(const struct results *results, const struct result *result)
{
    struct json_object *object = result_object(results, result);
    if (results->has_baseline) {
        json_value_set(object, "baselineState", string(results, "new"));
    }
    return object;
}

struct json_object *sarif_hidden_result(const struct results *results,
                                        const struct hidden_result *hidden)
{
    struct json_object *object = result_object(results, &hidden->result);
    if (hidden->suppression == NULL) {
        json_value_set(object, "baselineState", string(results, "unchanged"));
        return object;
    }
    struct json_object *array = json_value_array();
    struct json_object *suppression = json_value_object();
    json_value_set(suppression, "kind", string(results, "external"));
    json_value_set(suppression, "justification", string(results, hidden->suppression));
    json_value_append(array, suppression);
    json_value_set(object, "suppressions", array);
    return object;
}
