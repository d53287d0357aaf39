#include "analyzer/report/fix_advice.h"
#include "analyzer/report/fix_words.h"
#include "analyzer/report/json_finding.h"
#include "analyzer/report/json_value.h"
#include "analyzer/report/place.h"
#include "analyzer/report/remedy.h"

static void set_text(struct json_object *object, const struct report *report, const char *name,
                     const char *text)
{
    json_value_set(object, name, json_value_string(report->arena, text));
}

static struct json_object *edits_array(const struct report *report, const struct fix_advice *advice)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < advice->edit_count; i++) {
        const struct fix_edit *edit = &advice->edits[i];
        struct json_object *object = json_value_object();
        set_text(object, report, "file", edit->file);
        json_value_set(object, "line", json_value_number(edit->line));
        json_value_set(object, "replaced", json_value_number(edit->replaced));
        set_text(object, report, "text", edit->text);
        json_value_append(array, object);
    }
    return array;
}

static struct json_object *schedules_object(const struct fix_verdict *verdict)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "simulated", json_value_number(verdict->schedules));
    json_value_set(object, "stuck_before", json_value_number(verdict->stuck_before));
    json_value_set(object, "stuck_after", json_value_number(verdict->stuck_after));
    json_value_set(object, "inconclusive", json_value_number(verdict->inconclusive));
    return object;
}

static struct json_object *fix_object(const struct report *report, const struct finding *finding,
                                      const struct fix *fix)
{
    const struct fix_verdict *verdict = &fix->verdict;
    struct json_object *object = json_value_object();
    struct fix_advice advice;
    fix_advise(report, finding, fix, &advice);
    set_text(object, report, "kind", fix_kind_word(fix->change.kind));
    json_value_set(object, "verified", json_value_boolean(verdict->verified));
    json_value_set(object, "rejected", json_value_boolean(!verdict->verified));
    if (!verdict->verified) {
        set_text(object, report, "reason", fix_rejection_word(verdict->rejection));
    }
    set_text(object, report, "what", advice.what);
    set_text(object, report, "why", fix_verdict_text(report, finding, verdict));
    set_text(object, report, "risk", fix_kind_risk(fix->change.kind));
    if (verdict->is_timed) {
        json_value_set(object, "cost_percent", json_value_decimal(verdict->cost_percent));
        json_value_set(object, "processors", json_value_number(verdict->processors));
    }
    if (verdict->schedules != 0) {
        json_value_set(object, "schedules", schedules_object(verdict));
    }
    json_value_set(object, "places", json_value_number(fix->places));
    json_value_set(object, "complete", json_value_boolean(advice.is_complete));
    json_value_set(object, "edits", edits_array(report, &advice));
    return object;
}

/* What helps, in words, and where. */
static struct json_object *remedy_object(const struct report *report, const struct finding *finding)
{
    struct json_object *object = json_value_object();
    struct remedy remedy = remedy_of_finding(report, finding);
    set_text(object, report, "kind", fix_kind_word(FIX_REMEDY));
    json_value_set(object, "verified", json_value_boolean(false));
    set_text(object, report, "why", remedy.text);
    if (remedy.frame != NULL) {
        struct json_object *at = json_value_object();
        set_text(at, report, "file", remedy.frame->file);
        json_value_set(at, "line", json_value_number(remedy.frame->line));
        set_text(at, report, "function", place_function(report->arena, remedy.frame));
        json_value_set(object, "at", at);
    }
    return object;
}

struct json_object *json_fixes(const struct report *report, const struct finding *finding)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; finding->fixes != NULL && i < finding->fixes->count; i++) {
        json_value_append(array, fix_object(report, finding, &finding->fixes->fixes[i]));
    }
    if (fix_best(finding) == NULL) {
        json_value_append(array, remedy_object(report, finding));
    }
    return array;
}
