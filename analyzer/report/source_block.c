/* Blocks of a source text: see source_text.h. */
#include "analyzer/report/source_text.h"

#include <ctype.h>
#include <string.h>

static bool has_any_word(const char *code, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (source_has_word(code, *words)) {
            return true;
        }
    }
    return false;
}

/* "name:", but not "name::". */
static bool is_label(const char *code)
{
    size_t bytes;
    const char *word = source_word(code, &bytes);
    if (word == NULL || word != code + strspn(code, " \t")) {
        return false;
    }
    const char *next = word + bytes;
    next += strspn(next, " \t");
    return next[0] == ':' && next[1] != ':';
}

/* How deep the code of the line ends, if it begins at `depth`; *least is the least on the way. */
static int depth_after(const char *code, int depth, int *least)
{
    for (; *code != '\0'; code++) {
        depth += *code == '{' ? 1 : *code == '}' ? -1 : 0;
        *least = depth < *least ? depth : *least;
    }
    return depth;
}

bool source_flows(const struct source_text *text, uint32_t from, uint32_t to, bool may_leave)
{
    /* The last two hide braces, and what they open has to be closed in the same block. */
    static const char *const joins[] = {"case", "default", "pthread_cleanup_push",
                                        "pthread_cleanup_pop", NULL};
    static const char *const leaves[] = {"return",    "goto",         "break", "continue",  "throw",
                                         "longjmp",   "siglongjmp",   "exit",  "co_return", "_exit",
                                         "thrd_exit", "pthread_exit", NULL};
    int depth = 0;
    int least = 0;
    if (from >= to || to > text->line_count) {
        return false;
    }
    for (uint32_t line = from + 1; line < to; line++) {
        const char *code = text->code[line - 1];
        depth = depth_after(code, depth, &least);
        if (least < 0 || source_is_directive(text, line) || is_label(code) ||
            has_any_word(code, joins) || (!may_leave && has_any_word(code, leaves))) {
            return false;
        }
    }
    return depth == 0 && !source_is_directive(text, to);
}

uint32_t source_block_end(const struct source_text *text, uint32_t line)
{
    int depth = 0;
    int least = 0;
    for (uint32_t next = line + 1; next <= text->line_count; next++) {
        if (source_is_directive(text, next)) {
            return 0;
        }
        depth = depth_after(text->code[next - 1], depth, &least);
        if (least < 0) {
            return next;
        }
    }
    return 0;
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r")] == '\0';
}

/* Whether what the line ends with goes on in the next one. */
static bool goes_on(const struct source_text *text, uint32_t line)
{
    const char *code = text->code[line - 1];
    size_t bytes = strlen(code);
    while (bytes > 0 && isspace((unsigned char)code[bytes - 1])) {
        bytes--;
    }
    return bytes == 0 ? !is_blank(text->lines[line - 1]) /* a comment to what follows */
                      : strchr(";}", code[bytes - 1]) == NULL && !source_is_directive(text, line);
}

uint32_t source_definition_start(const struct source_text *text, uint32_t line)
{
    int depth = 0;
    int least = 0;
    uint32_t start = 0;
    for (uint32_t next = 1; next <= text->line_count; next++) {
        int before = depth;
        if (!source_is_directive(text, next)) {
            depth = depth_after(text->code[next - 1], depth, &least);
        }
        if (before == 0 && depth > 0 && next <= line) {
            start = next;
        }
    }
    while (start > 1 && goes_on(text, start - 1)) {
        start--;
    }
    return depth == 0 && least == 0 ? start : 0;
}
