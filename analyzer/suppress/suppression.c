#include "analyzer/suppress/suppression.h"

#include <string.h>
#include "analyzer/report/place.h"
#include "analyzer/suppress/glob.h"

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
        return glob_matches(pattern->pattern, frame->module);
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

/* Valgrind's tools have frames of their own on top: what they replace, and what with. */
static size_t replaced_frames(struct arena *arena, const char *called, const char **names)
{
    size_t count = 0;
    names[count++] = called;
    names[count++] = arena_printf(arena, "%s_WRK", called);
    names[count++] = arena_printf(arena, "%s_intercept", called);
    if (strcmp(called, "pthread_mutex_lock") == 0) {
        names[count++] = "mutex_lock_WRK";
    }
    return count;
}

/* The stack as it is, and as it would be with one or two of those frames. */
static bool valgrind_matches(struct arena *arena, const struct condition *condition,
                             const struct candidate_stack *stack)
{
    const char *names[4];
    struct frame_list longer = {
        .frames = arena_alloc(arena, stack->all.count + 2, sizeof *longer.frames)};
    memcpy(longer.frames + 2, stack->all.frames, stack->all.count * sizeof *longer.frames);
    struct frame_list tried = {stack->all.count, longer.frames + 2};
    if (stack_begins(arena, condition->frames.items, condition->frames.count, tried)) {
        return true;
    }
    size_t count = stack->called[0] != '\0' ? replaced_frames(arena, stack->called, names) : 0;
    for (size_t i = 0; i < count; i++) {
        longer.frames[0] = (struct frame){.symbol = names[i], .module = ""};
        longer.frames[1] = (struct frame){.symbol = stack->called, .module = ""};
        tried = i == 0 ? (struct frame_list){stack->all.count + 1, longer.frames + 1}
                       : (struct frame_list){stack->all.count + 2, longer.frames};
        if (stack_begins(arena, condition->frames.items, condition->frames.count, tried)) {
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
