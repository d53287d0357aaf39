#include <string.h>
#include "analyzer/model/thread_end.h"
#include "analyzer/report/cause.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/finding_title.h"
#include "analyzer/report/fingerprint.h"
#include "analyzer/report/fix_words.h"
#include "analyzer/report/misuse_words.h"
#include "analyzer/report/remedy.h"
#include "analyzer/report/results.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/text.h"
#include "analyzer/report/title.h"
#include "analyzer/report/witness_words.h"

/* One finding on its way to a result. */
struct conversion {
    struct arena *arena;
    const struct report *report;
    const struct finding *finding;
    const struct results *results; /* what all of them share */
    struct result *result;
};

static struct frame_list stack_of(const struct conversion *conversion, uint32_t stack)
{
    return symbolizer_stack(conversion->report->symbolizer, conversion->finding->execution, stack);
}

static const char *lock_name(const struct conversion *conversion, uint32_t lock)
{
    return names_lock(conversion->report->names, conversion->finding->execution, lock);
}

static const char *thread_name(const struct conversion *conversion, uint32_t thread)
{
    return names_thread(conversion->report->names, conversion->finding->execution, thread);
}

static uint32_t awaited_thread(const struct conversion *conversion, uint32_t id)
{
    const struct lock *lock = execution_find_lock(conversion->finding->execution, id);
    return lock != NULL ? thread_end_of(lock) : 0;
}

static void add_step(const struct conversion *conversion, struct result_steps *steps,
                     const char *text, struct frame_list stack)
{
    if (stack.count != 0) {
        *array_add(conversion->arena, &steps->list) = (struct result_step){text, stack, 0};
    }
}

static const char *at(const struct conversion *conversion, uint32_t stack)
{
    return result_at(conversion->results, stack_of(conversion, stack));
}

static const char *hold_text(const struct conversion *conversion, const struct cycle_step *step)
{
    uint32_t lock = step_hold(step)->lock;
    if (awaited_thread(conversion, lock) != 0) {
        return "must end first, created";
    }
    return arena_printf(conversion->arena, "holds %s, taken", lock_name(conversion, lock));
}

static const char *want_text(const struct conversion *conversion, const struct cycle_step *step)
{
    const struct dependency *dependency = step->dependency;
    uint32_t awaited = awaited_thread(conversion, dependency->lock);
    if (awaited != 0) {
        return arena_printf(conversion->arena, "waits for %s to end",
                            thread_name(conversion, awaited));
    }
    return arena_printf(conversion->arena, "wants %s%s", lock_name(conversion, dependency->lock),
                        dependency->mode & TRACE_MODE_READ ? " for reading" : "");
}

/* What the thread holds and where, what it wants and where: a line and the steps of a flow. */
static void add_part(const struct conversion *conversion, struct result_story *story,
                     const struct cycle_step *step)
{
    struct arena *arena = conversion->arena;
    const char *thread = thread_name(conversion, step->dependency->thread);
    bool holds = step_hold(step)->lock != 0;
    bool wants = step->dependency->lock != 0;
    struct result_flow *flow = result_story_flow(arena, story, thread);
    const char *line = thread;
    if (holds) {
        const char *text = hold_text(conversion, step);
        line = arena_printf(arena, "%s %s%s", line, text, at(conversion, step_hold(step)->stack));
        add_step(conversion, &flow->steps, arena_printf(arena, "%s %s here", thread, text),
                 stack_of(conversion, step_hold(step)->stack));
    }
    if (wants) {
        const char *text = want_text(conversion, step);
        line = arena_printf(arena, "%s%s %s%s", line, holds ? ", and" : "", text,
                            at(conversion, step->dependency->stack));
        add_step(conversion, &flow->steps, arena_printf(arena, "%s %s here", thread, text),
                 stack_of(conversion, step->dependency->stack));
    }
    result_add_line(arena, conversion->result, arena_printf(arena, "%s.", line));
}

/* Where the lock was made; of a static one where it is defined. */
static void relate_lock(const struct conversion *conversion, uint32_t id)
{
    struct arena *arena = conversion->arena;
    const struct execution *execution = conversion->finding->execution;
    const struct lock *lock = execution_find_lock(execution, id);
    if (lock == NULL || thread_end_of(lock) != 0) {
        return;
    }
    struct data_name data =
        symbolizer_data(conversion->report->symbolizer, execution, lock->location);
    const char *kind = names_lock_kind(arena, lock);
    const char *name = names_lock(conversion->report->names, execution, id);
    if (data.file != NULL) {
        struct frame *frame = arena_alloc(arena, 1, sizeof *frame);
        *frame = (struct frame){.file = data.file, .line = data.line, .module = ""};
        add_step(conversion, &conversion->result->related,
                 arena_printf(arena, "%s, a %s, is defined here", name, kind),
                 (struct frame_list){1, frame});
        return;
    }
    add_step(conversion, &conversion->result->related,
             arena_printf(arena, "%s, a %s, is %s here", name, kind,
                          lock->init_stack != 0 ? "created" : "first used"),
             stack_of(conversion, names_birth_stack(lock)));
}

static void relate_thread(const struct conversion *conversion, uint32_t id)
{
    const struct thread *thread = execution_find_thread(conversion->finding->execution, id);
    if (thread != NULL && thread->created_stack != 0) {
        add_step(conversion, &conversion->result->related,
                 arena_printf(conversion->arena, "%s is created here", thread_name(conversion, id)),
                 stack_of(conversion, thread->created_stack));
    }
}

/* Each once. */
static void relate_origins(const struct conversion *conversion)
{
    const struct finding *finding = conversion->finding;
    for (size_t i = 0; i < finding->step_count; i++) {
        bool lock_seen = step_hold(&finding->steps[i])->lock == 0;
        bool thread_seen = false;
        for (size_t j = 0; j < i; j++) {
            lock_seen |= step_hold(&finding->steps[j])->lock == step_hold(&finding->steps[i])->lock;
            thread_seen |=
                finding->steps[j].dependency->thread == finding->steps[i].dependency->thread;
        }
        if (!lock_seen) {
            relate_lock(conversion, step_hold(&finding->steps[i])->lock);
        }
        if (!thread_seen) {
            relate_thread(conversion, finding->steps[i].dependency->thread);
        }
    }
}

static void add_witness(const struct conversion *conversion)
{
    struct arena *arena = conversion->arena;
    const struct finding_witness *witness = conversion->finding->witness;
    struct result_story *story = array_add(arena, &conversion->result->stories);
    story->text = "A schedule of the recorded synchronization that ends in the deadlock";
    for (size_t i = 0; i < witness->event_count; i++) {
        const struct witness_event *event = &witness->events[i];
        const char *thread = thread_name(conversion, event->thread);
        const char *what = witness_event_text(arena, conversion->report->names,
                                              conversion->finding->execution, event);
        struct result_flow *flow = result_story_flow(arena, story, thread);
        *array_add(arena, &flow->steps.list) = (struct result_step){
            arena_printf(arena, "%s %s", thread, what), stack_of(conversion, event->stack), i + 1};
    }
}

static void add_causes(const struct conversion *conversion)
{
    const struct finding *finding = conversion->finding;
    for (size_t i = 0; i < finding->step_count; i++) {
        bool is_told = false;
        for (size_t j = 0; j < i; j++) {
            is_told |= step_wanted(&finding->steps[j]) == step_wanted(&finding->steps[i]);
        }
        struct cause cause =
            cause_of(conversion->report, finding->execution, finding->steps[i].dependency);
        if (!is_told && cause.wakes != NULL) {
            result_add_line(conversion->arena, conversion->result,
                            arena_printf(conversion->arena, "%s.", cause.text));
        }
    }
}

/* The request that the first step makes: the first one that can be pointed at. */
static void find_where(const struct conversion *conversion)
{
    const struct finding *finding = conversion->finding;
    struct result_step *where = &conversion->result->where;
    for (size_t i = 0; i < finding->step_count && where->stack.count == 0; i++) {
        where->stack = stack_of(conversion, finding->steps[i].dependency->stack);
    }
}

static void convert_steps(const struct conversion *conversion)
{
    const struct finding *finding = conversion->finding;
    struct result *result = conversion->result;
    struct result_story *story = array_add(conversion->arena, &result->stories);
    story->text = "What each thread holds, and what it wants";
    for (size_t i = 0; i < finding->step_count; i++) {
        add_part(conversion, story, &finding->steps[i]);
    }
    for (size_t i = 0; finding->live != NULL && i < finding->live->stuck_count; i++) {
        add_part(conversion, story, &finding->stuck[i]);
    }
    if (finding->live != NULL && finding->live->sort == TRACE_DEADLOCK_EVERYONE) {
        add_causes(conversion);
    }
    find_where(conversion);
    relate_origins(conversion);
    if (finding->witness != NULL) {
        add_witness(conversion);
    }
}

static const char *misuse_line(const struct conversion *conversion,
                               const struct trace_misuse_place *place)
{
    struct arena *arena = conversion->arena;
    const struct trace_misuse *misuse = conversion->finding->misuse;
    const char *thread = thread_name(conversion, place->thread);
    return place->role == MISUSE_PLACE_CALL && misuse->text[0] != '\0'
               ? arena_printf(arena, "%s calls %s", thread, misuse->text)
               : arena_printf(arena, "%s by %s", misuse_role_text(place->role), thread);
}

static void convert_misuse(const struct conversion *conversion)
{
    struct arena *arena = conversion->arena;
    const struct finding *finding = conversion->finding;
    const struct trace_misuse *misuse = finding->misuse;
    struct result *result = conversion->result;
    for (uint32_t i = 0; i < misuse->place_count; i++) {
        const struct trace_misuse_place *place = &misuse->places[i];
        const char *text = misuse_line(conversion, place);
        result_add_line(arena, result,
                        arena_printf(arena, "%s%s.", text, at(conversion, place->stack)));
        add_step(conversion, &result->related, arena_printf(arena, "%s here", text),
                 stack_of(conversion, place->stack));
        if (result->where.stack.count == 0) {
            result->where.stack = stack_of(conversion, place->stack);
        }
    }
    if (misuse_signal(conversion->report, misuse) == NULL &&
        (misuse->flags & TRACE_MISUSE_HELD_MS) == 0 && misuse->result != 0) {
        result_add_line(arena, result,
                        arena_printf(arena, "%s, and that is not looked at.",
                                     misuse_error(conversion->report, misuse)));
    }
}

/* The best fix, or else what helps in general. */
static const char *remedy_text(const struct report *report, const struct finding *finding)
{
    struct fix_advice advice;
    const struct fix *best = fix_best(finding);
    if (best == NULL) {
        return remedy_of_finding(report, finding).text;
    }
    fix_advise(report, finding, best, &advice);
    return arena_printf(report->arena, "%s (verified on this run)", advice.what);
}

/* Those that a program could carry out. */
static void add_fixes(const struct conversion *conversion)
{
    const struct finding *finding = conversion->finding;
    for (size_t i = 0; finding->fixes != NULL && i < finding->fixes->count; i++) {
        const struct fix *fix = &finding->fixes->fixes[i];
        struct fix_advice advice = {0};
        if (fix->verdict.verified) {
            fix_advise(conversion->report, finding, fix, &advice);
        }
        if (advice.is_complete) {
            *array_add(conversion->arena, &conversion->result->fixes) = advice;
        }
    }
}

static void convert(const struct report *report, const struct results *results, size_t process,
                    const struct finding *finding, struct result *result)
{
    const struct conversion conversion = {report->arena, report, finding, results, result};
    *result = (struct result){
        .id = finding->id,
        .process = process,
        .pid = finding->execution->pid,
        .finding = finding,
        .kind = finding->kind,
        .confidence = finding->confidence,
        .rule = rule_word(finding),
        .title = finding_title(report, finding),
        .fingerprint = fingerprint_of_finding(report, &report->processes[process], finding),
        .remedy = remedy_text(report, finding),
        .instances = finding->instances,
    };
    if (finding->misuse != NULL) {
        convert_misuse(&conversion);
    } else {
        convert_steps(&conversion);
    }
    add_fixes(&conversion);
    result->where.text = result->title;
}

static void add_process(const struct report *report, struct results *results,
                        const struct execution *execution)
{
    struct arena *arena = report->arena;
    const char *program = execution->argument_count > 0   ? execution->arguments[0]
                          : execution->executable != NULL ? execution->executable
                                                          : execution->file;
    const char *slash = strrchr(program, '/');
    const char *command = "";
    for (size_t i = 0; i < execution->argument_count; i++) {
        command = arena_printf(arena, "%s%s%s", command, i == 0 ? "" : " ",
                               escape_shell(arena, execution->arguments[i]));
    }
    *array_add(arena, &results->processes) = (struct result_process){
        execution->pid, slash != NULL ? slash + 1 : program, command, execution->directory};
}

static void tell(FILE *out, const struct results *results, const struct result *result)
{
    const struct text text = {out, results->arena, results->context};
    text_finding(&text, result->id, result->finding);
}

static void add_findings(const struct report *report, struct results *results, size_t process)
{
    const struct analysis *analysis = &report->processes[process].analysis;
    for (size_t i = 0; i < analysis->finding_count; i++) {
        convert(report, results, process, &analysis->findings[i],
                array_add(report->arena, &results->list));
    }
    for (size_t i = 0; i < analysis->hidden_count; i++) {
        struct hidden_result *hidden = array_add(report->arena, &results->hidden);
        hidden->suppression = analysis->hidden[i].suppression;
        convert(report, results, process, &analysis->hidden[i].finding, &hidden->result);
    }
}

void results_of_report(const struct report *report, struct results *results)
{
    struct totals totals = totals_of(report);
    struct report *plain = arena_alloc(report->arena, 1, sizeof *plain);
    *plain = *report;
    plain->options.color = false;
    *results = (struct results){
        .arena = report->arena,
        .source_root = report->options.source_root,
        .exit_status = report->options.exit_status,
        .complete = report_is_complete(report),
        .has_baseline = report->hidden.baseline != NULL,
        .tell = tell,
        .context = plain,
    };
    notes_collect(report, &totals, &results->notes);
    for (size_t i = 0; i < report->process_count; i++) {
        add_process(report, results, &report->processes[i].execution);
        add_findings(report, results, i);
    }
}
