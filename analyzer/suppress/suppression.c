#include "analyzer/suppress/suppression.h"

#include <string.h>
#include "analyzer/report/place.h"
#include "analyzer/suppress/glob.h"

#define TOP_FRAMES  2 /* of Valgrind's own, at most */
#define LIBC_MODULE "/lib/x86_64-linux-gnu/libc.so.6"

/* Of frames of Valgrind's own, wherever it lies and whichever tool it is. */
static const char valgrind_module[] = "/usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so";

bool suppression_applies(const struct suppression *suppression)
{
    return suppression->rules == NULL || suppression->rules[0] != '\0';
}

static bool has_word(const char *words, const char *word)
{
    size_t bytes = strlen(word);
    for (; *words != '\0'; words += *words == ',') {
        size_t next = strcspn(words, ",");
        if (next == bytes && strncmp(words, word, bytes) == 0) {
            return true;
        }
        words += next;
    }
    return false;
}

static bool matches_name(const char *pattern, struct arena *arena, const struct frame *frame)
{
    return glob_matches(pattern, place_function(arena, frame)) ||
           glob_matches(pattern, frame->function);
}

static bool frame_matches(struct arena *arena, const struct frame_pattern *pattern,
                          const struct frame *frame)
{
    switch (pattern->kind) {
    case FRAME_FUNCTION:
        return matches_name(pattern->pattern, arena, frame);
    case FRAME_SYMBOL:
        return glob_matches(pattern->pattern, frame->symbol);
    case FRAME_OBJECT:
        return glob_matches(pattern->pattern, frame->module) ||
               (frame->module == valgrind_module &&
                strstr(pattern->pattern, "/vgpreload_") != NULL);
    default:
        return glob_matches_path(pattern->pattern, frame->file) &&
               (pattern->line == 0 || pattern->line == frame->line);
    }
}

/* The patterns from the innermost frame on; what is left of the stack does not matter. As with a
 * `*`, only the last "..." need ever take more. */
static bool stack_begins(struct arena *arena, const struct frame_pattern *patterns, size_t count,
                         struct frame_list stack)
{
    size_t pattern = 0, frame = 0;
    size_t any = count, any_frame = 0; /* no "..." so far */
    while (pattern < count) {
        if (patterns[pattern].kind == FRAME_ANY_NUMBER) {
            any = pattern++;
            any_frame = frame;
        } else if (frame < stack.count &&
                   frame_matches(arena, &patterns[pattern], &stack.frames[frame])) {
            pattern++;
            frame++;
        } else if (any != count && any_frame < stack.count) {
            pattern = any + 1;
            frame = ++any_frame;
        } else {
            return false;
        }
    }
    return true;
}

/* What Valgrind's tools call the function that they put in the place of one. */
static size_t replaced_names(struct arena *arena, const char *called, const char **names)
{
    size_t count = 0;
    names[count++] = called;
    names[count++] = arena_printf(arena, "%s@*", called);
    names[count++] = arena_printf(arena, "%s_WRK", called);
    names[count++] = arena_printf(arena, "%s_intercept", called);
    if (strcmp(called, "pthread_mutex_lock") == 0) {
        names[count++] = "mutex_lock_WRK";
    }
    return count;
}

static struct frame valgrind_frame(const char *symbol, const char *module)
{
    return (struct frame){.symbol = symbol, .module = module};
}

static bool is_of_main_thread(struct frame_list stack)
{
    for (size_t i = 0; i < stack.count; i++) {
        const char *function = stack.frames[i].function;
        if (function != NULL && strcmp(function, "main") == 0) {
            return true;
        }
    }
    return false;
}

/* The stack as the tools see it: TOP_FRAMES in front that are theirs, to be filled in, and behind
 * what starts a thread. */
static struct frame_list valgrind_stack(struct arena *arena, struct frame_list all)
{
    struct frame_list stack = {
        .frames = arena_alloc(arena, all.count + TOP_FRAMES + 3, sizeof *stack.frames)};
    memcpy(stack.frames + TOP_FRAMES, all.frames, all.count * sizeof *stack.frames);
    stack.count = TOP_FRAMES + all.count;
    if (!is_of_main_thread(all)) {
        stack.frames[stack.count++] = valgrind_frame("mythread_wrapper", valgrind_module);
        stack.frames[stack.count++] = valgrind_frame("start_thread", LIBC_MODULE);
        stack.frames[stack.count++] = valgrind_frame("clone", LIBC_MODULE);
    }
    return stack;
}

/* Without the first frames of those put in front. */
static bool begins_after(struct arena *arena, const struct condition *condition,
                         struct frame_list stack, size_t left_out)
{
    struct frame_list rest = {stack.count - left_out, stack.frames + left_out};
    return stack_begins(arena, condition->frames.items, condition->frames.count, rest);
}

/* With none, one or two frames of the tools on top. */
static bool valgrind_matches(struct arena *arena, const struct condition *condition,
                             const struct candidate_stack *candidate)
{
    const char *names[5];
    struct frame_list stack = valgrind_stack(arena, candidate->all);
    if (begins_after(arena, condition, stack, TOP_FRAMES)) {
        return true;
    }
    const char *called = candidate->called;
    size_t count = called[0] != '\0' ? replaced_names(arena, called, names) : 0;
    for (size_t i = 0; i < count; i++) {
        stack.frames[0] = valgrind_frame(names[i], valgrind_module);
        stack.frames[1] = valgrind_frame(called, valgrind_module);
        if (begins_after(arena, condition, stack, 0)) {
            return true;
        }
        stack.frames[1] = stack.frames[0];
        if (begins_after(arena, condition, stack, 1)) {
            return true;
        }
    }
    return false;
}

static bool frame_has_part(const char *pattern, const struct frame *frame)
{
    return glob_matches_stars(pattern, frame->function) ||
           glob_matches_stars(pattern, frame->file) || glob_matches_stars(pattern, frame->module);
}

static bool any_frame(struct arena *arena, const struct condition *condition,
                      const struct candidate_stack *stack)
{
    for (size_t i = 0; i < stack->all.count; i++) {
        const struct frame *frame = &stack->all.frames[i];
        bool found = false;
        switch (condition->kind) {
        case CONDITION_MODULE:
            found = glob_matches_path(condition->pattern, frame->module);
            break;
        case CONDITION_SOURCE:
            found = glob_matches_path(condition->pattern, frame->file);
            break;
        case CONDITION_FUNCTION:
            found = matches_name(condition->pattern, arena, frame);
            break;
        default:
            found = frame_has_part(condition->pattern, frame);
        }
        if (found) {
            return true;
        }
    }
    return false;
}

static bool stack_matches(struct arena *arena, const struct condition *condition,
                          const struct candidate_stack *stack)
{
    switch (condition->kind) {
    case CONDITION_STACK:
        return stack_begins(arena, condition->frames.items, condition->frames.count,
                            stack->program);
    case CONDITION_VALGRIND:
        return stack->is_main && valgrind_matches(arena, condition, stack);
    case CONDITION_CALLED_FROM:
        return glob_matches_stars(condition->pattern, stack->all.frames[0].module);
    default:
        return any_frame(arena, condition, stack);
    }
}

static bool condition_holds(struct arena *arena, const struct condition *condition,
                            const struct candidate *candidate)
{
    const char *pattern = condition->pattern;
    bool found = false;
    switch (condition->kind) {
    case CONDITION_RULE:
        return glob_matches(pattern, candidate->rule) || glob_matches(pattern, candidate->kind);
    case CONDITION_FINGERPRINT:
        return glob_matches(pattern, candidate->fingerprint);
    case CONDITION_LOCK:
        for (size_t i = 0; i < candidate->locks.count && !found; i++) {
            found = glob_matches(pattern, candidate->locks.items[i]);
        }
        return found;
    default:
        for (size_t i = 0; i < candidate->stacks.count && !found; i++) {
            found = stack_matches(arena, condition, &candidate->stacks.items[i]);
        }
        return found;
    }
}

bool suppression_matches(struct arena *arena, const struct suppression *suppression,
                         const struct candidate *candidate)
{
    if (suppression->rules != NULL && !has_word(suppression->rules, candidate->rule)) {
        return false;
    }
    for (size_t i = 0; i < suppression->conditions.count; i++) {
        if (!condition_holds(arena, &suppression->conditions.items[i], candidate)) {
            return false;
        }
    }
    return true;
}
