#include <inttypes.h>
#include <string.h>
#include "analyzer/suite/suite_file.h"
#include "analyzer/suite/suite_format.h"

/* Control characters would end a field or a line. */
static void write_text(FILE *out, const char *text)
{
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++) {
        if (*byte < ' ' || *byte == 0x7f || *byte == '\\')
            fprintf(out, "\\x%02x", *byte);
        else
            fputc(*byte, out);
    }
}

/* "1-17,20" */
static void write_set(FILE *out, const struct suite_row *row)
{
    const uint32_t *items = row->recordings.items;
    size_t count = row->recordings.count;

    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && items[next] == items[next - 1] + 1;)
            next++;
        fprintf(out, "%s%" PRIu32, first == 0 ? "" : ",", items[first] + 1);
        if (next > first + 1)
            fprintf(out, "-%" PRIu32, items[next - 1] + 1);
    }
}

static void write_row(FILE *out, const struct suite *suite, const struct suite_layout *layout,
                      const struct suite_row *row)
{
    for (size_t i = 0; i < layout->texts; i++) {
        write_text(out, row->texts[i]);
        fputc('\t', out);
    }
    if (layout->has_bits)
        fprintf(out, "%" PRIu32 "\t", row->bits);
    if (layout->has_set) {
        write_set(out, row);
        fputc('\t', out);
    }
    for (uint32_t i = 0; i < row->count; i++) {
        fputs(i == 0 ? "" : "\t", out);
        if (suite_column(layout, i) == 's')
            write_text(out, suite_text(suite, row->words[i]));
        else
            fprintf(out, "%" PRIu64, row->words[i]);
    }
    fputc('\n', out);
}

void suite_file_write(FILE *out, const struct suite *suite)
{
    fputs(SUITE_FILE_MAGIC "\n", out);
    for (enum suite_table_id id = 0; id < SUITE_TABLE_COUNT; id++) {
        const struct suite_layout *layout = suite_layout(id);
        fprintf(out, "%s %zu\n", layout->word, suite_count(suite, id));
        for (size_t i = 0; i < suite_count(suite, id); i++)
            write_row(out, suite, layout, suite_row(suite, id, i));
    }
    fputs(SUITE_FILE_END "\n", out);
}
