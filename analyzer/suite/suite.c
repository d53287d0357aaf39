#include "analyzer/suite/suite.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct suite_layout layouts[] = {
#define SUITE_TABLE(ID, word, columns, repeated, texts, bits, sets)                                \
    {word, columns, repeated, texts, bits, sets},
#include "analyzer/suite/suite_tables.def"
#undef SUITE_TABLE
};

const struct suite_layout *suite_layout(enum suite_table_id table)
{
    return &layouts[table];
}

char suite_column(const struct suite_layout *layout, size_t index)
{
    size_t fixed = strlen(layout->columns);

    return index < fixed ? layout->columns[index]
                         : layout->repeated[(index - fixed) % strlen(layout->repeated)];
}

void suite_init(struct suite *suite, struct arena *arena)
{
    memset(suite, 0, sizeof *suite);
    suite->arena = arena;
}

struct text_query {
    const struct suite *suite;
    const char *text;
};

static bool is_text(const void *context, uint32_t id)
{
    const struct text_query *query = context;
    return strcmp(query->suite->texts.items[id], query->text) == 0;
}

uint64_t suite_text_word(struct suite *suite, const char *text)
{
    struct text_query query = {suite, text};
    uint32_t hash = 0;

    for (const char *byte = text; *byte != '\0'; byte++)
        hash = id_hash(hash, (unsigned char)*byte);
    uint32_t id = id_table_number(suite->arena, &suite->text_ids, hash, is_text, &query);
    if (id == suite->texts.count)
        *array_add(suite->arena, &suite->texts) = arena_strdup(suite->arena, text);
    return id;
}

const char *suite_text(const struct suite *suite, uint64_t word)
{
    return suite->texts.items[word];
}

struct row_query {
    const struct suite_table *table;
    const uint64_t *words;
    uint32_t count;
};

static bool is_row(const void *context, uint32_t id)
{
    const struct row_query *query = context;
    const struct suite_row *row = &query->table->rows.items[id];

    return row->count == query->count &&
           memcmp(row->words, query->words, query->count * sizeof *query->words) == 0;
}

uint32_t suite_add(struct suite *suite, enum suite_table_id table, const uint64_t *words,
                   uint32_t count)
{
    struct suite_table *rows = &suite->tables[table];
    struct row_query query = {rows, words, count};
    uint32_t hash = 0;

    for (uint32_t i = 0; i < count; i++)
        hash = id_hash(id_hash(hash, (uint32_t)words[i]), (uint32_t)(words[i] >> 32));
    uint32_t id = id_table_number(suite->arena, &rows->ids, hash, is_row, &query);
    if (id == rows->rows.count) {
        uint64_t *key = arena_alloc(suite->arena, count, sizeof *key);
        memcpy(key, words, count * sizeof *key);
        *array_add(suite->arena, &rows->rows) =
            (struct suite_row){.words = key, .count = count, .texts = {"", "", ""}};
    }
    return id;
}

void suite_merge_text(struct suite *suite, enum suite_table_id table, uint32_t row, size_t which,
                      const char *text)
{
    const char **known = &suite->tables[table].rows.items[row].texts[which];

    if (text[0] != '\0' && ((*known)[0] == '\0' || strcmp(text, *known) < 0))
        *known = arena_strdup(suite->arena, text);
}

void suite_merge_bits(struct suite *suite, enum suite_table_id table, uint32_t row, uint32_t bits)
{
    suite->tables[table].rows.items[row].bits |= bits;
}

void suite_merge_recording(struct suite *suite, enum suite_table_id table, uint32_t row,
                           uint32_t recording)
{
    struct suite_row *known = &suite->tables[table].rows.items[row];
    size_t count = known->recordings.count;

    if (count == 0 || known->recordings.items[count - 1] != recording)
        *array_add(suite->arena, &known->recordings) = recording;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(**(const char *const *const *)left, **(const char *const *const *)right);
}

/* Sorts the texts; returns the new position of each. */
static uint32_t *sort_texts(struct suite *suite)
{
    size_t count = suite->texts.count;
    uint32_t *position = arena_alloc(suite->arena, count + 1, sizeof *position);
    const char **old = suite->texts.items;
    const char **sorted = arena_alloc(suite->arena, count + 1, sizeof(const char *));
    const char ***order = arena_alloc(suite->arena, count + 1, sizeof(const char **));

    for (size_t i = 0; i < count; i++)
        order[i] = &old[i];
    qsort(order, count, sizeof *order, compare_texts);
    for (size_t i = 0; i < count; i++) {
        position[order[i] - old] = (uint32_t)i;
        sorted[i] = *order[i];
    }
    suite->texts.items = sorted;
    return position;
}

/* Where the rows and texts that keys name lie once sorted. */
struct positions {
    const uint32_t *texts;
    const uint32_t *rows[SUITE_TABLE_COUNT];
};

static uint64_t moved_word(const struct positions *positions, char column, uint64_t word)
{
    switch (column) {
    case 's':
        return positions->texts[word];
    case 'm':
        return word == 0 ? 0 : positions->rows[SUITE_MODULE][word - 1] + 1;
    case 'k':
        return word == 0 ? 0 : positions->rows[SUITE_STACK][word - 1] + 1;
    case 'c':
        return word == 0 ? 0 : positions->rows[SUITE_CLASS][word - 1] + 1;
    default:
        return word;
    }
}

static void move_words(struct suite *suite, const struct suite_layout *layout,
                       const struct positions *positions, struct suite_row *row)
{
    uint64_t *words = arena_alloc(suite->arena, row->count, sizeof *words);

    for (uint32_t i = 0; i < row->count; i++)
        words[i] = moved_word(positions, suite_column(layout, i), row->words[i]);
    row->words = words;
}

static int compare_positions(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void sort_set(const struct positions *positions, struct suite_row *row)
{
    uint32_t *items = row->recordings.items;
    size_t kept = 0;

    for (size_t i = 0; i < row->recordings.count; i++)
        items[i] = positions->rows[SUITE_RECORDING][items[i]];
    if (row->recordings.count != 0)
        qsort(items, row->recordings.count, sizeof *items, compare_positions);
    for (size_t i = 0; i < row->recordings.count; i++) {
        if (kept == 0 || items[kept - 1] != items[i])
            items[kept++] = items[i];
    }
    row->recordings.count = kept;
}

static int compare_rows(const void *left, const void *right)
{
    const struct suite_row *a = *(const struct suite_row *const *)left;
    const struct suite_row *b = *(const struct suite_row *const *)right;

    for (uint32_t i = 0; i < a->count && i < b->count; i++) {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return a->count < b->count ? -1 : a->count > b->count;
}

static uint32_t *sort_rows(struct suite *suite, struct suite_table *table)
{
    size_t count = table->rows.count;
    uint32_t *position = arena_alloc(suite->arena, count + 1, sizeof *position);
    struct suite_row *old = table->rows.items;
    struct suite_row *sorted = arena_alloc(suite->arena, count + 1, sizeof *sorted);
    struct suite_row **order = arena_alloc(suite->arena, count + 1, sizeof(struct suite_row *));

    for (size_t i = 0; i < count; i++)
        order[i] = &old[i];
    qsort(order, count, sizeof *order, compare_rows);
    for (size_t i = 0; i < count; i++) {
        position[order[i] - old] = (uint32_t)i;
        sorted[i] = *order[i];
    }
    table->rows.items = sorted;
    return position;
}

void suite_finish(struct suite *suite)
{
    struct positions positions = {.texts = sort_texts(suite)};

    for (enum suite_table_id id = 0; id < SUITE_TABLE_COUNT; id++) {
        struct suite_table *table = &suite->tables[id];
        for (size_t i = 0; i < table->rows.count; i++) {
            move_words(suite, suite_layout(id), &positions, &table->rows.items[i]);
            if (suite_layout(id)->has_set)
                sort_set(&positions, &table->rows.items[i]);
        }
        positions.rows[id] = sort_rows(suite, table);
    }
}

static const char *class_text(const struct suite *suite, struct arena *arena, uint32_t class)
{
    const struct suite_row *row = suite_row(suite, SUITE_CLASS, class);
    const char *text = arena_printf(arena, "%" PRIu64 " %s", row->words[SUITE_CLASS_KIND],
                                    suite_text(suite, row->words[SUITE_CLASS_BIRTH]));

    for (uint32_t i = SUITE_CLASS_FRAMES; i + 1 < row->count; i += 2) {
        uint64_t module = row->words[i];
        const char *identity =
            module == 0
                ? ""
                : suite_text(
                      suite,
                      suite_row(suite, SUITE_MODULE, module - 1)->words[SUITE_MODULE_IDENTITY]);
        text = arena_printf(arena, "%s %s+%" PRIx64, text, identity, row->words[i + 1]);
    }
    return text;
}

static int compare_strings(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* FNV-1a. */
static uint64_t add_to_hash(uint64_t hash, const char *text)
{
    for (const char *byte = text; *byte != '\0'; byte++)
        hash = (hash ^ (unsigned char)*byte) * UINT64_C(0x100000001b3);
    return (hash ^ '\n') * UINT64_C(0x100000001b3);
}

const char *suite_ring(const struct suite *suite, struct arena *arena, const uint32_t *classes,
                       size_t count)
{
    const char **texts = arena_alloc(arena, count, sizeof(const char *));
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < count; i++)
        texts[i] = class_text(suite, arena, classes[i]);
    qsort(texts, count, sizeof(const char *), compare_strings);
    for (size_t i = 0; i < count; i++)
        hash = add_to_hash(hash, texts[i]);
    return arena_printf(arena, "%016" PRIx64, hash);
}
