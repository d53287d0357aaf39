#include "analyzer/report/text_step.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/model/thread_end.h"
#include "analyzer/report/declared_order.h"
#include "analyzer/report/place.h"
#include "analyzer/report/title.h"

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
        text_print_place(text, execution, hold->stack, "     must end first; it was created at ");
        return;
    }
    bool initialises = is_initialised_once(execution, hold->lock);
    fprintf(text->out, "     %s %s%s, ", initialises ? "runs the initialiser of" : "holds",
            lock_name(text, execution, hold->lock), hold_suffix(text, hold));
    text_print_place(text, execution, hold->stack, initialises ? "called at " : "taken at ");
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
    text_print_place(text, execution, dependency->stack, "at ");
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
    text_print_origin(text, execution, order->stack);
}

void text_print_step(const struct text *text, const struct execution *execution,
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
    text_print_origin(text, execution, thread->created_stack);
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

void text_print_lock(const struct text *text, const struct execution *execution, uint32_t id)
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
    text_print_origin(text, execution, names_birth_stack(lock));
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

void text_print_steps(const struct text *text, const struct execution *execution,
                      const struct cycle_step *steps, size_t step_count)
{
    for (size_t i = 0; i < step_count; i++) {
        text_print_step(text, execution, &steps[i]);
    }
}

void text_print_who_and_what(const struct text *text, const struct execution *execution,
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
            text_print_lock(text, execution, step_held_lock(&steps[i]));
        }
    }
    for (size_t i = 0; i < step_count; i++) {
        if (is_only_awaited(execution, step_wanted_lock(&steps[i])) &&
            !seen_before(steps, i, step_wanted_lock)) {
            text_print_lock(text, execution, step_wanted_lock(&steps[i]));
        }
    }
}
