/* Our own format: "suppression NAME", then one condition a line. */
#include <string.h>
#include "analyzer/suppress/suppression_file.h"

#define FRAME_SEPARATOR " < "

static const struct {
    const char *key;
    enum condition_kind kind;
} keys[] = {
#define CONDITION(NAME, key) {key, CONDITION_##NAME},
#include "analyzer/suppress/conditions.def"
#undef CONDITION
};

static void add_frames(struct arena *arena, struct condition *condition)
{
    for (const char *next = condition->pattern; next != NULL;) {
        const char *end = strstr(next, FRAME_SEPARATOR);
        size_t bytes = end != NULL ? (size_t)(end - next) : strlen(next);
        const char *pattern = arena_printf(arena, "%.*s", (int)bytes, next);
        *array_add(arena, &condition->frames) = (struct frame_pattern){
            .kind = strcmp(pattern, "...") == 0 ? FRAME_ANY_NUMBER : FRAME_FUNCTION,
            .pattern = pattern};
        next = end != NULL ? end + strlen(FRAME_SEPARATOR) : NULL;
    }
}

static const char *read_condition(const struct lines *lines, struct suppression *suppression)
{
    size_t bytes = strcspn(lines->line, ":");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strlen(keys[i].key) != bytes || strncmp(keys[i].key, lines->line, bytes) != 0 ||
            lines->line[bytes] != ':') {
            continue;
        }
        const char *value = lines->line + bytes + 1;
        value += strspn(value, " \t");
        if (*value == '\0') {
            return lines_error(lines, "'%s:' needs a value", keys[i].key);
        }
        struct condition *condition = array_add(lines->arena, &suppression->conditions);
        *condition = (struct condition){.kind = keys[i].kind, .pattern = value};
        if (condition->kind == CONDITION_STACK) {
            add_frames(lines->arena, condition);
        }
        return NULL;
    }
    return lines_error(lines,
                       "expected 'suppression NAME', or one of rule:, lock:, module:, source:, "
                       "function:, stack: and fingerprint:, not '%s'",
                       lines->line);
}

/* One without a condition would match everything. */
static const char *check(const struct lines *lines, const struct suppression *suppression)
{
    return suppression->conditions.count != 0
               ? NULL
               : arena_printf(lines->arena, "%s:%u: the suppression says nothing of what it is for",
                              suppression->file, suppression->line);
}

const char *suppression_file_own(struct lines *lines, struct suppression_list *list)
{
    struct suppression *suppression = NULL;
    const char *problem = NULL;
    do {
        const char *name = lines_after(lines, "suppression");
        bool is_heading = name != NULL && strchr(" \t", lines->line[strlen("suppression")]) != NULL;
        if (is_heading) {
            problem = suppression != NULL ? check(lines, suppression) : NULL;
            suppression = suppression_add(lines, list, name);
        } else if (suppression == NULL) {
            problem = lines_error(lines, "expected 'suppression NAME'");
        } else {
            problem = read_condition(lines, suppression);
        }
    } while (problem == NULL && lines_next(lines));
    return problem != NULL ? problem : check(lines, suppression);
}
