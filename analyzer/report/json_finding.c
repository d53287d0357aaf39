#include "analyzer/report/json_finding.h"

#include "analyzer/report/fingerprint.h"
#include "analyzer/report/json_value.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/title.h"
#include "analyzer/report/witness_words.h"

static struct json_object *witness_event_object(const struct report *report,
                                                const struct execution *execution,
                                                const struct witness_event *event)
{
    struct json_object *object = json_value_object();
    json_value_set(
        object, "thread",
        json_value_string(report->arena, names_thread(report->names, execution, event->thread)));
    json_value_set(object, "does",
                   json_value_string(report->arena, witness_event_text(report->arena, report->names,
                                                                       execution, event)));
    json_value_set(object, "stack", json_stack(report, execution, event->stack));
    return object;
}

/* What the threads would do only after what they wait for, one each. */
static void add_wakes(struct json_object *object, const struct report *report,
                      const struct finding *finding)
{
    if (finding->kind != FINDING_BLOCKED_WAIT) {
        return;
    }
    struct json_object *wakes = json_value_array();
    for (size_t i = 0; i < finding->step_count; i++) {
        if (finding->wakes[i].thread != 0) {
            json_value_append(wakes,
                              witness_event_object(report, finding->execution, &finding->wakes[i]));
        }
    }
    json_value_set(object, "wakes", wakes);
}

/* Or why there is none. */
static void add_witness(struct json_object *object, const struct report *report,
                        const struct finding *finding)
{
    const struct finding_witness *witness = finding->witness;
    if (witness == NULL) {
        json_value_set(object, "no_witness",
                       json_value_string(report->arena, no_witness_word(finding->doubt.reason)));
        return;
    }
    struct json_object *events = json_value_array();
    struct json_object *value = json_value_object();
    for (size_t i = 0; i < witness->event_count; i++) {
        json_value_append(events,
                          witness_event_object(report, finding->execution, &witness->events[i]));
    }
    json_value_set(value, "events", events);
    json_value_set(value, "length", json_value_number(witness->length));
    json_value_set(value, "reversed", json_value_boolean(witness->is_reversed));
    json_value_set(value, "keeps_data", json_value_boolean(witness->keeps_data));
    json_value_set(object, "witness", value);
}

static void add_order_violation(struct json_object *object, const struct report *report,
                                const struct finding *finding)
{
    const struct finding_order_broken *broken = finding->broken;
    struct json_object *order = json_value_object();
    json_value_set(order, "before", json_value_string(report->arena, broken->before));
    json_value_set(order, "after", json_value_string(report->arena, broken->after));
    json_value_set(order, "file", json_value_string(report->arena, broken->file));
    json_value_set(object, "title",
                   json_value_string(report->arena,
                                     title_order_violation(report->arena, report->names, finding)));
    json_add_cycle(object, report, finding->execution, finding->steps, finding->step_count);
    json_value_set(object, "order", order);
}

/* What is left of it is text. */
static void add_told(struct json_object *object, const struct report *report,
                     const struct finding_told *told)
{
    json_value_set(object, "title", json_value_string(report->arena, told->title));
    json_value_set(object, "pid", json_value_number(0));
    json_value_set(object, "locks", json_value_array());
    json_value_set(object, "steps", json_value_array());
    json_value_set(object, "recording", json_value_string(report->arena, told->file));
    json_value_set(object, "recordings", json_value_number(told->recordings));
    json_value_set(object, "story", json_value_string(report->arena, told->story));
}

struct json_object *json_finding(const struct report *report, const struct report_process *process,
                                 const struct finding *finding)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "id", json_value_number(finding->id));
    json_value_set(object, "kind",
                   json_value_string(report->arena, finding_kind_word(finding->kind)));
    json_value_set(object, "rule", json_value_string(report->arena, rule_word(finding)));
    json_value_set(object, "confidence",
                   json_value_string(report->arena, confidence_word(finding->confidence)));
    json_value_set(
        object, "fingerprint",
        json_value_string(report->arena, fingerprint_of_finding(report, process, finding)));
    if (finding->told != NULL) {
        add_told(object, report, finding->told);
    } else if (finding->broken != NULL) {
        add_order_violation(object, report, finding);
    } else if (finding->live != NULL) {
        json_add_deadlock(object, report, finding);
    } else if (finding->misuse != NULL) {
        json_add_misuse(object, report, finding);
    } else {
        const char *title = title_finding(report->arena, report->names, finding);
        json_value_set(object, "title", json_value_string(report->arena, title));
        json_add_cycle(object, report, finding->execution, finding->steps, finding->step_count);
        add_wakes(object, report, finding);
        add_witness(object, report, finding);
    }
    if (finding->execution->of_recordings && finding->told == NULL) {
        json_value_set(object, "split", json_value_boolean(true));
    }
    json_value_set(object, "instances", json_value_number(finding->instances));
    json_value_set(object, "fixes", json_fixes(report, finding));
    return object;
}

struct json_object *json_dismissed(const struct report *report, const struct dismissed *dismissed)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "reason",
                   json_value_string(report->arena, dismissal_word(dismissed->reason)));
    json_set_cycle_title(object, report, dismissed->execution, dismissed->steps,
                         dismissed->step_count);
    if (dismissed->order != NULL) {
        struct json_object *order = json_value_array();
        json_value_append(
            order, witness_event_object(report, dismissed->execution, &dismissed->order->before));
        json_value_append(
            order, witness_event_object(report, dismissed->execution, &dismissed->order->after));
        json_value_set(object, "order", order);
    }
    json_add_cycle(object, report, dismissed->execution, dismissed->steps, dismissed->step_count);
    json_value_set(object, "instances", json_value_number(dismissed->instances));
    return object;
}
