#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/suite_input.h"
#include "analyzer/suite/suite_csv.h"
#include "analyzer/suite/suite_cycles.h"
#include "analyzer/suite/suite_told.h"

#define STATUS_FAILED   2
#define ARENA_BYTES_MAX ((size_t)16 << 30)

struct exported {
    struct suite_csv csv;
    enum suite_csv_table table;
};

static void write_table(FILE *out, const void *context)
{
    const struct exported *exported = context;
    suite_csv_write(out, &exported->csv, exported->table);
}

static bool write_tables(struct arena *arena, const char *directory, const struct suite_csv *csv)
{
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        message("export", "cannot make %s: %s", directory, strerror(errno));
        return false;
    }
    for (enum suite_csv_table table = 0; table < SUITE_CSV_COUNT; table++) {
        struct output output;
        const struct exported exported = {*csv, table};
        const char *path = arena_printf(arena, "%s/%s.csv", directory, suite_csv_name(table));
        if (!output_open(&output, "export", path, -1) ||
            !output_write_by(&output, "export", write_table, &exported)) {
            return false;
        }
    }
    return true;
}

static int export(struct arena *arena, const struct options *options)
{
    static const struct lock_order_options analysis_options = {.keep_dismissed = false};
    struct suite suite;
    struct report report;
    struct report_process *process = arena_alloc(arena, 1, sizeof *process);
    struct recordings recordings = {.arena = arena, .command = "export"};
    for (int i = 0; i < options->argument_count; i++) {
        recordings_add(&recordings, options->arguments[i]);
    }
    suite_init(&suite, arena);
    suite_input_collect(&recordings, 1, &suite);
    suite_finish(&suite);
    suite_cycles_find(arena, &suite, &analysis_options, process);
    report_init(&report, arena, process, 0);
    report_add_process(&report, process);
    suite_told_add(arena, &suite, process);
    report_number_findings(&report, process);
    const struct suite_csv csv = {&suite, &report};
    bool written = write_tables(arena, options->values[OPTION_OUTPUT], &csv);
    report_destroy(&report);
    return written && recordings.failure_count == 0 ? 0 : STATUS_FAILED;
}

int command_export(const struct options *options)
{
    struct arena arena;
    const char *format = options->values[OPTION_FORMAT];
    if (options->argument_count == 0 || !options_has(options, OPTION_OUTPUT)) {
        message("export", "expected: unknot export --output=DIR FILE|DIRECTORY...");
        return STATUS_FAILED;
    }
    if (format != NULL && strcmp(format, "csv") != 0) {
        message("export", "--format=%s: expected csv", format);
        return STATUS_FAILED;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    int status = export(&arena, options);
    arena_destroy(&arena);
    return status;
}
