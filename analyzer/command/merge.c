#include <unistd.h>
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/suite_input.h"
#include "analyzer/suite/suite_file.h"

#define STATUS_FAILED   2
#define JOBS_MAX        1024
#define ARENA_BYTES_MAX ((size_t)16 << 30)

static void write_suite(FILE *out, const void *context)
{
    suite_file_write(out, context);
}

static int merge(struct arena *arena, const struct options *options, unsigned jobs)
{
    struct suite suite;
    struct output output;
    struct recordings recordings = {.arena = arena, .command = "merge"};
    for (int i = 0; i < options->argument_count; i++) {
        recordings_add(&recordings, options->arguments[i]);
    }
    if (!output_open(&output, "merge", options->values[OPTION_OUTPUT], STDOUT_FILENO)) {
        return STATUS_FAILED;
    }
    suite_init(&suite, arena);
    suite_input_collect(&recordings, jobs, &suite);
    suite_finish(&suite);
    bool written = output_write_by(&output, "merge", write_suite, &suite);
    return written && recordings.failure_count == 0 ? 0 : STATUS_FAILED;
}

int command_merge(const struct options *options)
{
    struct arena arena;
    const char *given = options->values[OPTION_JOBS];
    unsigned long jobs = 1;
    if (options->argument_count == 0) {
        message("merge", "nothing to merge: unknot merge --output=FILE FILE|DIRECTORY...");
        return STATUS_FAILED;
    }
    if (given != NULL && (!parse_number(given, JOBS_MAX, &jobs) || jobs == 0)) {
        message("merge", "--jobs=%s: expected 1 to %d", given, JOBS_MAX);
        return STATUS_FAILED;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    int status = merge(&arena, options, (unsigned)jobs);
    arena_destroy(&arena);
    return status;
}
