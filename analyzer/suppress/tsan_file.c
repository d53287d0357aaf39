/* ThreadSanitizer's format: "type:pattern". */
#include <string.h>
#include "analyzer/suppress/suppression_file.h"

static const struct tsan_type {
    const char *type;
    enum condition_kind condition;
    const char *rules;
} types[] = {
#define TSAN(type, condition, rules) {type, condition, rules},
#include "analyzer/suppress/foreign_rules.def"
#undef TSAN
};

static const struct tsan_type *find_type(const char *line)
{
    size_t bytes = strcspn(line, ":");
    for (size_t i = 0; line[bytes] == ':' && i < sizeof types / sizeof types[0]; i++) {
        if (strlen(types[i].type) == bytes && strncmp(types[i].type, line, bytes) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

/* Any part of the text, unless ^ and $ say otherwise. */
static const char *with_stars(struct arena *arena, const char *pattern)
{
    size_t bytes = strlen(pattern);
    bool from_start = pattern[0] == '^';
    bool to_end = bytes != 0 && pattern[bytes - 1] == '$';
    return arena_printf(arena, "%s%.*s%s", from_start ? "" : "*",
                        (int)(bytes - from_start - to_end), pattern + from_start,
                        to_end ? "" : "*");
}

const char *suppression_file_tsan(struct lines *lines, struct suppression_list *list)
{
    do {
        const struct tsan_type *type = find_type(lines->line);
        if (type == NULL) {
            return lines_error(lines,
                               "'%s' begins no file of suppressions: neither 'suppression NAME', "
                               "nor a type of ThreadSanitizer's, nor Valgrind's '{'",
                               lines->line);
        }
        const char *pattern = lines->line + strlen(type->type) + 1;
        if (pattern[0] == '\0' || strcmp(pattern, "^") == 0) {
            return lines_error(lines, "'%s:' needs a pattern", type->type);
        }
        struct suppression *suppression = suppression_add(lines, list, lines->line);
        suppression->is_foreign = true;
        suppression->rules = type->rules;
        *array_add(lines->arena, &suppression->conditions) = (struct condition){
            .kind = type->condition, .pattern = with_stars(lines->arena, pattern)};
    } while (lines_next(lines));
    return NULL;
}
