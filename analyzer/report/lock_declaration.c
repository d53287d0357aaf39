#include "analyzer/report/lock_declaration.h"

#include <ctype.h>
#include <string.h>

#define STATIC_INITIALISER    "PTHREAD_MUTEX_INITIALIZER"
#define RECURSIVE_INITIALISER "PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP"

static const char *copy(struct arena *arena, const char *start, const char *end)
{
    while (end > start && isspace((unsigned char)end[-1])) {
        end--;
    }
    while (start < end && isspace((unsigned char)*start)) {
        start++;
    }
    return arena_printf(arena, "%.*s", (int)(end - start), start);
}

/* Where the declarator ends: at a comma or semicolon outside of brackets. */
static const char *declarator_end(const char *at)
{
    int depth = 0;
    for (; *at != '\0'; at++) {
        depth += strchr("([{", *at) != NULL ? 1 : strchr(")]}", *at) != NULL ? -1 : 0;
        if (depth == 0 && (*at == ',' || *at == ';')) {
            return at;
        }
    }
    return NULL;
}

/* A name and maybe an initialiser: no arrays, pointers, functions. */
static bool add_declarator(struct arena *arena, const char *start, const char *end,
                           struct lock_declaration *result)
{
    size_t bytes;
    const char *text = copy(arena, start, end);
    const char *name = source_word(text, &bytes);
    if (name == NULL || name != text) {
        return false;
    }
    const char *rest = name + bytes + strspn(name + bytes, " \t");
    if (*rest != '\0' && *rest != '=' && *rest != '{') {
        return false;
    }
    *array_add(arena, &result->declarators) = (struct lock_declarator){
        copy(arena, name, name + bytes), copy(arena, rest, rest + strlen(rest))};
    return true;
}

static bool is_qualifier(const char *word, size_t bytes)
{
    static const char *const words[] = {"static", "inline", "volatile", "mutable", "constinit"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == bytes && memcmp(words[i], word, bytes) == 0) {
            return true;
        }
    }
    return false;
}

/* Words, "::" between some of them; returns where the first declarator begins. */
static const char *parse_type(struct arena *arena, const char *code,
                              struct lock_declaration *result)
{
    size_t bytes;
    const char *type = source_word(code, &bytes);
    while (type != NULL && is_qualifier(type, bytes)) {
        type = source_word(type + bytes, &bytes);
    }
    if (type == NULL) {
        return NULL;
    }
    const char *end = type + bytes;
    while (end[0] == ':' && end[1] == ':' && source_word(end, &bytes) == end + 2) {
        end += 2 + bytes;
    }
    if (!isspace((unsigned char)*end)) {
        return NULL;
    }
    result->qualifiers = arena_printf(arena, "%.*s", (int)(type - code), code);
    result->type = copy(arena, type, end);
    return end;
}

bool lock_declaration_parse(struct arena *arena, const struct source_text *text, uint32_t line,
                            const char *name, struct lock_declaration *result)
{
    const char *code = source_code(arena, text, line);
    const char *lines_end = strchr(code, ';');
    bool found = false;
    *result = (struct lock_declaration){0};
    if (lines_end == NULL || lines_end[1] != '\0' || source_is_directive(text, line) ||
        !source_begins_statement(text, line)) {
        return false;
    }
    const char *at = parse_type(arena, code, result);
    while (at != NULL && *at != ';') {
        at += !isspace((unsigned char)*at); /* past the comma */
        const char *end = declarator_end(at);
        if (end == NULL || !add_declarator(arena, at, end, result)) {
            return false;
        }
        found |= strcmp(result->declarators.items[result->declarators.count - 1].name, name) == 0;
        at = end;
    }
    return found;
}

bool lock_declaration_recursive(struct arena *arena, const char *type, const char *initialiser,
                                const char **new_type, const char **new_initialiser)
{
    static const char *const types[][2] = {{"mutex", "recursive_mutex"},
                                           {"timed_mutex", "recursive_timed_mutex"}};
    const char *plain = strncmp(type, "std::", 5) == 0 ? type + 5 : type;
    *new_type = type;
    *new_initialiser = initialiser;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(plain, types[i][0]) == 0) {
            *new_type = arena_printf(arena, "%.*s%s", (int)(plain - type), type, types[i][1]);
            return true;
        }
    }
    const char *value = initialiser + (*initialiser == '=');
    if (strcmp(type, "pthread_mutex_t") == 0 &&
        strcmp(value + strspn(value, " \t"), STATIC_INITIALISER) == 0) {
        *new_initialiser = "= " RECURSIVE_INITIALISER;
        return true;
    }
    return false;
}
