#include <inttypes.h>
#include <string.h>
#include "analyzer/model/thread_end.h"
#include "analyzer/report/cause.h"
#include "analyzer/report/declared_order.h"
#include "analyzer/report/place.h"
#include "analyzer/report/source.h"
#include "analyzer/report/text.h"
#include "analyzer/report/title.h"
#include "analyzer/report/witness_words.h"

#define SHORT_STACK_FRAMES 8
#define STUCK_SHOWN_MAX    20
#define ORIGIN_FRAMES      3

static const char *lock_name(const struct text *text, const struct execution *execution,
                             uint32_t lock)
{
    return text_safe(text, names_lock(text->report->names, execution, lock));
}

static const char *thread_name(const struct text *text, const struct execution *execution,
                               uint32_t thread)
{
    return text_safe(text, names_thread(text->report->names, execution, thread));
}

/* "demo.c:12 in f1", or "f1" without line numbers. The whole signature where all is shown. */
static const char *frame_text(const struct text *text, const struct execution *execution,
                              const struct frame *frame)
{
    const char *function = text->report->options.all_stacks ? frame_function(text->arena, frame)
                                                            : place_function(text->arena, frame);
    const char *line = place_line(text->arena, execution, frame);
    return text_safe(text, line == NULL ? function
                                        : arena_printf(text->arena, "%s in %s", line, function));
}

static void print_source(const struct text *text, const struct frame *frame, int indent)
{
    const char *line = frame->file != NULL && frame->line != 0
                           ? source_line(text->arena, frame->file, frame->line)
                           : NULL;
    if (line != NULL) {
        fprintf(text->out, "%*s| %s\n", indent, "", text_safe(text, line));
    }
}

/* The frames that called frames[0], at most `limit` of them. */
static void print_callers(const struct text *text, const struct execution *execution,
                          struct frame_list frames, size_t limit, int indent)
{
    for (size_t i = 1; i < frames.count && i <= limit; i++) {
        fprintf(text->out, "%*sfrom %s%s\n", indent, "",
                frame_text(text, execution, &frames.frames[i]),
                frames.frames[i].inlined ? " (inlined)" : "");
    }
    if (frames.count > limit + 1) {
        fprintf(text->out, "%*s... %zu more (--stacks=all)\n", indent, "",
                frames.count - limit - 1);
    }
}

static void print_all_frames(const struct text *text, const struct execution *execution,
                             struct frame_list frames, int indent)
{
    for (size_t i = 0; i < frames.count; i++) {
        const struct frame *frame = &frames.frames[i];
        fprintf(text->out, "%*s#%zu %s  [%s+0x%" PRIx64 "]%s\n", indent, "", i,
                frame_text(text, execution, frame), text_safe(text, frame->module), frame->offset,
                frame->inlined ? " (inlined)" : "");
    }
}

/* Ends the line begun by the caller with the place where a step was taken, then shows the source
 * and how it was reached. */
static void print_place(const struct text *text, const struct execution *execution,
                        uint32_t stack_id, const char *before)
{
    const int indent = 10;
    struct frame_list stack = symbolizer_stack(text->report->symbolizer, execution, stack_id);
    if (stack.count == 0) {
        fprintf(text->out, "%san unknown place\n", before);
        return;
    }
    struct frame_list program = place_program_frames(stack);
    fprintf(text->out, "%s%s\n", before, frame_text(text, execution, &program.frames[0]));
    print_source(text, &program.frames[0], indent);
    if (text->report->options.all_stacks && execution->places == NULL) {
        print_all_frames(text, execution, stack, indent);
    } else {
        print_callers(text, execution, program, SHORT_STACK_FRAMES - 1, indent);
    }
    const struct stack *recorded = execution_find_stack(execution, stack_id);
    if (recorded != NULL && recorded->truncated) {
        fprintf(text->out, "%*s(the recorded stack ends here)\n", indent, "");
    }
}

/* Ends the line begun by the caller with the place where a thread or lock was made. */
static void print_origin(const struct text *text, const struct execution *execution,
                         uint32_t stack_id)
{
    struct frame_list program =
        place_program_frames(symbolizer_stack(text->report->symbolizer, execution, stack_id));
    if (program.count == 0) {
        fputs("at an unknown place\n", text->out);
        return;
    }
    fprintf(text->out, "at %s\n", frame_text(text, execution, &program.frames[0]));
    if (program.count > ORIGIN_FRAMES && !text->report->options.all_stacks) {
        program.count = ORIGIN_FRAMES;
    }
    print_callers(text, execution, program, program.count, 10);
}

static const char *hold_suffix(const struct text *text, const struct trace_dependency_held *held)
{
    const char *mode = held->mode & TRACE_MODE_READ ? " for reading" : "";
    if (held->count <= 1) {
        return mode;
    }
    return arena_printf(text->arena, "%s (%" PRIu32 " times)", mode, held->count);
}

static const char *want_suffix(const struct text *text, uint32_t mode)
{
    return arena_printf(text->arena, "%s%s%s%s", mode & TRACE_MODE_READ ? " for reading" : "",
                        mode & TRACE_MODE_WAIT ? " again, to return from a condition wait," : "",
                        mode & TRACE_MODE_TRY ? " but only tries," : "",
                        mode & TRACE_MODE_TIMED ? " but only for a time," : "");
}

/* The thread whose end is the lock, or 0. */
static uint32_t awaited_thread(const struct execution *execution, uint32_t lock_id)
{
    const struct lock *lock = execution_find_lock(execution, lock_id);
    return lock != NULL ? thread_end_of(lock) : 0;
}

static bool is_initialised_once(const struct execution *execution, uint32_t lock_id)
{
    const struct lock *lock = execution_find_lock(execution, lock_id);
    return lock != NULL && (lock->kind == TRACE_LOCK_ONCE || lock->kind == TRACE_LOCK_GUARD);
}

static void print_hold(const struct text *text, const struct execution *execution,
                       const struct trace_dependency_held *hold)
{
    if (awaited_thread(execution, hold->lock) != 0) {
        print_place(text, execution, hold->stack, "     must end first; it was created at ");
        return;
    }
    bool initialises = is_initialised_once(execution, hold->lock);
    fprintf(text->out, "     %s %s%s, ", initialises ? "runs the initialiser of" : "holds",
            lock_name(text, execution, hold->lock), hold_suffix(text, hold));
    print_place(text, execution, hold->stack, initialises ? "called at " : "taken at ");
}

/* Conditions, barriers, semaphores that are no locks: waited for, and never had. */
static bool is_only_awaited(const struct execution *execution, uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);
    return lock != NULL &&
           (lock->kind == TRACE_LOCK_CONDITION || lock->kind == TRACE_LOCK_BARRIER ||
            (lock->kind == TRACE_LOCK_SEMAPHORE &&
             (lock->marks & TRACE_MARK_SIGNAL || !(lock->marks & TRACE_MARK_PROVED))));
}

static void print_want(const struct text *text, const struct execution *execution,
                       const struct dependency *dependency)
{
    const char *suffix = want_suffix(text, dependency->mode);
    uint32_t awaited = awaited_thread(execution, dependency->lock);
    if (awaited != 0) {
        fprintf(text->out, "     waits for %s to end,%s ", thread_name(text, execution, awaited),
                suffix);
    } else {
        bool initialises = is_initialised_once(execution, dependency->lock);
        fprintf(text->out, "     %s %s%s%s ",
                is_only_awaited(execution, dependency->lock) ? "waits for" : "wants",
                lock_name(text, execution, dependency->lock), initialises ? " initialised" : "",
                suffix);
    }
    print_place(text, execution, dependency->stack, "at ");
}

static void print_other_held(const struct text *text, const struct execution *execution,
                             const struct cycle_step *step)
{
    const struct dependency *dependency = step->dependency;
    bool any = false;
    for (size_t i = 0; i < dependency->held_count; i++) {
        const struct trace_dependency_held *held = &dependency->held[i];
        if (i != step->hold_index && awaited_thread(execution, held->lock) == 0) {
            fprintf(text->out, "%s%s%s", any ? ", " : "     also holds ",
                    lock_name(text, execution, held->lock), hold_suffix(text, held));
            any = true;
        }
    }
    if (any) {
        fputc('\n', text->out);
    }
}

static void print_declared_order(const struct text *text, const struct execution *execution,
                                 const struct cycle_step *step)
{
    const struct declared_order *order = declared_order_find(execution, step);
    if (order == NULL) {
        return;
    }
    fprintf(text->out, "     %s the declared order, %s before %s, declared ",
            declared_order_is_broken(order, step) ? "against" : "in",
            lock_name(text, execution, order->before), lock_name(text, execution, order->after));
    print_origin(text, execution, order->stack);
}

static void print_step(const struct text *text, const struct execution *execution,
                       const struct cycle_step *step)
{
    fprintf(text->out, "   %s\n", thread_name(text, execution, step->dependency->thread));
    if (step_hold(step)->lock != 0) {
        print_hold(text, execution, step_hold(step));
    }
    print_other_held(text, execution, step);
    if (step->dependency->lock != 0) {
        print_want(text, execution, step->dependency);
    }
    print_declared_order(text, execution, step);
    if (step->similar != 0) {
        fprintf(text->out, "     (and %zu more like this)\n", step->similar);
    }
}

/* What the thread runs, NULL when that is unknown or only the C++ library's own starter. */
static const char *start_function(const struct text *text, const struct execution *execution,
                                  const struct thread *thread)
{
    if (thread->start_routine == 0) {
        return NULL;
    }
    struct frame_list start =
        symbolizer_code(text->report->symbolizer, execution, thread->start_routine);
    return place_is_start(&start.frames[0])
               ? NULL
               : text_safe(text, place_function(text->arena, &start.frames[0]));
}

/* The fork that the thread's process began with; NULL if none is known. */
static const struct segment_start *fork_of(const struct execution *execution, uint32_t thread)
{
    for (size_t i = 0; i < execution->segment_count; i++) {
        const struct segment_start *start = &execution->segments[i];
        if (start->cause == TRACE_SEGMENT_FORK && start->other == thread) {
            return start;
        }
    }
    return NULL;
}

static void print_thread(const struct text *text, const struct execution *execution, uint32_t id)
{
    const struct thread *thread = execution_find_thread(execution, id);
    const char *start = thread != NULL ? start_function(text, execution, thread) : NULL;
    fprintf(text->out, "     %s%s%s", thread_name(text, execution, id),
            start != NULL ? " runs " : "", start != NULL ? start : "");
    if (thread == NULL) {
        fputs(": nothing is known about it\n", text->out);
        return;
    }
    const struct segment_start *fork = thread->parent == 0 ? fork_of(execution, id) : NULL;
    if (fork != NULL) {
        fprintf(text->out, ", forked by %s", thread_name(text, execution, fork->thread));
    }
    if (thread->parent == 0) {
        fputc('\n', text->out);
        return;
    }
    fprintf(text->out, "%s created by %s ", start != NULL ? "," : "",
            thread_name(text, execution, thread->parent));
    print_origin(text, execution, thread->created_stack);
}

static void print_static_lock(const struct text *text, const struct execution *execution,
                              const struct lock *lock, const struct module *module)
{
    struct data_name data = symbolizer_data(text->report->symbolizer, execution, lock->location);
    fprintf(text->out, "%s, static in %s", names_lock_kind(text->arena, lock),
            text_safe(text, place_file(text->arena, execution, module->path)));
    if (data.file != NULL) {
        fprintf(text->out, ", defined at %s:%" PRIu32,
                text_safe(text, place_file(text->arena, execution, data.file)), data.line);
    }
    fputc('\n', text->out);
}

/* The thread on whose stack the lock lies; NULL for none and one nothing is known of. */
static const char *stack_owner(const struct text *text, const struct execution *execution,
                               const struct lock *lock)
{
    bool known = (lock->flags & TRACE_LOCK_ON_STACK) != 0 &&
                 execution_find_thread(execution, lock->stack_owner) != NULL;
    return known ? thread_name(text, execution, lock->stack_owner) : NULL;
}

static void print_lock(const struct text *text, const struct execution *execution, uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);
    fprintf(text->out, "     %s: ", lock_name(text, execution, id));
    if (lock == NULL) {
        fputs("nothing is known about it\n", text->out);
        return;
    }
    const struct module *module =
        execution_find_module(execution, TRACE_CODE_MODULE(lock->location));
    if (module != NULL) {
        print_static_lock(text, execution, lock, module);
        return;
    }
    if (execution->of_recordings) {
        fprintf(text->out, "%s, %s\n", names_lock_kind(text->arena, lock),
                text_safe(text, lock->origin));
        return;
    }
    uint32_t thread = lock->init_stack != 0 ? lock->init_thread : lock->first_thread;
    const char *owner = stack_owner(text, execution, lock);
    fprintf(text->out, "%s%s%s %s by %s ", names_lock_kind(text->arena, lock),
            owner != NULL ? " on the stack of " : "", owner != NULL ? owner : "",
            lock->init_stack != 0 ? "created" : "first used", thread_name(text, execution, thread));
    print_origin(text, execution, names_birth_stack(lock));
}

static bool seen_before(const struct cycle_step *steps, size_t index,
                        uint32_t (*id)(const struct cycle_step *step))
{
    for (size_t i = 0; i < index; i++) {
        if (id(&steps[i]) == id(&steps[index])) {
            return true;
        }
    }
    return false;
}

static uint32_t step_thread_id(const struct cycle_step *step)
{
    return step->dependency->thread;
}

static uint32_t step_held_lock(const struct cycle_step *step)
{
    return step_hold(step)->lock;
}

static uint32_t step_wanted_lock(const struct cycle_step *step)
{
    return step->dependency->lock;
}

static void print_steps(const struct text *text, const struct execution *execution,
                        const struct cycle_step *steps, size_t step_count)
{
    for (size_t i = 0; i < step_count; i++) {
        print_step(text, execution, &steps[i]);
    }
}

static void print_who_and_what(const struct text *text, const struct execution *execution,
                               const struct cycle_step *steps, size_t step_count)
{
    fputs(execution->of_recordings ? "" : "   threads:\n", text->out);
    for (size_t i = 0; i < step_count && !execution->of_recordings; i++) {
        if (!seen_before(steps, i, step_thread_id)) {
            print_thread(text, execution, step_thread_id(&steps[i]));
        }
    }
    fputs("   locks:\n", text->out);
    for (size_t i = 0; i < step_count; i++) {
        if (step_held_lock(&steps[i]) != 0 && !seen_before(steps, i, step_held_lock) &&
            awaited_thread(execution, step_held_lock(&steps[i])) == 0) {
            print_lock(text, execution, step_held_lock(&steps[i]));
        }
    }
    for (size_t i = 0; i < step_count; i++) {
        if (is_only_awaited(execution, step_wanted_lock(&steps[i])) &&
            !seen_before(steps, i, step_wanted_lock)) {
            print_lock(text, execution, step_wanted_lock(&steps[i]));
        }
    }
}

static void print_cycle(const struct text *text, const struct execution *execution,
                        const struct cycle_step *steps, size_t step_count)
{
    print_steps(text, execution, steps, step_count);
    print_who_and_what(text, execution, steps, step_count);
}

/* The cycles that the one shown stands for too; `where` tells what else they have in common. */
static void print_instances(const struct text *text, size_t instances, const char *where)
{
    if (instances > 1) {
        fprintf(text->out, "   (and %zu more between locks of the same classes%s)\n", instances - 1,
                where);
    }
}

static const char *cycle_title(const struct text *text, const struct execution *execution,
                               const struct cycle_step *steps, size_t step_count)
{
    return text_safe(text,
                     title_cycle(text->arena, text->report->names, execution, steps, step_count));
}

/* Why they wait for ever, after the thread that is gone. */
static const char *live_reason(const struct finding *finding)
{
    switch (finding->live->sort) {
    case TRACE_DEADLOCK_SELF:
        return "It waits for itself";
    case TRACE_DEADLOCK_OWNER_GONE:
        return "The second of these threads has ended without releasing what the first one wants";
    case TRACE_DEADLOCK_NOT_FORKED:
        return "The second of these is a thread of the parent process: in the child, nobody will "
               "release what the first one wants";
    case TRACE_DEADLOCK_EVERYONE:
        return "Each thread of the process waits, and none runs that could wake another";
    default:
        return "Each of these waits for what the next one holds";
    }
}

static void print_stuck(const struct text *text, const struct finding *finding)
{
    size_t count = finding->live->stuck_count;
    if (count == 0) {
        return;
    }
    fprintf(text->out, "   stuck behind %s:\n", finding->step_count == 1 ? "it" : "them");
    for (size_t i = 0; i < count && i < STUCK_SHOWN_MAX; i++) {
        print_step(text, finding->execution, &finding->stuck[i]);
    }
    if (count > STUCK_SHOWN_MAX) {
        fprintf(text->out, "     (and %zu more threads)\n", count - STUCK_SHOWN_MAX);
    }
}

static bool is_everyone(const struct finding *finding)
{
    return finding->live != NULL && finding->live->sort == TRACE_DEADLOCK_EVERYONE;
}

/* Once for each thing that is awaited. */
static void print_causes(const struct text *text, const struct finding *finding)
{
    const char *heading = "   why nobody wakes them:\n";
    for (size_t i = 0; i < finding->step_count && is_everyone(finding); i++) {
        const char *nested =
            cause_nested_monitor(text->report, finding->execution, &finding->steps[i]);
        if (nested != NULL) {
            fprintf(text->out, "%s     %s\n", heading, text_safe(text, nested));
            heading = "";
        }
    }
    for (size_t i = 0; i < finding->step_count; i++) {
        if (seen_before(finding->steps, i, step_wanted_lock)) {
            continue;
        }
        struct cause cause =
            cause_of(text->report, finding->execution, finding->steps[i].dependency);
        if (cause.wakes != NULL) {
            fprintf(text->out, "%s     %s\n", heading, text_safe(text, cause.text));
            heading = "";
        }
    }
}

/* What it takes for them to go on all the same. */
static const char *live_doubt(const struct finding *finding)
{
    if (finding->confidence == CONFIDENCE_HAPPENED) {
        return "";
    }
    return is_everyone(finding)
               ? " unless a signal handler comes to their help"
               : " unless another thread comes to their help: nothing moved for a second";
}

static void text_deadlock(const struct text *text, size_t number, const struct finding *finding)
{
    const char *title = title_deadlock(text->arena, text->report->names, finding);
    bool ended = finding->live->flags & TRACE_DEADLOCK_ENDED;
    text_heading(text, "%zu. %s (%s): %s", number, finding_kind_word(finding->kind),
                 confidence_word(finding->confidence), text_safe(text, title));
    fprintf(text->out, "   %s, for ever%s%s:\n", live_reason(finding), live_doubt(finding),
            ended ? "; the program was ended for it" : "");
    print_steps(text, finding->execution, finding->steps, finding->step_count);
    print_causes(text, finding);
    print_stuck(text, finding);
    print_who_and_what(text, finding->execution, finding->steps, finding->step_count);
}

void text_print_place(const struct text *text, const struct execution *execution, uint32_t stack,
                      const char *before)
{
    print_place(text, execution, stack, before);
}

void text_print_origin(const struct text *text, const struct execution *execution, uint32_t stack)
{
    print_origin(text, execution, stack);
}

/* What a step's thread would do later, for which the one before waits. */
static void print_wake(const struct text *text, const struct finding *finding, size_t step)
{
    const struct witness_event *wake = &finding->wakes[step];
    if (wake->thread != 0) {
        const char *what =
            witness_event_text(text->arena, text->report->names, finding->execution, wake);
        fprintf(text->out, "     only then %s, ", text_safe(text, what));
        print_place(text, finding->execution, wake->stack, "at ");
    }
}

static void print_finding_steps(const struct text *text, const struct finding *finding)
{
    for (size_t i = 0; i < finding->step_count; i++) {
        print_step(text, finding->execution, &finding->steps[i]);
        if (finding->wakes != NULL) {
            print_wake(text, finding, i);
        }
    }
}

/* Why none of them goes on. */
static const char *cycle_reason(const struct finding *finding)
{
    if (finding->kind == FINDING_BLOCKED_WAIT) {
        return "each waits for the next one, for ever, and nobody else in this run would end that";
    }
    return finding->rule == FINDING_RULE_RECURSIVE_READ
               ? "each waits for the other, for ever: readers of this lock queue behind writers"
               : "each waits for what the next one holds, for ever";
}

static void text_cycle(const struct text *text, size_t number, const struct finding *finding)
{
    text_heading(text, "%zu. %s (%s): %s", number, finding_kind_word(finding->kind),
                 confidence_word(finding->confidence),
                 text_safe(text, title_finding(text->arena, text->report->names, finding)));
    print_instances(text, finding->instances, ", at the same places");
    fprintf(text->out, "   %s, %s:\n",
            finding->execution->of_recordings
                ? "No recording shows all of this. If one process does it at the same time"
                : "If these happen at the same time",
            cycle_reason(finding));
    print_finding_steps(text, finding);
    if (finding->witness != NULL) {
        text_witness(text, finding);
    } else {
        text_doubt(text, finding);
    }
    print_who_and_what(text, finding->execution, finding->steps, finding->step_count);
}

static void text_order_violation(const struct text *text, size_t number,
                                 const struct finding *finding)
{
    const struct finding_order_broken *broken = finding->broken;
    const char *title = title_order_violation(text->arena, text->report->names, finding);
    text_heading(text, "%zu. %s (%s): %s", number, finding_kind_word(finding->kind),
                 confidence_word(finding->confidence), text_safe(text, title));
    print_instances(text, finding->instances, ", at the same places");
    fprintf(text->out, "   The order is: %s before %s. One thread that breaks it is enough:\n",
            text_safe(text, broken->before), text_safe(text, broken->after));
    print_steps(text, finding->execution, finding->steps, finding->step_count);
    fputs("   locks:\n", text->out);
    print_lock(text, finding->execution, step_held_lock(&finding->steps[0]));
    print_lock(text, finding->execution, step_wanted_lock(&finding->steps[0]));
    fputc('\n', text->out);
}

/* The story is that of a report: escaped already, if the file is what it should be. */
static void text_told(const struct text *text, size_t number, const struct finding *finding)
{
    const struct finding_told *told = finding->told;
    text_heading(text, "%zu. %s (%s): %s", number, text_safe(text, told->rule),
                 confidence_word(finding->confidence), text_safe(text, told->title));
    fprintf(text->out, "   in %s, one of %s merged that have it:\n", text_safe(text, told->file),
            text_count(text, told->recordings, "recording"));
    for (const char *line = told->story; *line != '\0';) {
        size_t bytes = strcspn(line, "\n");
        const char *copy = arena_printf(text->arena, "%.*s", (int)bytes, line);
        fprintf(text->out, "%s\n", text_safe(text, copy));
        line += bytes + (line[bytes] != '\0');
    }
}

void text_finding(const struct text *text, size_t number, const struct finding *finding)
{
    if (finding->told != NULL) {
        text_told(text, number, finding); /* with its own advice */
        return;
    }
    if (finding->broken != NULL) {
        text_order_violation(text, number, finding);
    } else if (finding->live != NULL) {
        text_deadlock(text, number, finding);
    } else if (finding->misuse != NULL) {
        text_misuse(text, number, finding);
    } else {
        text_cycle(text, number, finding);
    }
    text_advice(text, number, finding);
    fputc('\n', text->out);
}

/* Whether one could know which of two locks of a class to take first. */
static const char *nesting_text(const struct text *text, const struct finding_nesting *nesting)
{
    size_t upward = nesting->upward, downward = nesting->count - nesting->upward;
    if (nesting->declared == nesting->count) {
        return "Always in an order that the program declared";
    }
    if (nesting->count == 1) {
        return "Seen in one way only, which shows no order";
    }
    if (finding_nesting_is_ordered(nesting)) {
        return arena_printf(text->arena, "Always, in %zu ways, the one at the %s address first",
                            nesting->count, upward != 0 ? "lower" : "higher");
    }
    return arena_printf(text->arena,
                        "Not in the order of addresses: in %s the lower one first, in %s the "
                        "higher one; a list or a tree may order them, or nothing",
                        text_count(text, upward, "way"), text_count(text, downward, "way"));
}

void text_class_only(const struct text *text, const struct finding *finding)
{
    const char *title = title_class_cycle(text->arena, text->report->names, finding->execution,
                                          finding->steps, finding->step_count);
    text_heading(text, "class order only, no finding: %s", text_safe(text, title));
    if (finding->step_count == 1) {
        fprintf(text->out, "   Never the same two in both orders. %s.\n",
                nesting_text(text, &finding->nesting));
    } else {
        fputs(
            "   Locks of these classes are taken in all these orders, but never the same locks:\n",
            text->out);
    }
    print_cycle(text, finding->execution, finding->steps, finding->step_count);
    fputc('\n', text->out);
}

void text_dismissed(const struct text *text, const struct dismissed *dismissed)
{
    text_heading(text, "set aside (%s): %s", dismissal_word(dismissed->reason),
                 cycle_title(text, dismissed->execution, dismissed->steps, dismissed->step_count));
    fprintf(text->out, "   Harmless: %s.\n",
            text_safe(text, title_dismissal(text->arena, text->report->names, dismissed)));
    print_instances(text, dismissed->instances, ", for the same reason");
    for (size_t i = 0; i < dismissed->step_count; i++) {
        print_step(text, dismissed->execution, &dismissed->steps[i]);
    }
    fputc('\n', text->out);
}
