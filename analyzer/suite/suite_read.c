#include <string.h>
#include "analyzer/suite/suite_file.h"
#include "analyzer/suite/suite_format.h"

/* A set of ten bytes may claim four billion recordings: how many all sets of a file may name. */
#define SET_MEMBERS_MAX ((uint64_t)1 << 26)

struct parser {
    struct suite *suite;
    const char *next, *end; /* of the file; a line's end while its fields are read */
    const char *file_end;
    size_t line;
    const char *error; /* what is wrong with the line, NULL while nothing is */
    uint64_t set_members;
    ARRAY(uint64_t) words;
    ARRAY(uint32_t) set;
    ARRAY(uint32_t) rows[SUITE_TABLE_COUNT]; /* of the suite, by number in the file */
};

static void fail(struct parser *parser, const char *error)
{
    if (parser->error == NULL)
        parser->error = error;
}

/* Aims the parser at the next line. */
static bool next_line(struct parser *parser)
{
    const char *start = parser->line == 0 ? parser->next : parser->end + 1;
    const char *end =
        start < parser->file_end ? memchr(start, '\n', (size_t)(parser->file_end - start)) : NULL;

    parser->line++;
    if (end == NULL) {
        fail(parser, "the file ends too early");
        return false;
    }
    parser->next = start;
    parser->end = end;
    return true;
}

static bool line_is(const struct parser *parser, const char *text)
{
    size_t bytes = strlen(text);
    return (size_t)(parser->end - parser->next) == bytes && memcmp(parser->next, text, bytes) == 0;
}

/* A decimal number; 0 after an error. */
static uint64_t read_number(struct parser *parser)
{
    const char *start = parser->next;
    uint64_t number = 0;

    while (parser->next < parser->end && *parser->next >= '0' && *parser->next <= '9') {
        unsigned digit = (unsigned)(*parser->next++ - '0');
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, digit, &number)) {
            fail(parser, "a number is too large");
            return 0;
        }
    }
    if (parser->next == start)
        fail(parser, "a number is missing");
    return parser->error == NULL ? number : 0;
}

/* Goes past the tab after a field that is not the line's last one. */
static void end_field(struct parser *parser)
{
    if (parser->next < parser->end && *parser->next == '\t')
        parser->next++;
    else
        fail(parser, "a field is missing or has something behind it");
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The byte that `\xHH` at `at` stands for; -1 for another escape, or a NUL. */
static int escaped_byte(const char *at, const char *end)
{
    if (end - at < 4 || at[1] != 'x')
        return -1;
    int high = hex_digit(at[2]), low = hex_digit(at[3]);
    return high < 0 || low < 0 || (high == 0 && low == 0) ? -1 : high << 4 | low;
}

static const char *read_text(struct parser *parser)
{
    const char *end = memchr(parser->next, '\t', (size_t)(parser->end - parser->next));
    size_t bytes = (size_t)((end != NULL ? end : parser->end) - parser->next);
    char *text = arena_alloc(parser->suite->arena, bytes + 1, 1);
    char *to = text;

    for (end = parser->next + bytes; parser->next < end;) {
        int byte = (unsigned char)*parser->next;
        bool escaped = byte == '\\';
        if (escaped)
            byte = escaped_byte(parser->next, end);
        if (byte <= 0) {
            fail(parser, "a text has a NUL or an unknown escape");
            return "";
        }
        *to++ = (char)byte;
        parser->next += escaped ? 4 : 1;
    }
    return text;
}

/* A reference to a row of an earlier table, as the word of the suite's key. */
static uint64_t read_reference(struct parser *parser, enum suite_table_id table, bool may_be_none)
{
    uint64_t number = read_number(parser);

    if (number > parser->rows[table].count || (number == 0 && !may_be_none))
        fail(parser, "a row is named that does not exist");
    if (parser->error != NULL || number == 0)
        return 0;
    return (uint64_t)parser->rows[table].items[number - 1] + 1;
}

static uint64_t read_word(struct parser *parser, char column)
{
    switch (column) {
    case 's':
        return suite_text_word(parser->suite, read_text(parser));
    case 'm':
        return read_reference(parser, SUITE_MODULE, true);
    case 'k':
        return read_reference(parser, SUITE_STACK, true);
    case 'c':
        return read_reference(parser, SUITE_CLASS, false);
    default:
        return read_number(parser);
    }
}

/* Up to the end of the line. */
static void read_key(struct parser *parser, const struct suite_layout *layout)
{
    size_t fixed = strlen(layout->columns), repeated = strlen(layout->repeated);

    parser->words.count = 0;
    for (bool more = true; more && parser->error == NULL;) {
        size_t index = parser->words.count;
        if (index >= fixed && repeated == 0) {
            fail(parser, "a row has too many fields");
            return;
        }
        uint64_t word = read_word(parser, suite_column(layout, index));
        *array_add(parser->suite->arena, &parser->words) = word;
        more = parser->next < parser->end;
        if (more)
            end_field(parser);
    }
    size_t count = parser->words.count;
    if (count < fixed || (repeated != 0 && (count - fixed) % repeated != 0))
        fail(parser, "a row has too few fields");
}

static void read_range(struct parser *parser)
{
    uint64_t first = read_number(parser), last = first;

    if (parser->next < parser->end && *parser->next == '-') {
        parser->next++;
        last = read_number(parser);
    }
    if (first == 0 || last < first || last > parser->rows[SUITE_RECORDING].count) {
        fail(parser, "a recording is named that does not exist");
        return;
    }
    parser->set_members += last - first + 1;
    if (parser->set_members > SET_MEMBERS_MAX) {
        fail(parser, "its sets of recordings are too large");
        return;
    }
    for (uint64_t i = first; i <= last; i++)
        *array_add(parser->suite->arena, &parser->set) = parser->rows[SUITE_RECORDING].items[i - 1];
}

static void read_set(struct parser *parser)
{
    parser->set.count = 0;
    for (bool more = true; more && parser->error == NULL;) {
        read_range(parser);
        more = parser->next < parser->end && *parser->next == ',';
        if (more)
            parser->next++;
    }
    end_field(parser);
}

static void read_row(struct parser *parser, enum suite_table_id id)
{
    const struct suite_layout *layout = suite_layout(id);
    const char *texts[SUITE_TEXTS_MAX] = {"", "", ""};
    uint64_t bits = 0;

    for (size_t i = 0; i < layout->texts && parser->error == NULL; i++) {
        texts[i] = read_text(parser);
        end_field(parser);
    }
    if (layout->has_bits && parser->error == NULL) {
        bits = read_number(parser);
        end_field(parser);
    }
    parser->set.count = 0;
    if (layout->has_set && parser->error == NULL)
        read_set(parser);
    if (parser->error == NULL)
        read_key(parser, layout);
    if (bits > UINT32_MAX)
        fail(parser, "a number is too large");
    if (parser->error != NULL)
        return;
    uint32_t row = suite_add(parser->suite, id, parser->words.items, (uint32_t)parser->words.count);
    for (size_t i = 0; i < layout->texts; i++)
        suite_merge_text(parser->suite, id, row, i, texts[i]);
    suite_merge_bits(parser->suite, id, row, (uint32_t)bits);
    for (size_t i = 0; i < parser->set.count; i++)
        suite_merge_recording(parser->suite, id, row, parser->set.items[i]);
    *array_add(parser->suite->arena, &parser->rows[id]) = row;
}

static void read_table(struct parser *parser, enum suite_table_id id)
{
    const char *word = suite_layout(id)->word;
    size_t bytes = strlen(word);

    if (!next_line(parser))
        return;
    if ((size_t)(parser->end - parser->next) <= bytes || memcmp(parser->next, word, bytes) != 0 ||
        parser->next[bytes] != ' ') {
        fail(parser, "this is not the table that belongs here");
        return;
    }
    parser->next += bytes + 1;
    uint64_t count = read_number(parser);
    if (parser->next != parser->end)
        fail(parser, "the count of a table has something behind it");
    for (uint64_t i = 0; i < count && parser->error == NULL; i++) {
        if (next_line(parser))
            read_row(parser, id);
    }
}

bool suite_file_is_one(const void *data, size_t size)
{
    size_t bytes = strlen(SUITE_FILE_NAME);
    return size >= bytes && memcmp(data, SUITE_FILE_NAME, bytes) == 0;
}

bool suite_file_read(struct suite *suite, const void *data, size_t size, const char **error)
{
    struct parser parser = {.suite = suite, .next = data, .file_end = (const char *)data + size};

    if (next_line(&parser) && !line_is(&parser, SUITE_FILE_MAGIC))
        fail(&parser, "it is of another version of unknot: merge the recordings again");
    for (enum suite_table_id id = 0; id < SUITE_TABLE_COUNT && parser.error == NULL; id++)
        read_table(&parser, id);
    if (parser.error == NULL && next_line(&parser) && !line_is(&parser, SUITE_FILE_END))
        fail(&parser, "there is more than the tables");
    if (parser.error == NULL && parser.end + 1 != parser.file_end)
        fail(&parser, "there is something behind the end");
    if (parser.error != NULL)
        *error = arena_printf(suite->arena, "line %zu: %s", parser.line, parser.error);
    return parser.error == NULL;
}
