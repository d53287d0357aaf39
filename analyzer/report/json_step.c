#include "analyzer/report/json_finding.h"

#include "analyzer/model/thread_end.h"
#include "analyzer/report/declared_order.h"
#include "analyzer/report/json_value.h"
#include "analyzer/report/title.h"

struct json_object *json_stack(const struct report *report, const struct execution *execution,
                               uint32_t stack)
{
    return json_value_stack(report->arena, symbolizer_stack(report->symbolizer, execution, stack));
}

struct json_object *json_lock(const struct report *report, const struct execution *execution,
                              uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);
    struct json_object *object = json_value_object();
    json_value_set(object, "name",
                   json_value_string(report->arena, names_lock(report->names, execution, id)));
    json_value_set(
        object, "class",
        json_value_string(report->arena, names_lock_class(report->names, execution, id)));
    json_value_set(
        object, "kind",
        json_value_string(report->arena, lock != NULL ? names_lock_kind(report->arena, lock) : ""));
    json_value_set(object, "created",
                   json_stack(report, execution, lock != NULL ? names_birth_stack(lock) : 0));
    return object;
}

struct json_object *json_locks(const struct report *report, const struct execution *execution,
                               const struct cycle_step *steps, size_t step_count)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < step_count; i++) {
        if (step_hold(&steps[i])->lock != 0) {
            json_value_append(array, json_lock(report, execution, step_hold(&steps[i])->lock));
        }
    }
    return array;
}

uint32_t json_thread_pid(const struct execution *execution, uint32_t id)
{
    const struct thread *thread = execution_find_thread(execution, id);
    return thread != NULL ? thread->pid : execution->pid;
}

static struct json_object *order_object(const struct report *report,
                                        const struct execution *execution,
                                        const struct declared_order *order, bool broken)
{
    struct json_object *object = json_value_object();
    json_value_set(
        object, "before",
        json_value_string(report->arena, names_lock(report->names, execution, order->before)));
    json_value_set(
        object, "after",
        json_value_string(report->arena, names_lock(report->names, execution, order->after)));
    json_value_set(object, "broken", json_value_boolean(broken));
    json_value_set(object, "declared", json_stack(report, execution, order->stack));
    return object;
}

/* Every thread holds its own end: told only where somebody waits for it. */
static bool is_end_of_thread(const struct execution *execution, uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);
    return lock != NULL && thread_end_of(lock) != 0;
}

struct json_object *json_step(const struct report *report, const struct execution *execution,
                              const struct cycle_step *step)
{
    const struct dependency *dependency = step->dependency;
    struct json_object *object = json_value_object();
    struct json_object *holds = json_value_array();
    for (size_t i = 0; i < dependency->held_count; i++) {
        if (i == step->hold_index || !is_end_of_thread(execution, dependency->held[i].lock)) {
            const char *name = names_lock(report->names, execution, dependency->held[i].lock);
            json_value_append(holds, json_value_string(report->arena, name));
        }
    }
    json_value_set(object, "thread",
                   json_value_string(report->arena,
                                     names_thread(report->names, execution, dependency->thread)));
    json_value_set(object, "pid",
                   json_value_number(json_thread_pid(execution, dependency->thread)));
    json_value_set(object, "holds", holds);
    json_value_set(object, "requests",
                   json_value_string(report->arena,
                                     dependency->lock != 0
                                         ? names_lock(report->names, execution, dependency->lock)
                                         : ""));
    json_value_set(
        object, "mode",
        json_value_string(report->arena, dependency->mode & TRACE_MODE_READ ? "read" : "write"));
    json_value_set(object, "blocking", json_value_boolean(!(dependency->mode & TRACE_MODE_TRY)));
    json_value_set(object, "hold_stack", json_stack(report, execution, step_hold(step)->stack));
    json_value_set(object, "request_stack", json_stack(report, execution, dependency->stack));
    const struct declared_order *order = declared_order_find(execution, step);
    if (order != NULL) {
        json_value_set(
            object, "declared_order",
            order_object(report, execution, order, declared_order_is_broken(order, step)));
    }
    return object;
}

void json_add_cycle(struct json_object *object, const struct report *report,
                    const struct execution *execution, const struct cycle_step *steps,
                    size_t step_count)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < step_count; i++) {
        json_value_append(array, json_step(report, execution, &steps[i]));
    }
    json_value_set(object, "pid",
                   json_value_number(json_thread_pid(execution, steps[0].dependency->thread)));
    json_value_set(object, "locks", json_locks(report, execution, steps, step_count));
    json_value_set(object, "steps", array);
}

void json_set_cycle_title(struct json_object *object, const struct report *report,
                          const struct execution *execution, const struct cycle_step *steps,
                          size_t step_count)
{
    const char *title = title_cycle(report->arena, report->names, execution, steps, step_count);
    json_value_set(object, "title", json_value_string(report->arena, title));
}
