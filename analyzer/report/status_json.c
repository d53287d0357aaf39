#include "analyzer/report/json_value.h"
#include "analyzer/report/status.h"

#define SCHEMA_VERSION 1

static struct json_object *string(const struct status *status, const char *text)
{
    return json_value_string(status->arena, text);
}

static struct json_object *stack_array(const struct status *status, uint32_t stack)
{
    return json_value_stack(status->arena,
                            symbolizer_stack(status->symbolizer, status->execution, stack));
}

static const char *mode_word(uint32_t mode)
{
    return (mode & TRACE_MODE_READ) != 0 ? "read" : "write";
}

static struct json_object *held_object(const struct status *status, const struct trace_held *held)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "lock",
                   string(status, status_lock_name(status, held->lock, held->address)));
    json_value_set(object, "address", json_value_number(held->address));
    json_value_set(object, "mode", string(status, mode_word(held->site_mode)));
    json_value_set(object, "count", json_value_number(held->count));
    json_value_set(object, "stack", stack_array(status, held->stack));
    return object;
}

static struct json_object *awaited_array(const struct status *status, const struct trace_live *live)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < status->snapshot->thread_count; i++) {
        const struct live_snapshot_thread *other = &status->snapshot->threads[i];
        if (status_is_awaited(live, other)) {
            json_value_append(array, json_value_number(other->live->thread));
        }
    }
    return array;
}

static struct json_object *wait_object(const struct status *status, const struct trace_live *live)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "for", string(status, status_wanted_name(status, live)));
    json_value_set(object, "kind", string(status, status_wanted_kind(live)));
    json_value_set(object, "address", json_value_number(live->wanted_address));
    json_value_set(object, "mode", string(status, mode_word(live->wanted_mode)));
    json_value_set(object, "timed",
                   json_value_boolean((live->wanted_mode & TRACE_MODE_TIMED) != 0));
    json_value_set(object, "waited_ns", json_value_number(status_wait_ns(status, live)));
    json_value_set(object, "held_by", awaited_array(status, live));
    json_value_set(object, "stack", stack_array(status, live->wanted_stack));
    return object;
}

static struct json_object *thread_object(const struct status *status,
                                         const struct live_snapshot_thread *thread)
{
    const struct trace_live *live = thread->live;
    struct json_object *object = json_value_object();
    struct json_object *holds = json_value_array();
    json_value_set(object, "thread", json_value_number(live->thread));
    json_value_set(object, "tid", json_value_number(live->kernel_tid));
    json_value_set(object, "name",
                   string(status, names_thread(status->names, status->execution, live->thread)));
    json_value_set(object, "settled", json_value_boolean(thread->is_settled));
    for (uint32_t i = 0; i < live->held_count; i++) {
        json_value_append(holds, held_object(status, &live->held[i]));
    }
    json_value_set(object, "holds", holds);
    if (live_is_blocked(live)) {
        json_value_set(object, "waits", wait_object(status, live));
    }
    return object;
}

void status_write_json(FILE *out, const struct status *status)
{
    const struct execution *execution = status->execution;
    struct json_object *document = json_value_object();
    struct json_object *threads = json_value_array();
    json_value_set(document, "schema", json_value_number(SCHEMA_VERSION));
    json_value_set(document, "pid", json_value_number(execution->pid));
    json_value_set(document, "exe", string(status, execution->executable));
    for (size_t i = 0; i < status->snapshot->thread_count; i++) {
        json_value_append(threads, thread_object(status, &status->snapshot->threads[i]));
    }
    json_value_set(document, "threads", threads);
    json_value_write(out, document);
}
