#include <string.h>
#include "analyzer/diagnose/hang_report.h"
#include "analyzer/diagnose/hang_words.h"
#include "analyzer/report/json_value.h"

#define SCHEMA_VERSION 1

static struct json_object *string(const struct diagnosis *diagnosis, const char *text)
{
    return json_value_string(diagnosis->subject->arena, text);
}

static void add_frames(struct frame_list *to, struct frame_list more)
{
    if (more.count > 0) {
        memcpy(to->frames + to->count, more.frames, more.count * sizeof *to->frames);
        to->count += more.count;
    }
}

/* Python's frames, then those of C. */
static struct json_object *stack_of(const struct diagnosis *diagnosis, const struct wait *wait)
{
    struct arena *arena = diagnosis->subject->arena;
    struct frame_list python = hang_python_stack(diagnosis->subject, wait->thread);
    struct frame_list both = {
        0, arena_alloc(arena, python.count + wait->stack.count + 1, sizeof *both.frames)};
    add_frames(&both, python);
    add_frames(&both, wait->stack);
    return json_value_stack(arena, both);
}

/* Every thread holds its own end: told only where a thread of the hang waits for it. */
static bool is_told(const struct hang *hang, const struct wait *wait)
{
    bool told = wait->kind != WAIT_JOIN;
    for (size_t i = 0; hang != NULL && i < hang->count && !told; i++) {
        told = hang->waits[i] == wait;
    }
    return told;
}

/* Several threads may wait for one lock: each lock once. */
static bool is_first_wait(const struct diagnosis *diagnosis, const struct hang *hang, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (diagnosis->waits[i].object == diagnosis->waits[index].object &&
            is_told(hang, &diagnosis->waits[i])) {
            return false;
        }
    }
    return true;
}

static struct json_object *holds_of(const struct diagnosis *diagnosis, const struct hang *hang,
                                    const struct target_thread *thread)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < diagnosis->wait_count; i++) {
        const struct wait *wait = &diagnosis->waits[i];
        if (hang_is_held_by(wait, thread) && is_told(hang, wait) &&
            is_first_wait(diagnosis, hang, i)) {
            json_value_append(array, string(diagnosis, hang_lock_name(diagnosis->subject, wait)));
        }
    }
    return array;
}

/* Where the thread took what the hang is about; only Python tells. */
static struct json_object *hold_stack_of(const struct diagnosis *diagnosis, const struct hang *hang,
                                         const struct target_thread *thread)
{
    struct frame_list none = {0, NULL};
    for (size_t i = 0; hang != NULL && i < hang->count; i++) {
        const struct wait *wait = hang->waits[i];
        if (hang_is_held_by(wait, thread) && wait->taken.line != 0) {
            struct frame taken = wait->taken;
            return json_value_stack(diagnosis->subject->arena, (struct frame_list){1, &taken});
        }
    }
    return json_value_stack(diagnosis->subject->arena, none);
}

static struct json_object *step_value(const struct diagnosis *diagnosis, const struct hang *hang,
                                      const struct wait *wait)
{
    struct subject *subject = diagnosis->subject;
    struct json_object *object = json_value_object();
    json_value_set(object, "thread", string(diagnosis, subject_thread_name(subject, wait->thread)));
    json_value_set(object, "pid", json_value_number(subject->target->pid));
    json_value_set(object, "tid", json_value_number(wait->thread->tid));
    json_value_set(object, "holds", holds_of(diagnosis, hang, wait->thread));
    json_value_set(object, "requests", string(diagnosis, hang_lock_name(subject, wait)));
    json_value_set(object, "mode", string(diagnosis, wait->flags & WAIT_READS ? "read" : "write"));
    json_value_set(object, "blocking", json_value_boolean(true));
    json_value_set(object, "held_by", string(diagnosis, hang_holder(subject, wait)));
    json_value_set(object, "hold_stack", hold_stack_of(diagnosis, hang, wait->thread));
    json_value_set(object, "request_stack", stack_of(diagnosis, wait));
    return object;
}

static struct json_object *steps_value(const struct diagnosis *diagnosis, const struct hang *hang,
                                       const struct wait *const *waits, size_t count)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < count; i++) {
        json_value_append(array, step_value(diagnosis, hang, waits[i]));
    }
    return array;
}

static struct json_object *lock_value(const struct diagnosis *diagnosis, const struct wait *wait)
{
    struct subject *subject = diagnosis->subject;
    const struct lock *lock = execution_find_lock(&subject->execution, wait->lock);
    struct json_object *object = json_value_object();
    bool named = lock != NULL && lock->kind != TRACE_LOCK_CUSTOM;
    json_value_set(object, "name", string(diagnosis, hang_lock_name(subject, wait)));
    json_value_set(object, "class", string(diagnosis, hang_lock_name(subject, wait)));
    json_value_set(object, "kind",
                   string(diagnosis, named ? names_lock_kind(subject->arena, lock)
                                           : wait_kind_text(wait->kind)));
    json_value_set(object, "created", json_value_array());
    return object;
}

static struct json_object *locks_value(const struct diagnosis *diagnosis, const struct hang *hang)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < hang->count; i++) {
        const struct wait *wait = hang->waits[(i + hang->count - 1) % hang->count];
        json_value_append(array, lock_value(diagnosis, wait));
    }
    return array;
}

static struct json_object *fixes_value(const struct diagnosis *diagnosis, const struct hang *hang)
{
    struct json_object *array = json_value_array();
    struct json_object *fix = json_value_object();
    json_value_set(fix, "kind", string(diagnosis, "remedy"));
    json_value_set(fix, "verified", json_value_boolean(false));
    json_value_set(fix, "why", string(diagnosis, hang_remedy(diagnosis->subject, hang)));
    json_value_append(array, fix);
    return array;
}

static struct json_object *hang_value(const struct diagnosis *diagnosis, const struct hang *hang,
                                      size_t id)
{
    struct json_object *object = json_value_object();
    const char *kind = finding_kind_word(hang_finding_kind(hang));
    json_value_set(object, "id", json_value_number(id));
    json_value_set(object, "kind", string(diagnosis, kind));
    json_value_set(object, "rule", string(diagnosis, hang_rule(hang)));
    json_value_set(object, "confidence", string(diagnosis, confidence_word(hang_confidence(hang))));
    json_value_set(object, "title", string(diagnosis, hang_title(diagnosis->subject, hang)));
    json_value_set(object, "pid", json_value_number(diagnosis->subject->target->pid));
    json_value_set(object, "locks", locks_value(diagnosis, hang));
    json_value_set(object, "steps", steps_value(diagnosis, hang, hang->waits, hang->count));
    json_value_set(object, "stuck_behind",
                   steps_value(diagnosis, hang, hang->behind, hang->behind_count));
    json_value_set(object, "instances", json_value_number(1));
    json_value_set(object, "fixes", fixes_value(diagnosis, hang));
    return object;
}

static struct json_object *unseen_value(const struct diagnosis *diagnosis)
{
    const struct target *target = diagnosis->subject->target;
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < target->module_count; i++) {
        if (target->modules[i].problem != NULL) {
            json_value_append(array, string(diagnosis, target->modules[i].problem));
        }
    }
    if (target->damage != NULL) {
        json_value_append(array, string(diagnosis, target->damage));
    }
    if (diagnosis->subject->python.problem != NULL) {
        json_value_append(array, string(diagnosis, diagnosis->subject->python.problem));
    }
    return array;
}

static struct json_object *process_value(const struct diagnosis *diagnosis)
{
    const struct target *target = diagnosis->subject->target;
    struct json_object *object = json_value_object();
    struct json_object *arguments = json_value_array();
    json_value_append(arguments, string(diagnosis, target->arguments));
    json_value_set(object, "pid", json_value_number(target->pid));
    json_value_set(object, "exe", string(diagnosis, target->executable));
    json_value_set(object, "argv", arguments);
    json_value_set(object, "complete", json_value_boolean(target->damage == NULL));
    json_value_set(object, "threads", json_value_number(target->thread_count));
    json_value_set(object, "threads_that_ran", json_value_number(diagnosis->moved_count));
    json_value_set(object, "lost", json_value_object());
    json_value_set(object, "unseen", unseen_value(diagnosis));
    return object;
}

/* Threads that wait, but in no hang. */
static struct json_object *waiting_value(const struct diagnosis *diagnosis)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < diagnosis->wait_count; i++) {
        if (!diagnosis_tells_wait(diagnosis, &diagnosis->waits[i])) {
            struct json_object *step = step_value(diagnosis, NULL, &diagnosis->waits[i]);
            json_value_set(step, "timed", json_value_boolean(diagnosis->waits[i].timed));
            json_value_set(step, "ran", json_value_boolean(diagnosis->waits[i].moved));
            json_value_append(array, step);
        }
    }
    return array;
}

void hang_json_write(FILE *out, const struct hang_report *report)
{
    const int layout =
        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
    const struct diagnosis *diagnosis = report->diagnosis;
    struct json_object *document = json_value_object();
    struct json_object *processes = json_value_array();
    struct json_object *findings = json_value_array();
    json_value_append(processes, process_value(diagnosis));
    for (size_t i = 0; i < diagnosis->hang_count; i++) {
        json_value_append(findings, hang_value(diagnosis, &diagnosis->hangs[i], i + 1));
    }
    json_value_set(document, "schema", json_value_number(SCHEMA_VERSION));
    json_value_set(document, "complete",
                   json_value_boolean(diagnosis->subject->target->damage == NULL));
    json_value_set(document, "lost", json_value_object());
    json_value_set(document, "processes", processes);
    json_value_set(document, "findings", findings);
    json_value_set(document, "dismissed", json_value_array());
    json_value_set(document, "dismissed_complete", json_value_boolean(true));
    json_value_set(document, "waiting", waiting_value(diagnosis));
    fprintf(out, "%s\n", json_object_to_json_string_ext(document, layout));
    json_object_put(document);
}
