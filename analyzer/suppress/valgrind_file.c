/* Valgrind's format: "{", a name, "TOOLS:KIND", frames, "}". */
#include <stdlib.h>
#include <string.h>
#include "analyzer/suppress/suppression_file.h"

static const struct {
    const char *tool, *kind, *rules;
} kinds[] = {
#define VALGRIND(tool, kind, rules) {tool, kind, rules},
#include "analyzer/suppress/foreign_rules.def"
#undef VALGRIND
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

static bool is_word(const char *word, const char *text, size_t bytes)
{
    return strlen(word) == bytes && strncmp(word, text, bytes) == 0;
}

/* "Memcheck,Helgrind:Race": the rules of our tools among them; "" if the kind is of others only. */
static const char *read_kind(const struct lines *lines, const char **rules)
{
    const char *colon = strchr(lines->line, ':');
    if (colon == NULL || colon[1] == '\0') {
        return lines_error(lines, "expected the tool and the kind, as in Helgrind:LockOrder");
    }
    *rules = "";
    for (const char *tool = lines->line; tool < colon;) {
        size_t bytes = strcspn(tool, ",:");
        bool is_known_tool = false, is_known_kind = false;
        for (size_t i = 0; i < KIND_COUNT; i++) {
            bool is_tool = is_word(kinds[i].tool, tool, bytes);
            bool is_kind = is_tool && strcmp(kinds[i].kind, colon + 1) == 0;
            is_known_tool |= is_tool;
            is_known_kind |= is_kind;
            *rules = is_kind ? arena_printf(lines->arena, "%s%s%s", *rules,
                                            (*rules)[0] != '\0' ? "," : "", kinds[i].rules)
                             : *rules;
        }
        if (is_known_tool && !is_known_kind) {
            return lines_error(lines, "%.*s has no errors of kind '%s'", (int)bytes, tool,
                               colon + 1);
        }
        tool += bytes + 1;
    }
    return NULL;
}

static void split_line_number(struct arena *arena, struct frame_pattern *frame)
{
    const char *colon = strrchr(frame->pattern, ':');
    size_t digits = colon != NULL ? strspn(colon + 1, "0123456789") : 0;
    if (digits != 0 && colon[1 + digits] == '\0') {
        frame->line = (uint32_t)strtoul(colon + 1, NULL, 10);
        frame->pattern = arena_printf(arena, "%.*s", (int)(colon - frame->pattern), frame->pattern);
    }
}

/* False when the line is no frame. */
static bool read_frame(const struct lines *lines, struct condition *condition)
{
    const char *function = lines_after(lines, "fun:");
    const char *object = lines_after(lines, "obj:");
    const char *source = lines_after(lines, "src:");
    struct frame_pattern frame = {.kind = FRAME_ANY_NUMBER};
    if (function != NULL) {
        frame = (struct frame_pattern){.kind = FRAME_SYMBOL, .pattern = function};
    } else if (object != NULL) {
        frame = (struct frame_pattern){.kind = FRAME_OBJECT, .pattern = object};
    } else if (source != NULL) {
        frame = (struct frame_pattern){.kind = FRAME_SOURCE, .pattern = source};
        split_line_number(lines->arena, &frame);
    } else if (strcmp(lines->line, "...") != 0) {
        return false;
    }
    *array_add(lines->arena, &condition->frames) = frame;
    return true;
}

static bool has_place(const struct condition *condition)
{
    for (size_t i = 0; i < condition->frames.count; i++) {
        if (condition->frames.items[i].kind != FRAME_ANY_NUMBER) {
            return true;
        }
    }
    return false;
}

/* Up to the "}". Other tools' kinds may have lines of their own before the frames. */
static const char *read_frames(struct lines *lines, struct suppression *suppression,
                               struct condition *condition)
{
    while (lines_next(lines) && strcmp(lines->line, "}") != 0) {
        if (!read_frame(lines, condition) && suppression_applies(suppression)) {
            return lines_error(lines, "expected fun:, obj:, src:, ... or }, not '%s'", lines->line);
        }
    }
    if (lines->line == NULL) {
        return lines_error(lines, "the last suppression has no '}'");
    }
    if (suppression_applies(suppression) && !has_place(condition)) {
        return lines_error(lines, "the suppression '%s' has no frame", suppression->name);
    }
    return NULL;
}

static const char *read_one(struct lines *lines, struct suppression_list *list)
{
    if (strcmp(lines->line, "{") != 0) {
        return lines_error(lines, "expected '{', not '%s'", lines->line);
    }
    if (!lines_next(lines)) {
        return lines_error(lines, "expected the name of a suppression");
    }
    struct suppression *suppression = suppression_add(lines, list, lines->line);
    suppression->is_foreign = true;
    if (!lines_next(lines)) {
        return lines_error(lines, "expected the tool and the kind, as in Helgrind:LockOrder");
    }
    const char *problem = read_kind(lines, &suppression->rules);
    struct condition *condition = array_add(lines->arena, &suppression->conditions);
    condition->kind = CONDITION_VALGRIND;
    return problem != NULL ? problem : read_frames(lines, suppression, condition);
}

const char *suppression_file_valgrind(struct lines *lines, struct suppression_list *list)
{
    const char *problem = NULL;
    do {
        problem = read_one(lines, list);
    } while (problem == NULL && lines_next(lines));
    return problem;
}
