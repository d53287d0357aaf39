#include "analyzer/report/json.h"

#include <json-c/json.h>
#include <string.h>
#include "analyzer/model/thread_end.h"
#include "analyzer/report/cause.h"
#include "analyzer/report/declared_order.h"
#include "analyzer/report/fingerprint.h"
#include "analyzer/report/json_value.h"
#include "analyzer/report/misuse_words.h"
#include "analyzer/report/remedy.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/title.h"
#include "analyzer/report/witness_words.h"

#define SCHEMA_VERSION 1

static struct json_object *stack_array(const struct report *report,
                                       const struct execution *execution, uint32_t stack)
{
    return json_value_stack(report->arena, symbolizer_stack(report->symbolizer, execution, stack));
}

static struct json_object *lock_object(const struct report *report,
                                       const struct execution *execution, uint32_t id)
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
                   stack_array(report, execution, lock != NULL ? names_birth_stack(lock) : 0));
    return object;
}

static struct json_object *locks_array(const struct report *report,
                                       const struct execution *execution,
                                       const struct cycle_step *steps, size_t step_count)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < step_count; i++) {
        if (step_hold(&steps[i])->lock != 0) {
            json_value_append(array, lock_object(report, execution, step_hold(&steps[i])->lock));
        }
    }
    return array;
}

static uint32_t thread_pid(const struct execution *execution, uint32_t id)
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
    json_value_set(object, "declared", stack_array(report, execution, order->stack));
    return object;
}

/* Every thread holds its own end: told only where somebody waits for it. */
static bool is_end_of_thread(const struct execution *execution, uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);
    return lock != NULL && thread_end_of(lock) != 0;
}

static struct json_object *step_object(const struct report *report,
                                       const struct execution *execution,
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
    json_value_set(object, "pid", json_value_number(thread_pid(execution, dependency->thread)));
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
    json_value_set(object, "hold_stack", stack_array(report, execution, step_hold(step)->stack));
    json_value_set(object, "request_stack", stack_array(report, execution, dependency->stack));
    const struct declared_order *order = declared_order_find(execution, step);
    if (order != NULL) {
        json_value_set(
            object, "declared_order",
            order_object(report, execution, order, declared_order_is_broken(order, step)));
    }
    return object;
}

static void add_cycle(struct json_object *object, const struct report *report,
                      const struct execution *execution, const struct cycle_step *steps,
                      size_t step_count)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < step_count; i++) {
        json_value_append(array, step_object(report, execution, &steps[i]));
    }
    json_value_set(object, "pid",
                   json_value_number(thread_pid(execution, steps[0].dependency->thread)));
    json_value_set(object, "locks", locks_array(report, execution, steps, step_count));
    json_value_set(object, "steps", array);
}

static void set_cycle_title(struct json_object *object, const struct report *report,
                            const struct execution *execution, const struct cycle_step *steps,
                            size_t step_count)
{
    const char *title = title_cycle(report->arena, report->names, execution, steps, step_count);
    json_value_set(object, "title", json_value_string(report->arena, title));
}

/* A thread of a deadlock that happened: also where it was created, and since when it waits. */
static struct json_object *live_step_object(const struct report *report,
                                            const struct execution *execution,
                                            const struct cycle_step *step)
{
    struct json_object *object = step_object(report, execution, step);
    const struct thread *thread = execution_find_thread(execution, step->dependency->thread);
    json_value_set(object, "created",
                   stack_array(report, execution, thread != NULL ? thread->created_stack : 0));
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
    json_value_set(object, "hold_stack", stack_array(report, execution, step_hold(step)->stack));
    json_value_set(object, "created",
                   stack_array(report, execution, thread != NULL ? thread->created_stack : 0));
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
        json_value_set(object, "last_wake_stack",
                       stack_array(report, execution, wakes->last_stack));
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

static void add_live(struct json_object *object, const struct report *report,
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
    json_value_set(object, "pid",
                   json_value_number(thread_pid(execution, finding->steps[0].dependency->thread)));
    json_value_set(object, "locks",
                   locks_array(report, execution, finding->steps, finding->step_count));
    json_value_set(object, "steps", steps);
    json_value_set(object, "stuck_behind", stuck);
    if (finding->live->sort == TRACE_DEADLOCK_EVERYONE) {
        json_value_set(object, "causes", causes_array(report, finding));
    }
    json_value_set(object, "ended_program",
                   json_value_boolean(finding->live->flags & TRACE_DEADLOCK_ENDED));
}

static struct json_object *misuse_place(const struct report *report,
                                        const struct execution *execution,
                                        const struct trace_misuse_place *place)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "role", json_value_string(report->arena, misuse_role_text(place->role)));
    json_value_set(
        object, "thread",
        json_value_string(report->arena, names_thread(report->names, execution, place->thread)));
    json_value_set(object, "stack", stack_array(report, execution, place->stack));
    return object;
}

/* The object as a lock has it, also one that is none: its name stands for its class. */
static struct json_object *misuse_lock(const struct report *report, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    if (misuse->lock != 0) {
        return lock_object(report, finding->execution, misuse->lock);
    }
    const char *name = misuse_object_name(report, finding);
    struct json_object *object = json_value_object();
    json_value_set(object, "name", json_value_string(report->arena, name));
    json_value_set(object, "class", json_value_string(report->arena, name));
    json_value_set(object, "kind",
                   json_value_string(report->arena, misuse_object_text(misuse->object)));
    json_value_set(object, "created",
                   stack_array(report, finding->execution, misuse_birth_stack(misuse)));
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

static void add_misuse(struct json_object *object, const struct report *report,
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
    json_value_set(object, "stack", stack_array(report, execution, event->stack));
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

/* What helps, in words. */
static struct json_object *fixes_array(const struct report *report, const struct finding *finding)
{
    struct json_object *array = json_value_array();
    struct json_object *fix = json_value_object();
    json_value_set(fix, "kind", json_value_string(report->arena, "remedy"));
    json_value_set(fix, "verified", json_value_boolean(false));
    json_value_set(fix, "why",
                   json_value_string(report->arena, remedy_of_finding(report, finding)));
    json_value_append(array, fix);
    return array;
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
    add_cycle(object, report, finding->execution, finding->steps, finding->step_count);
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

static struct json_object *finding_object(const struct report *report,
                                          const struct report_process *process,
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
        add_live(object, report, finding);
    } else if (finding->misuse != NULL) {
        add_misuse(object, report, finding);
    } else {
        const char *title = title_finding(report->arena, report->names, finding);
        json_value_set(object, "title", json_value_string(report->arena, title));
        add_cycle(object, report, finding->execution, finding->steps, finding->step_count);
        add_wakes(object, report, finding);
        add_witness(object, report, finding);
    }
    if (finding->execution->of_recordings && finding->told == NULL) {
        json_value_set(object, "split", json_value_boolean(true));
    }
    json_value_set(object, "instances", json_value_number(finding->instances));
    json_value_set(object, "fixes", fixes_array(report, finding));
    return object;
}

static struct json_object *dismissed_object(const struct report *report,
                                            const struct dismissed *dismissed)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "reason",
                   json_value_string(report->arena, dismissal_word(dismissed->reason)));
    set_cycle_title(object, report, dismissed->execution, dismissed->steps, dismissed->step_count);
    if (dismissed->order != NULL) {
        struct json_object *order = json_value_array();
        json_value_append(
            order, witness_event_object(report, dismissed->execution, &dismissed->order->before));
        json_value_append(
            order, witness_event_object(report, dismissed->execution, &dismissed->order->after));
        json_value_set(object, "order", order);
    }
    add_cycle(object, report, dismissed->execution, dismissed->steps, dismissed->step_count);
    json_value_set(object, "instances", json_value_number(dismissed->instances));
    return object;
}

/* What one recording lost; only what it did lose. */
static struct json_object *process_lost(const struct execution *execution)
{
    struct json_object *object = json_value_object();
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++) {
        if (execution->lost[i] != 0) {
            json_value_set(object, trace_lost_name((enum trace_lost)i),
                           json_value_number(execution->lost[i]));
        }
    }
    return object;
}

static struct json_object *unseen_array(const struct report *report, const struct unseen *unseen)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < unseen->texts.count; i++) {
        json_value_append(array, json_value_string(report->arena, unseen->texts.items[i]));
    }
    return array;
}

static struct json_object *process_object(const struct report *report,
                                          const struct report_process *process)
{
    const struct execution *execution = &process->execution;
    struct json_object *object = json_value_object();
    struct json_object *arguments = json_value_array();
    for (size_t i = 0; i < execution->argument_count; i++) {
        json_value_append(arguments, json_value_string(report->arena, execution->arguments[i]));
    }
    json_value_set(object, "pid", json_value_number(execution->pid));
    json_value_set(object, "exe", json_value_string(report->arena, execution->executable));
    json_value_set(object, "argv", arguments);
    json_value_set(object, "complete", json_value_boolean(report_process_is_complete(process)));
    json_value_set(object, "lost", process_lost(execution));
    json_value_set(object, "unseen", unseen_array(report, &process->unseen));
    return object;
}

static struct json_object *lost_object(const struct report *report)
{
    struct json_object *object = json_value_object();
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++) {
        uint64_t count = 0;
        for (size_t j = 0; j < report->process_count; j++) {
            count += report->processes[j].execution.lost[i];
        }
        json_value_set(object, trace_lost_name((enum trace_lost)i), json_value_number(count));
    }
    return object;
}

/* The document's members are written one by one, and the entries of its lists too: together they
 * may be more than json-c can hold in one string. */
struct writer {
    FILE *out;
    size_t members; /* so far */
    size_t entries; /* of the list that is open, so far */
};

static void write_name(struct writer *writer, const char *name)
{
    fprintf(writer->out, "%s\n  \"%s\": ", writer->members++ == 0 ? "{" : ",", name);
}

static void write_member(struct writer *writer, const char *name, struct json_object *value)
{
    write_name(writer, name);
    json_value_write_part(writer->out, value, "  ");
}

static void begin_list(struct writer *writer, const char *name)
{
    write_name(writer, name);
    fputc('[', writer->out);
    writer->entries = 0;
}

static void write_entry(struct writer *writer, struct json_object *value)
{
    fprintf(writer->out, "%s\n    ", writer->entries++ == 0 ? "" : ",");
    json_value_write_part(writer->out, value, "    ");
}

static void end_list(struct writer *writer)
{
    fputs(writer->entries == 0 ? "]" : "\n  ]", writer->out);
}

static void write_processes(struct writer *writer, const struct report *report)
{
    begin_list(writer, "processes");
    for (size_t i = 0; i < report->process_count; i++) {
        if (!report->processes[i].execution.of_recordings) {
            write_entry(writer, process_object(report, &report->processes[i]));
        }
    }
    end_list(writer);
}

static void write_findings(struct writer *writer, const struct report *report)
{
    begin_list(writer, "findings");
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            write_entry(writer,
                        finding_object(report, &report->processes[i], &analysis->findings[j]));
        }
    }
    end_list(writer);
}

static void write_hidden(struct writer *writer, const struct report *report, bool known)
{
    begin_list(writer, known ? "known" : "suppressed");
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        for (size_t j = 0; j < analysis->hidden_count; j++) {
            const struct hidden_finding *hidden = &analysis->hidden[j];
            if ((hidden->suppression == NULL) == known) {
                struct json_object *object =
                    finding_object(report, &report->processes[i], &hidden->finding);
                if (!known) {
                    json_value_set(object, "suppression",
                                   json_value_string(report->arena, hidden->suppression));
                }
                write_entry(writer, object);
            }
        }
    }
    end_list(writer);
}

static struct json_object *unused_object(const struct report *report,
                                         const struct unused_suppression *unused)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "file", json_value_string(report->arena, unused->file));
    json_value_set(object, "line", json_value_number(unused->line));
    json_value_set(object, "name", json_value_string(report->arena, unused->name));
    return object;
}

/* Only where there were suppressions, or a baseline. */
static void write_all_hidden(struct writer *writer, const struct report *report)
{
    const struct hidden_summary *hidden = &report->hidden;
    if (hidden->has_suppressions) {
        write_hidden(writer, report, false);
        begin_list(writer, "unused_suppressions");
        for (size_t i = 0; i < hidden->unused_count; i++) {
            write_entry(writer, unused_object(report, &hidden->unused[i]));
        }
        end_list(writer);
    }
    if (hidden->baseline != NULL) {
        write_hidden(writer, report, true);
    }
}

/* Whether every cycle set aside was found. */
static bool write_dismissed(struct writer *writer, const struct report *report)
{
    bool complete = true;
    begin_list(writer, "dismissed");
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        complete &= analysis->dismissed_bound_hit == 0;
        for (size_t j = 0; j < analysis->dismissed_count; j++) {
            write_entry(writer, dismissed_object(report, &analysis->dismissed[j]));
        }
    }
    end_list(writer);
    return complete;
}

void json_write(FILE *out, const struct report *report)
{
    struct writer writer = {.out = out};
    write_member(&writer, "schema", json_value_number(SCHEMA_VERSION));
    write_member(&writer, "complete", json_value_boolean(report_is_complete(report)));
    write_member(&writer, "lost", lost_object(report));
    write_processes(&writer, report);
    write_findings(&writer, report);
    write_all_hidden(&writer, report);
    bool complete = write_dismissed(&writer, report);
    write_member(&writer, "dismissed_complete", json_value_boolean(complete));
    fputs("\n}\n", out);
}
