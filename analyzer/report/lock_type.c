#include "analyzer/report/lock_type.h"

#include <string.h>
#include "analyzer/report/lock_statement.h"

/* Of pthread_mutex_init(&lock, NULL). */
static const char *with_attribute(struct arena *arena, const struct source_text *text,
                                  uint32_t line, const char *arguments)
{
    const char *comma = strrchr(arguments, ',');
    const char *attribute = comma != NULL ? lock_statement_squeezed(arena, comma + 1) : "";
    const char *indent = source_indent(arena, text, line);
    const char *step = strchr(indent, '\t') != NULL ? "\t" : "    ";
    if (strcmp(attribute, "NULL") != 0 && strcmp(attribute, "nullptr") != 0 &&
        strcmp(attribute, "0") != 0) {
        return NULL;
    }
    return arena_printf(arena,
                        "%s{\n"
                        "%s%spthread_mutexattr_t recursive;\n"
                        "%s%spthread_mutexattr_init(&recursive);\n"
                        "%s%spthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);\n"
                        "%s%spthread_mutex_init(%.*s, &recursive);\n"
                        "%s%spthread_mutexattr_destroy(&recursive);\n"
                        "%s}",
                        indent, indent, step, indent, step, indent, step, indent, step,
                        (int)(comma - arguments), arguments, indent, step, indent);
}

/* Of mtx_init(&lock, mtx_plain). */
static const char *with_type(struct arena *arena, const struct source_text *text, uint32_t line,
                             const char *arguments)
{
    const char *comma = strrchr(arguments, ',');
    const char *type = comma != NULL ? lock_statement_squeezed(arena, comma + 1) : "";
    if (strcmp(type, "mtx_plain") != 0 && strcmp(type, "mtx_timed") != 0) {
        return NULL;
    }
    return arena_printf(arena, "%smtx_init(%.*s, %s | mtx_recursive);",
                        source_indent(arena, text, line), (int)(comma - arguments), arguments,
                        type);
}

const char *lock_type_recursive_call(struct arena *arena, const struct source_text *text,
                                     uint32_t line)
{
    const char *arguments;
    if (lock_statement_is_call(arena, text, line, "pthread_mutex_init", &arguments)) {
        return with_attribute(arena, text, line, arguments);
    }
    if (lock_statement_is_call(arena, text, line, "mtx_init", &arguments)) {
        return with_type(arena, text, line, arguments);
    }
    return NULL;
}

static bool has_ending(const char *path, const char *ending)
{
    size_t bytes = strlen(path), end_bytes = strlen(ending);
    return bytes > end_bytes && strcmp(path + bytes - end_bytes, ending) == 0;
}

bool lock_type_require_gnu(struct edit_list *edits, const struct source_text *text, bool is_cxx)
{
    uint32_t line = 1;
    if (is_cxx) {
        return true; /* its compilers define it themselves */
    }
    while (line < text->line_count && source_code(edits->arena, text, line)[0] == '\0') {
        line++;
    }
    if (strncmp(source_code(edits->arena, text, line), "#define _GNU_SOURCE", 19) != 0) {
        edit_list_insert(edits, text->path, line,
                         "#ifndef _GNU_SOURCE\n"
                         "#define _GNU_SOURCE /* PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP */\n"
                         "#endif");
    }
    return has_ending(text->path, ".c");
}

/* With "mutex" as an argument of a template made "recursive_mutex"; NULL if there is none. */
static const char *with_recursive_type(struct arena *arena, const char *line)
{
    static const char *const types[][2] = {{"<std::mutex>", "<std::recursive_mutex>"},
                                           {"<mutex>", "<recursive_mutex>"},
                                           {"<std::timed_mutex>", "<std::recursive_timed_mutex>"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const char *found = strstr(line, types[i][0]);
        if (found != NULL) {
            return arena_printf(arena, "%.*s%s%s", (int)(found - line), line, types[i][1],
                                found + strlen(types[i][0]));
        }
    }
    return NULL;
}

/* "lock.lock()", "lock.unlock()", "lock.try_lock()": nothing that depends on the type. */
static bool only_calls_it(struct arena *arena, const char *code, const char *variable)
{
    static const char *const functions[] = {"lock()", "unlock()", "try_lock()"};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (strstr(code, arena_printf(arena, "%s.%s", variable, functions[i])) != NULL) {
            return true;
        }
    }
    return false;
}

/* A guard that takes its type from the lock, or several locks at once. */
static bool deduces_type(const char *code)
{
    return strchr(code, '<') == NULL &&
           (source_has_word(code, "lock_guard") || source_has_word(code, "scoped_lock") ||
            source_has_word(code, "unique_lock") || strstr(code, "std::lock(") != NULL);
}

/* A unique_lock may be passed on, and a condition_variable wants one of a std::mutex. */
static bool passes_unique_lock(const struct source_text *text)
{
    for (uint32_t line = 1; line <= text->line_count; line++) {
        const char *code = text->code[line - 1];
        if (source_has_word(code, "condition_variable") ||
            (source_has_word(code, "unique_lock") && strchr(code, '&') != NULL)) {
            return true;
        }
    }
    return false;
}

bool lock_type_change_uses(struct edit_list *edits, const struct source_text *text,
                           const char *variable, uint32_t definition)
{
    bool fixed_type = passes_unique_lock(text);
    for (uint32_t line = 1; line <= text->line_count; line++) {
        const char *code = text->code[line - 1];
        if (line == definition || !source_has_word(code, variable) ||
            edit_list_has(edits, text->path, line)) {
            continue;
        }
        const char *changed = with_recursive_type(edits->arena, text->lines[line - 1]);
        if (fixed_type && source_has_word(code, "unique_lock")) {
            return false;
        }
        if (changed != NULL) {
            edit_list_replace(edits, text->path, line, changed);
        } else if (!deduces_type(code) && !only_calls_it(edits->arena, code, variable)) {
            return false;
        }
    }
    return true;
}

bool lock_type_is_member_name(struct arena *arena, const struct source_text *text, const char *name)
{
    const char *by_dot = arena_printf(arena, ".%s", name);
    const char *by_arrow = arena_printf(arena, "->%s", name);
    for (uint32_t line = 1; line <= text->line_count; line++) {
        const char *code = text->code[line - 1];
        if (strstr(code, by_dot) != NULL || strstr(code, by_arrow) != NULL) {
            return true;
        }
    }
    return false;
}

void lock_type_drop_destroy(struct edit_list *edits, const struct source_text *text,
                            const char *variable)
{
    static const char *const functions[] = {"pthread_mutex_destroy", "mtx_destroy"};
    const char *wanted = arena_printf(edits->arena, "&%s", variable);
    for (uint32_t line = 1; line <= text->line_count; line++) {
        for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
            const char *arguments;
            if (source_has_word(text->code[line - 1], functions[i]) &&
                lock_statement_is_call(edits->arena, text, line, functions[i], &arguments) &&
                strcmp(lock_statement_squeezed(edits->arena, arguments), wanted) == 0) {
                edit_list_replace(edits, text->path, line, NULL);
            }
        }
    }
}
