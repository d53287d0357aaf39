#include "analyzer/command/std_input.h"

#include "analyzer/command/message.h"
#include "analyzer/schedule/recorded_trace.h"
#include "analyzer/schedule/trace_analysis.h"

#define STATUS_FAILED 2

bool std_input_load(struct arena *arena, const char *path, const struct lock_order_options *options,
                    struct report_process *process, struct cycle_verdicts **verdicts,
                    const char **error)
{
    struct trace_analysis *analysis = arena_alloc(arena, 1, sizeof *analysis);
    struct std_source *source;

    if (!std_source_open(arena, path, &source, error)) {
        return false;
    }
    bool is_read = trace_analysis_read(analysis, arena, std_source_events(source),
                                       TRACE_KEEP_MOST_EVENTS, error);
    if (is_read) {
        const struct std_names names = std_source_names(source);
        process->analysed = &process->execution;
        trace_analysis_run(analysis, &names, path, options, &process->execution,
                           &process->analysis);
        *verdicts = analysis->judge.verdicts;
    }
    std_source_close(source);
    return is_read;
}

struct export
{
    struct arena *arena;
    const struct sync_trace *trace;
    size_t *left_out;
};

static void write_trace(FILE *out, const void *context)
{
    const struct export *export = context;
    *export->left_out = std_trace_write(export->arena, out, export->trace);
}

/* NULL: *error is one line for the user. */
static const struct sync_trace *load_trace(struct arena *arena, const char *path, bool is_std,
                                           const char **error)
{
    struct std_trace *std = arena_alloc(arena, 1, sizeof *std);
    struct recorded_trace *recorded = arena_alloc(arena, 1, sizeof *recorded);
    if (is_std) {
        return std_trace_read(arena, path, std, error) ? &std->trace : NULL;
    }
    if (!recorded_trace_load(arena, path, SIZE_MAX, NULL, NULL, recorded, error)) {
        return NULL;
    }
    if (recorded->recorded == 0) {
        *error = arena_printf(
            arena, "%s has no events: record them with unknot run, without --no-events", path);
        return NULL;
    }
    return &recorded->trace;
}

int std_input_export(struct arena *arena, const char *path, bool is_std, struct output *output)
{
    const char *error = "";
    size_t left_out = 0;
    const struct sync_trace *trace = load_trace(arena, path, is_std, &error);
    if (trace == NULL) {
        message("report", "%s", error);
        output_close(output);
        return STATUS_FAILED;
    }
    const struct export export = {arena, trace, &left_out};
    if (!output_write_by(output, "report", write_trace, &export)) {
        return STATUS_FAILED;
    }
    if (left_out != 0) {
        message("report", "%zu of %zu events are left out, which the std format cannot say",
                left_out, trace->event_count);
    }
    return 0;
}
