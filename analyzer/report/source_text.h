/* Source files, to say what to edit in them: the lines, and the same lines as code only, where
 * comments and what literals say are blanks. A scanner, no parser: what it cannot be sure of, it
 * denies.
 *
 * Regular files of at most 8 MiB; each is read once. Not thread-safe; allocates from the arena. */
#ifndef UNKNOT_REPORT_SOURCE_TEXT_H
#define UNKNOT_REPORT_SOURCE_TEXT_H

#include <stdbool.h>
#include "analyzer/base/arena.h"

struct source_text {
    const char *path;
    uint64_t changed_ns; /* when; CLOCK_REALTIME */
    uint32_t line_count;
    const char *const *lines; /* without their ends; line n is lines[n - 1] */
    const char *const *code;  /* as long as these */
};

struct source_texts;

struct source_texts *source_texts_create(struct arena *arena);

/* NULL when the file cannot be read, or holds bytes that no text has. */
const struct source_text *source_texts_find(struct source_texts *texts, const char *path);

/* The code of a line without blanks around it; "" for a line that is not there. */
const char *source_code(struct arena *arena, const struct source_text *text, uint32_t line);
/* The blanks that the line begins with. */
const char *source_indent(struct arena *arena, const struct source_text *text, uint32_t line);

/* The next name or keyword at or after `at`, and its length; NULL behind the last. */
const char *source_word(const char *at, size_t *bytes);
/* Whether the code has that word. */
bool source_has_word(const char *code, const char *word);
/* Whether lines first to last have it. */
bool source_mentions(const struct source_text *text, uint32_t first, uint32_t last,
                     const char *word);

/* Whether it is, or continues, a line for the preprocessor. */
bool source_is_directive(const struct source_text *text, uint32_t line);

/* Whether a statement begins with the line: what comes before it has ended, but for directives. */
bool source_begins_statement(const struct source_text *text, uint32_t line);

/* Whether the line `to` comes after `from` in the same block, and whoever has passed one passes the
 * other, too: nothing in between that is a label or leaves the block. With `may_leave`, what leaves
 * it is allowed. */
bool source_flows(const struct source_text *text, uint32_t from, uint32_t to, bool may_leave);

/* The last line of the block that the line is in: the one that closes it; 0 if there is none. */
uint32_t source_block_end(const struct source_text *text, uint32_t line);

/* The line before which something can be defined for the function, type or namespace, the
 * outermost, that the line is in; 0 if the file's braces are not understood. */
uint32_t source_definition_start(const struct source_text *text, uint32_t line);

#endif
