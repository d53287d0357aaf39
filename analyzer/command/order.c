#include <string.h>
#include <unistd.h>
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/suite_input.h"
#include "analyzer/suite/suite_order.h"

#define STATUS_FAILED   2
#define ARENA_BYTES_MAX ((size_t)16 << 30)

static void write_order(FILE *out, const void *context)
{
    suite_order_write(out, context);
}

static int learn(struct arena *arena, const struct options *options)
{
    struct suite suite;
    struct output output;
    struct recordings recordings = {.arena = arena, .command = "order"};
    for (int i = 1; i < options->argument_count; i++) {
        recordings_add(&recordings, options->arguments[i]);
    }
    if (!output_open(&output, "order", options->values[OPTION_OUTPUT], STDOUT_FILENO)) {
        return STATUS_FAILED;
    }
    suite_init(&suite, arena);
    suite_input_collect(&recordings, 1, &suite);
    suite_finish(&suite);
    bool written = output_write_by(&output, "order", write_order, &suite);
    return written && recordings.failure_count == 0 ? 0 : STATUS_FAILED;
}

int command_order(const struct options *options)
{
    struct arena arena;
    if (options->argument_count < 2 || strcmp(options->arguments[0], "learn") != 0) {
        message("order", "expected: unknot order learn FILE|DIRECTORY...");
        return STATUS_FAILED;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    int status = learn(&arena, options);
    arena_destroy(&arena);
    return status;
}
