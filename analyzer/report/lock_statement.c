#include "analyzer/report/lock_statement.h"

#include <ctype.h>
#include <string.h>

static const struct lock_calls all_calls[] = {
#define LOCK_CALLS(lock, try_lock, failed, unlock) {lock, try_lock, failed, unlock},
#include "analyzer/report/lock_calls.def"
#undef LOCK_CALLS
};

static const char *copy(struct arena *arena, const char *start, const char *end)
{
    return arena_printf(arena, "%.*s", (int)(end - start), start);
}

const char *lock_statement_squeezed(struct arena *arena, const char *code)
{
    char *result = arena_strdup(arena, code);
    char *end = result;
    for (; *code != '\0'; code++) {
        if (!isspace((unsigned char)*code)) {
            *end++ = *code;
        }
    }
    *end = '\0';
    return result;
}

/* Behind the bracket that closes the one at `open`; NULL if none does. */
static const char *past_bracket(const char *open)
{
    int depth = 0;
    for (const char *at = open; *at != '\0'; at++) {
        depth += strchr("([{", *at) != NULL ? 1 : strchr(")]}", *at) != NULL ? -1 : 0;
        if (depth == 0) {
            return at + 1;
        }
    }
    return NULL;
}

static bool has_comma(const char *text)
{
    int depth = 0;
    for (; *text != '\0'; text++) {
        depth += strchr("([{<", *text) != NULL ? 1 : strchr(")]}>", *text) != NULL ? -1 : 0;
        if (*text == ',' && depth == 0) {
            return true;
        }
    }
    return false;
}

/* One statement that is always carried out as a whole, and changes nothing but by calls. */
static bool is_simple(const struct source_text *text, uint32_t line, const char *code)
{
    static const char *const keywords[] = {"return", "if",   "for",  "while", "do",     "switch",
                                           "goto",   "case", "else", "break", "typedef"};
    static const char *const other[] = {"&&", "||", "?", "++", "--", "[&", "[=", "[]", "="};
    const char *end = strchr(code, ';');
    if (end == NULL || end[1] != '\0' || source_is_directive(text, line) ||
        !source_begins_statement(text, line)) {
        return false;
    }
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (source_has_word(code, keywords[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        if (strstr(code, other[i]) != NULL) {
            return false;
        }
    }
    return true;
}

/* The call of a function in the code; its arguments. */
static const char *find_call(struct arena *arena, const char *code, const char *function,
                             const char **arguments)
{
    size_t bytes;
    size_t wanted = strlen(function);
    for (const char *at = source_word(code, &bytes); at != NULL;
         at = source_word(at + bytes, &bytes)) {
        const char *open = at + bytes + strspn(at + bytes, " \t");
        const char *end = *open == '(' ? past_bracket(open) : NULL;
        if (bytes == wanted && memcmp(at, function, bytes) == 0 && end != NULL) {
            *arguments = copy(arena, open + 1, end - 1);
            return at;
        }
    }
    return NULL;
}

static const char *without_void(const char *code)
{
    return strncmp(code, "(void)", 6) == 0 ? code + 6 + strspn(code + 6, " \t") : code;
}

bool lock_statement_is_call(struct arena *arena, const struct source_text *text, uint32_t line,
                            const char *function, const char **arguments)
{
    const char *code = source_code(arena, text, line);
    const char *found =
        is_simple(text, line, code) ? find_call(arena, code, function, arguments) : NULL;
    return found != NULL && found == without_void(code) &&
           strcmp(lock_statement_squeezed(arena, found),
                  lock_statement_squeezed(
                      arena, arena_printf(arena, "%s(%s);", function, *arguments))) == 0;
}

static bool parse_call(struct arena *arena, struct lock_statement *statement)
{
    for (size_t i = 0; i < sizeof all_calls / sizeof all_calls[0]; i++) {
        const char *arguments;
        const char *call = find_call(arena, statement->code, all_calls[i].lock, &arguments);
        if (call == NULL) {
            continue;
        }
        if (statement->form != LOCK_STATEMENT_NONE || has_comma(arguments)) {
            return false; /* two locks */
        }
        statement->form = LOCK_STATEMENT_CALL;
        statement->calls = &all_calls[i];
        statement->lock = arguments;
        statement->is_plain = lock_statement_is_call(arena, statement->text, statement->line,
                                                     all_calls[i].lock, &arguments);
    }
    return statement->form != LOCK_STATEMENT_NONE;
}

/* "table->lock.lock();" */
static bool parse_method(struct arena *arena, struct lock_statement *statement)
{
    const char *code = statement->code;
    const char *ending = "lock();";
    size_t bytes = strlen(code), end_bytes = strlen(ending);
    const char *object_end = code + bytes - end_bytes;
    if (bytes <= end_bytes || strcmp(object_end, ending) != 0 ||
        (object_end[-1] != '.' && object_end[-1] != '>') ||
        strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.->:[]()*&") <
            bytes - 1) {
        return false;
    }
    statement->form = LOCK_STATEMENT_METHOD;
    statement->lock = copy(arena, code, object_end);
    statement->is_plain = true;
    return true;
}

/* Past "const" and "std::"; NULL unless a guard's type follows. */
static const char *guard_type(const char *code, size_t *bytes)
{
    static const char *const types[] = {"lock_guard", "unique_lock", "scoped_lock"};
    const char *word = source_word(code, bytes);
    while (word != NULL && (strncmp(word, "const", *bytes) == 0 ||
                            (strncmp(word, "std", *bytes) == 0 && word[*bytes] == ':'))) {
        word = source_word(word + *bytes, bytes);
    }
    for (size_t i = 0; word != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (strlen(types[i]) == *bytes && memcmp(word, types[i], *bytes) == 0) {
            return word;
        }
    }
    return NULL;
}

static const char *past_angles(const char *open)
{
    int depth = 0;
    for (const char *at = open; *at != '\0' && *at != '('; at++) {
        depth += *at == '<' ? 1 : *at == '>' ? -1 : 0;
        if (depth == 0) {
            return at + 1;
        }
    }
    return NULL;
}

/* "std::lock_guard<std::mutex> guard(lock);", also with braces and without the type's argument. */
static bool parse_guard(struct arena *arena, struct lock_statement *statement)
{
    size_t bytes;
    const char *type = guard_type(statement->code, &bytes);
    const char *at = type != NULL ? type + bytes : NULL;
    if (at != NULL && *at == '<') {
        at = past_angles(at);
    }
    if (at == NULL) {
        return false;
    }
    at += strspn(at, " \t");
    size_t name_bytes;
    const char *name = source_word(at, &name_bytes);
    const char *open = name == at ? name + name_bytes : "";
    const char *end = *open == '(' || *open == '{' ? past_bracket(open) : NULL;
    const char *lock = end != NULL ? copy(arena, open + 1, end - 1) : "";
    if (end == NULL || strcmp(end, ";") != 0 || lock[0] == '\0' || has_comma(lock)) {
        return false;
    }
    statement->form = LOCK_STATEMENT_GUARD;
    statement->guard_type = copy(arena, type, type + bytes);
    statement->guard = copy(arena, name, name + name_bytes);
    statement->lock = lock;
    statement->is_plain = true;
    return true;
}

struct lock_statement lock_statement_parse(struct arena *arena, const struct source_text *text,
                                           uint32_t line)
{
    struct lock_statement statement = {
        .text = text, .line = line, .code = source_code(arena, text, line), .words = ""};
    if (statement.code[0] != '\0') {
        const char *code = text->code[line - 1];
        const char *words = text->lines[line - 1] + strspn(code, " \t");
        statement.words = copy(arena, words, words + strlen(statement.code));
    }
    statement.is_simple = is_simple(text, line, statement.code);
    if (!statement.is_simple ||
        (!parse_guard(arena, &statement) && !parse_method(arena, &statement) &&
         !parse_call(arena, &statement))) {
        statement.form = LOCK_STATEMENT_NONE;
    }
    return statement;
}

const char *lock_statement_release(struct arena *arena, const struct lock_statement *statement)
{
    switch (statement->form) {
    case LOCK_STATEMENT_CALL:
        return arena_printf(arena, "%s(%s);", statement->calls->unlock, statement->lock);
    case LOCK_STATEMENT_METHOD:
        return arena_printf(arena, "%sunlock();", statement->lock);
    case LOCK_STATEMENT_GUARD:
        return strcmp(statement->guard_type, "unique_lock") == 0
                   ? arena_printf(arena, "%s.unlock();", statement->guard)
                   : NULL;
    default:
        return NULL;
    }
}

const char *lock_statement_acquire(struct arena *arena, const struct lock_statement *statement)
{
    switch (statement->form) {
    case LOCK_STATEMENT_CALL:
        return arena_printf(arena, "%s(%s);", statement->calls->lock, statement->lock);
    case LOCK_STATEMENT_METHOD:
        return arena_printf(arena, "%slock();", statement->lock);
    case LOCK_STATEMENT_GUARD:
        return strcmp(statement->guard_type, "unique_lock") == 0
                   ? arena_printf(arena, "%s.lock();", statement->guard)
                   : NULL;
    default:
        return NULL;
    }
}

const char *lock_statement_try_failed(struct arena *arena, const struct lock_statement *statement)
{
    switch (statement->form) {
    case LOCK_STATEMENT_CALL:
        return arena_printf(arena, "%s(%s) %s", statement->calls->try_lock, statement->lock,
                            statement->calls->failed);
    case LOCK_STATEMENT_METHOD:
        return arena_printf(arena, "!%stry_lock()", statement->lock);
    default:
        return NULL;
    }
}

uint32_t lock_statement_release_line(struct arena *arena, const struct lock_statement *statement)
{
    const struct source_text *text = statement->text;
    uint32_t end =
        statement->form != LOCK_STATEMENT_NONE ? source_block_end(text, statement->line) : 0;
    uint32_t found = 0;
    if (end == 0 || statement->form == LOCK_STATEMENT_GUARD) {
        return end;
    }
    const char *release = lock_statement_release(arena, statement);
    const char *wanted = lock_statement_squeezed(arena, release);
    bool may_be_inside = statement->form == LOCK_STATEMENT_CALL; /* of another call */
    wanted = may_be_inside ? copy(arena, wanted, wanted + strlen(wanted) - 1) : wanted;
    for (uint32_t line = statement->line + 1; line < end; line++) {
        const char *code = source_code(arena, text, line);
        const char *at = strstr(lock_statement_squeezed(arena, code), wanted);
        if (at == NULL ||
            (!may_be_inside && strcmp(lock_statement_squeezed(arena, code), at) != 0)) {
            continue;
        }
        if (found != 0 || !is_simple(text, line, code)) {
            return 0;
        }
        found = line;
    }
    return found != 0 && source_flows(text, statement->line, found, false) ? found : 0;
}

bool lock_statement_can_repeat(const struct lock_statement *statement)
{
    return statement->form != LOCK_STATEMENT_NONE && strchr(statement->lock, '(') == NULL;
}

/* What the statement names is as it was on the line `first`. */
bool lock_statement_can_move(const struct lock_statement *statement, uint32_t first)
{
    size_t bytes;
    bool is_guard = statement->form == LOCK_STATEMENT_GUARD;
    char word[128];
    if (!source_flows(statement->text, first, statement->line, is_guard)) {
        return false;
    }
    for (const char *at = source_word(statement->code, &bytes); at != NULL;
         at = source_word(at + bytes, &bytes)) {
        const char *next = at + bytes + strspn(at + bytes, " \t");
        bool is_function = *next == '(' && !is_guard;
        if (bytes >= sizeof word) {
            return false;
        }
        memcpy(word, at, bytes);
        word[bytes] = '\0';
        bool is_type = is_guard && (strcmp(word, "std") == 0 || strcmp(word, "const") == 0 ||
                                    strstr(word, "mutex") != NULL);
        if (!is_function && !is_type &&
            source_mentions(statement->text, first + 1, statement->line - 1, word)) {
            return false;
        }
    }
    return true;
}
