#include "analyzer/suite/suite_csv.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/report/fingerprint.h"
#include "analyzer/report/place.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/title.h"

static const struct {
    const char *name, *columns;
} tables[] = {
#define CSV_TABLE(name, columns) {#name, columns},
    SUITE_CSV_TABLES(CSV_TABLE)
#undef CSV_TABLE
};

const char *suite_csv_name(enum suite_csv_table table)
{
    return tables[table].name;
}

/* Fields end with what follows them: a comma, or the end of the row. */
static void write_text(FILE *out, const char *text, const char *end)
{
    bool is_quoted = text[strcspn(text, "\",\r\n")] != '\0' || text[0] == '\0';

    fputs(is_quoted ? "\"" : "", out);
    for (const char *byte = text; *byte != '\0'; byte++) {
        fputs(*byte == '"' ? "\"" : "", out);
        fputc(*byte, out);
    }
    fprintf(out, "%s%s", is_quoted ? "\"" : "", end);
}

static void write_number(FILE *out, uint64_t number, const char *end)
{
    fprintf(out, "%" PRIu64 "%s", number, end);
}

/* FNV-1a. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text) + 1);
}

/* The content of a row, whatever the positions of what it names. */
static uint64_t row_hash(const struct suite *suite, enum suite_table_id table, size_t row)
{
    const struct suite_row *one = suite_row(suite, table, row);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (uint32_t i = 0; i < one->count; i++) {
        char column = suite_column(suite_layout(table), i);
        uint64_t word = one->words[i];
        /* Tables refer to those before them only, so this ends. */
        if (column == 's')
            hash = hash_text(hash, suite_text(suite, word));
        else if (column != 'n' && word != 0)
            word = row_hash(suite,
                            column == 'm'   ? SUITE_MODULE
                            : column == 'k' ? SUITE_STACK
                                            : SUITE_CLASS,
                            word - 1);
        if (column != 's')
            hash = hash_bytes(hash, &word, sizeof word);
    }
    return hash;
}

static void write_key(FILE *out, uint64_t hash, const char *end)
{
    fprintf(out, "%016" PRIx64 "%s", hash, end);
}

static void write_recordings(FILE *out, const struct suite *suite)
{
    for (size_t i = 0; i < suite_count(suite, SUITE_RECORDING); i++) {
        const uint64_t *words = suite_row(suite, SUITE_RECORDING, i)->words;
        write_key(out, row_hash(suite, SUITE_RECORDING, i), ",");
        write_text(out, suite_text(suite, words[SUITE_RECORDING_FILE]), ",");
        write_text(out, suite_text(suite, words[SUITE_RECORDING_PROGRAM]), ",");
        write_text(out, suite_text(suite, words[SUITE_RECORDING_COMMAND]), ",");
        write_number(out, words[SUITE_RECORDING_PID], ",");
        write_number(out, words[SUITE_RECORDING_PARENT], ",");
        write_number(out, words[SUITE_RECORDING_START_NS], ",");
        write_number(out, words[SUITE_RECORDING_COMPLETE], ",");
        write_number(out, words[SUITE_RECORDING_LOST], ",");
        write_number(out, words[SUITE_RECORDING_THREADS], ",");
        write_number(out, words[SUITE_RECORDING_LOCKS], ",");
        write_number(out, words[SUITE_RECORDING_REQUESTS], "\r\n");
    }
}

static void write_locks(FILE *out, const struct suite *suite)
{
    for (size_t i = 0; i < suite_count(suite, SUITE_CLASS); i++) {
        const struct suite_row *row = suite_row(suite, SUITE_CLASS, i);
        const struct lock kind = {
            .kind = (enum trace_lock_kind)(row->words[SUITE_CLASS_KIND] & 0xffff)};
        write_key(out, row_hash(suite, SUITE_CLASS, i), ",");
        write_text(out, row->texts[2], ",");
        write_text(out, row->texts[0], ",");
        write_text(out, names_kind_word(&kind), ",");
        write_text(out, row->texts[1], ",");
        write_number(out, (row->bits & SUITE_CLASS_MANY) == 0, ",");
        write_number(out, (row->bits & SUITE_CLASS_NO_LOCK) == 0, "\r\n");
    }
}

/* "bank_transfer (bank.c:12)" */
static const char *place_of(const struct suite_csv *csv, uint64_t stack)
{
    const struct report *report = csv->report;
    const char *place = place_summary(
        report->arena,
        symbolizer_stack(report->symbolizer, &report->processes[0].execution, (uint32_t)stack));
    return place != NULL ? place : "";
}

/* What the rows of one dependency share; `held` is its first word of three. */
struct csv_dependency {
    uint64_t key;
    const struct suite_row *row;
    const char *request_place;
};

static void write_held(FILE *out, const struct suite_csv *csv,
                       const struct csv_dependency *dependency, const uint64_t *held,
                       const uint64_t *recording_keys)
{
    const struct suite *suite = csv->suite;
    const uint64_t *words = dependency->row->words;
    uint64_t mode = words[SUITE_DEPENDENCY_MODE];
    uint64_t held_key = row_hash(suite, SUITE_CLASS, held[0] - 1);
    uint64_t requested_key = row_hash(suite, SUITE_CLASS, words[SUITE_DEPENDENCY_CLASS] - 1);
    const char *hold_place = place_of(csv, held[2]);

    for (size_t i = 0; i < dependency->row->recordings.count; i++) {
        write_key(out, dependency->key, ",");
        write_key(out, recording_keys[dependency->row->recordings.items[i]], ",");
        write_key(out, held_key, ",");
        write_key(out, requested_key, ",");
        write_number(out, (held[1] & TRACE_MODE_READ) != 0, ",");
        write_number(out, (mode & TRACE_MODE_READ) != 0, ",");
        write_number(out, (mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED)) == 0, ",");
        write_number(out, (words[SUITE_DEPENDENCY_FLAGS] & SUITE_START_UP) != 0, ",");
        write_text(out, hold_place, ",");
        write_text(out, dependency->request_place, "\r\n");
    }
}

static uint64_t *recording_keys(const struct suite_csv *csv)
{
    size_t count = suite_count(csv->suite, SUITE_RECORDING);
    uint64_t *keys = arena_alloc(csv->report->arena, count + 1, sizeof *keys);

    for (size_t i = 0; i < count; i++)
        keys[i] = row_hash(csv->suite, SUITE_RECORDING, i);
    return keys;
}

static void write_dependencies(FILE *out, const struct suite_csv *csv)
{
    const struct suite *suite = csv->suite;
    const uint64_t *keys = recording_keys(csv);

    for (size_t i = 0; i < suite_count(suite, SUITE_DEPENDENCY); i++) {
        struct csv_dependency dependency = {.key = row_hash(suite, SUITE_DEPENDENCY, i),
                                            .row = suite_row(suite, SUITE_DEPENDENCY, i)};
        dependency.request_place = place_of(csv, dependency.row->words[SUITE_DEPENDENCY_STACK]);
        for (uint32_t j = SUITE_DEPENDENCY_HELD; j + 2 < dependency.row->count; j += 3)
            write_held(out, csv, &dependency, &dependency.row->words[j], keys);
    }
}

static void write_finding(FILE *out, const struct suite_csv *csv, const struct finding *finding,
                          uint64_t recording, const char *title)
{
    const struct report *report = csv->report;

    write_text(out, fingerprint_of_finding(report, &report->processes[0], finding), ",");
    write_key(out, recording, ",");
    write_text(out, finding_kind_word(finding->kind), ",");
    write_text(out, rule_word(finding), ",");
    write_text(out, confidence_word(finding->confidence), ",");
    write_number(out, finding->told == NULL, ",");
    write_text(out, title, "\r\n");
}

/* One row for each recording that has the finding; if it is split, for the first of each step. */
static void write_findings(FILE *out, const struct suite_csv *csv)
{
    const struct report_process *process = &csv->report->processes[0];
    const uint64_t *keys = recording_keys(csv);

    for (size_t i = 0; i < process->analysis.finding_count; i++) {
        const struct finding *finding = &process->analysis.findings[i];
        if (finding->told != NULL) {
            for (size_t j = 0; j < finding->told->recordings; j++)
                write_finding(out, csv, finding, keys[finding->told->rows[j]],
                              finding->told->title);
            continue;
        }
        const char *title = title_cycle(csv->report->arena, csv->report->names, finding->execution,
                                        finding->steps, finding->step_count);
        for (size_t j = 0; j < finding->step_count; j++) {
            size_t row = (size_t)(finding->steps[j].dependency - finding->execution->dependencies);
            const struct suite_row *step = suite_row(csv->suite, SUITE_DEPENDENCY, row);
            if (step->recordings.count != 0)
                write_finding(out, csv, finding, keys[step->recordings.items[0]], title);
        }
    }
}

void suite_csv_write(FILE *out, const struct suite_csv *csv, enum suite_csv_table table)
{
    fprintf(out, "%s\r\n", tables[table].columns);
    switch (table) {
    case SUITE_CSV_recordings:
        write_recordings(out, csv->suite);
        break;
    case SUITE_CSV_locks:
        write_locks(out, csv->suite);
        break;
    case SUITE_CSV_dependencies:
        write_dependencies(out, csv);
        break;
    case SUITE_CSV_findings:
        write_findings(out, csv);
        break;
    case SUITE_CSV_COUNT:
        break;
    }
}
