#include "analyzer/report/source_text.h"

#include <ctype.h>
#include <string.h>
#include "analyzer/base/table.h"
#include "analyzer/report/source.h"

struct read_text {
    const char *path;
    const struct source_text *text; /* NULL: it cannot be read */
    UT_hash_handle hh;
};

struct source_texts {
    struct arena *arena;
    struct read_text *files;
};

struct source_texts *source_texts_create(struct arena *arena)
{
    struct source_texts *texts = arena_alloc(arena, 1, sizeof *texts);
    texts->arena = arena;
    return texts;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Blanks up to `end`, but not the ends of lines. */
static char *blank(char *at, const char *end)
{
    for (; at < end && *at != '\0'; at++) {
        *at = *at == '\n' ? '\n' : ' ';
    }
    return at;
}

static char *blank_line_comment(char *at)
{
    char *end = at;
    while (*end != '\0' && (*end != '\n' || end[-1] == '\\')) {
        end++;
    }
    return blank(at, end);
}

static char *blank_block_comment(char *at)
{
    char *end = strstr(at + 2, "*/");
    return blank(at, end != NULL ? end + 2 : at + strlen(at));
}

/* R"x(...)x" */
static char *blank_raw_literal(char *quote)
{
    char ending[24] = ")";
    size_t bytes = strcspn(quote + 1, "(\n");
    if (quote[1 + bytes] != '(' || bytes > sizeof ending - 3) {
        return quote + 1;
    }
    memcpy(ending + 1, quote + 1, bytes);
    ending[bytes + 1] = '"';
    char *end = strstr(quote, ending);
    return blank(quote + 1, end != NULL ? end + bytes + 1 : quote + strlen(quote)) + (end != NULL);
}

static char *blank_literal(char *quote)
{
    char *end = quote + 1;
    while (*end != '\0' && *end != '\n' && *end != *quote) {
        end += *end == '\\' && end[1] != '\0' ? 2 : 1;
    }
    return blank(quote + 1, end) + (*end == *quote);
}

static void blank_all_but_code(char *text)
{
    for (char *at = text; *at != '\0';) {
        bool after_word = at > text && is_word(at[-1]);
        if (at[0] == '/' && at[1] == '/') {
            at = blank_line_comment(at);
        } else if (at[0] == '/' && at[1] == '*') {
            at = blank_block_comment(at);
        } else if (at[0] == '"' && after_word && at[-1] == 'R') {
            at = blank_raw_literal(at);
        } else if (at[0] == '"' || (at[0] == '\'' && !after_word)) {
            at = blank_literal(at);
        } else {
            at++;
        }
    }
}

/* Cuts the text into lines. */
static const char *const *lines_of(struct arena *arena, char *text, uint32_t count)
{
    const char **lines = arena_alloc(arena, count, sizeof *lines);
    for (uint32_t i = 0; i < count; i++) {
        lines[i] = text;
        text += strcspn(text, "\n");
        if (*text != '\0') {
            *text++ = '\0';
        }
    }
    return lines;
}

static const struct source_text *text_of(struct arena *arena, const char *path, char *content,
                                         uint64_t changed_ns)
{
    struct source_text *text = arena_alloc(arena, 1, sizeof *text);
    char *code = arena_strdup(arena, content);
    uint32_t count = 0;
    for (const char *at = content; *at != '\0'; at++) {
        count += *at == '\n' || at[1] == '\0';
    }
    blank_all_but_code(code);
    *text = (struct source_text){path, changed_ns, count, lines_of(arena, content, count),
                                 lines_of(arena, code, count)};
    return text;
}

const struct source_text *source_texts_find(struct source_texts *texts, const char *path)
{
    struct arena *arena = texts->arena;
    struct read_text *found;
    HASH_FIND_STR(texts->files, path, found);
    if (found == NULL) {
        uint64_t changed_ns = 0;
        char *content = source_content(arena, path, &changed_ns);
        found = arena_alloc(arena, 1, sizeof *found);
        found->path = arena_strdup(arena, path);
        found->text = content != NULL ? text_of(arena, found->path, content, changed_ns) : NULL;
        HASH_ADD_KEYPTR(hh, texts->files, found->path, strlen(found->path), found);
    }
    return found->text;
}

const char *source_code(struct arena *arena, const struct source_text *text, uint32_t line)
{
    if (line == 0 || line > text->line_count) {
        return "";
    }
    const char *start = text->code[line - 1];
    const char *end = start + strlen(start);
    while (isspace((unsigned char)*start)) {
        start++;
    }
    while (end > start && isspace((unsigned char)end[-1])) {
        end--;
    }
    return arena_printf(arena, "%.*s", (int)(end - start), start);
}

const char *source_indent(struct arena *arena, const struct source_text *text, uint32_t line)
{
    const char *start = text->lines[line - 1];
    return arena_printf(arena, "%.*s", (int)strspn(start, " \t"), start);
}

const char *source_word(const char *at, size_t *bytes)
{
    while (*at != '\0' && !(is_word(*at) && !isdigit((unsigned char)*at))) {
        /* Not the x of 0x12. */
        at += isdigit((unsigned char)*at) ? strspn(at, "0123456789abcdefABCDEFxXuUlLpP'") : 1;
    }
    *bytes = 0;
    while (is_word(at[*bytes])) {
        ++*bytes;
    }
    return *bytes != 0 ? at : NULL;
}

bool source_has_word(const char *code, const char *word)
{
    size_t bytes;
    size_t wanted = strlen(word);
    for (const char *at = source_word(code, &bytes); at != NULL;
         at = source_word(at + bytes, &bytes)) {
        if (bytes == wanted && memcmp(at, word, bytes) == 0) {
            return true;
        }
    }
    return false;
}

bool source_mentions(const struct source_text *text, uint32_t first, uint32_t last,
                     const char *word)
{
    for (uint32_t line = first; line <= last && line <= text->line_count; line++) {
        if (source_has_word(text->code[line - 1], word)) {
            return true;
        }
    }
    return false;
}

static char last_of(const char *line)
{
    size_t bytes = strlen(line);
    while (bytes > 0 && isspace((unsigned char)line[bytes - 1])) {
        bytes--;
    }
    return bytes > 0 ? line[bytes - 1] : '\0';
}

static char first_of(const char *line)
{
    return line[strspn(line, " \t")];
}

bool source_is_directive(const struct source_text *text, uint32_t line)
{
    while (line > 1 && last_of(text->code[line - 2]) == '\\') {
        line--;
    }
    return first_of(text->code[line - 1]) == '#';
}

bool source_begins_statement(const struct source_text *text, uint32_t line)
{
    uint32_t before = line - 1;
    while (before > 0 &&
           (last_of(text->code[before - 1]) == '\0' || source_is_directive(text, before))) {
        before--;
    }
    return before == 0 || strchr(";{}:", last_of(text->code[before - 1])) != NULL;
}
