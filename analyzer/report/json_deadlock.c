#include "analyzer/report/cause.h"
#include "analyzer/report/json_finding.h"
#include "analyzer/report/json_value.h"
#include "analyzer/report/title.h"

/* A thread of a deadlock that happened: also where it was created, and since when it waits. */
static struct json_object *live_step_object(const struct report *report,
                                            const struct execution *execution,
                                            const struct cycle_step *step)
{
    struct json_object *object = json_step(report, execution, step);
    const struct thread *thread = execution_find_thread(execution, step->dependency->thread);
    json_value_set(object, "created",
                   json_stack(report, execution, thread != NULL ? thread->created_stack : 0));
    return object;
}

/* A thread that waits for nothing any more, and what it left. */
static struct json_object *gone_object(const struct report *report,
                                       const struct execution *execution,
                                       const struct cycle_step *step)
{
    struct json_object *object = json_value_object();
    const struct thread *thread = execution_find_thread(execution, step->dependency->thread);
    json_value_set(object, "thread",
                   json_value_string(report->arena, names_thread(report->names, execution,
                                                                 step->dependency->thread)));
    json_value_set(object, "hold_stack", json_stack(report, execution, step_hold(step)->stack));
    json_value_set(object, "created",
                   json_stack(report, execution, thread != NULL ? thread->created_stack : 0));
    return object;
}

static struct json_object *cause_object(const struct report *report,
                                        const struct execution *execution,
                                        const struct dependency *dependency,
                                        const struct cause *cause)
{
    struct json_object *object = json_value_object();
    const struct trace_wakes *wakes = cause->wakes;
    json_value_set(
        object, "object",
        json_value_string(report->arena, names_lock(report->names, execution, dependency->lock)));
    json_value_set(object, "cause", json_value_string(report->arena, cause->word));
    json_value_set(object, "text", json_value_string(report->arena, cause->text));
    json_value_set(object, "wakes", json_value_number(wakes->wakes));
    json_value_set(object, "waits", json_value_number(wakes->waits));
    json_value_set(object, "waiting", json_value_number(wakes->waiting));
    if (wakes->needed != 0) {
        json_value_set(object, "needed", json_value_number(wakes->needed));
    }
    if (wakes->wakes != 0) {
        json_value_set(object, "waiting_at_last_wake", json_value_number(wakes->last_waiting));
        json_value_set(object, "last_wake_stack", json_stack(report, execution, wakes->last_stack));
    }
    return object;
}

static void append_nested_monitor(struct json_object *array, const struct report *report,
                                  const struct execution *execution, const struct cycle_step *step)
{
    const char *nested = cause_nested_monitor(report, execution, step);
    if (nested != NULL) {
        struct json_object *object = json_value_object();
        json_value_set(object, "object",
                       json_value_string(report->arena, names_lock(report->names, execution,
                                                                   step->dependency->lock)));
        json_value_set(object, "cause", json_value_string(report->arena, "nested-monitor"));
        json_value_set(object, "text", json_value_string(report->arena, nested));
        json_value_append(array, object);
    }
}

/* Why nobody wakes them, one for each thing that is awaited. */
static struct json_object *causes_array(const struct report *report, const struct finding *finding)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < finding->step_count; i++) {
        append_nested_monitor(array, report, finding->execution, &finding->steps[i]);
        const struct dependency *dependency = finding->steps[i].dependency;
        bool is_told = false;
        for (size_t j = 0; j < i; j++) {
            is_told |= finding->steps[j].dependency->lock == dependency->lock;
        }
        struct cause cause = cause_of(report, finding->execution, dependency);
        if (!is_told && cause.wakes != NULL) {
            json_value_append(array, cause_object(report, finding->execution, dependency, &cause));
        }
    }
    return array;
}

void json_add_deadlock(struct json_object *object, const struct report *report,
                       const struct finding *finding)
{
    const struct execution *execution = finding->execution;
    struct json_object *steps = json_value_array();
    struct json_object *stuck = json_value_array();
    for (size_t i = 0; i < finding->step_count; i++) {
        if (finding->steps[i].dependency->stack != 0) {
            json_value_append(steps, live_step_object(report, execution, &finding->steps[i]));
        } else {
            json_value_set(object, "gone", gone_object(report, execution, &finding->steps[i]));
        }
    }
    for (size_t i = 0; i < finding->live->stuck_count; i++) {
        json_value_append(stuck, live_step_object(report, execution, &finding->stuck[i]));
    }
    json_value_set(
        object, "title",
        json_value_string(report->arena, title_deadlock(report->arena, report->names, finding)));
    json_value_set(
        object, "pid",
        json_value_number(json_thread_pid(execution, finding->steps[0].dependency->thread)));
    json_value_set(object, "locks",
                   json_locks(report, execution, finding->steps, finding->step_count));
    json_value_set(object, "steps", steps);
    json_value_set(object, "stuck_behind", stuck);
    if (finding->live->sort == TRACE_DEADLOCK_EVERYONE) {
        json_value_set(object, "causes", causes_array(report, finding));
    }
    json_value_set(object, "ended_program",
                   json_value_boolean(finding->live->flags & TRACE_DEADLOCK_ENDED));
}
