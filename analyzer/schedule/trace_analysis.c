#include "analyzer/schedule/trace_analysis.h"

static void collect(void *taker, const struct sync_event *event)
{
    struct execution_collector *collector = taker;

    execution_collector_take(collector, event);
}

bool trace_analysis_read(struct trace_analysis *analysis, struct arena *arena,
                         struct sync_source *source, size_t most_events, const char **error)
{
    *analysis = (struct trace_analysis){.arena = arena};
    execution_collector_init(&analysis->collector, arena, &analysis->keep.survey.use);
    return trace_keep_read(&analysis->keep, arena, source, most_events, collect,
                           &analysis->collector, error);
}

void trace_analysis_run(struct trace_analysis *analysis, const struct std_names *names,
                        const char *path, const struct lock_order_options *options,
                        struct execution *execution, struct analysis *found)
{
    struct lock_order_options with_judge = *options;
    const struct cycle_judge judge = {.judge = recorded_judge_ask, .context = &analysis->judge};
    struct lock_use_result use;

    lock_use_finish(&analysis->keep.survey.use, &use);
    trace_execution_make(analysis->arena, names, &analysis->collector, &use, path, execution);
    analysis->judge = (struct recorded_judge){
        .arena = analysis->arena, .execution = execution, .keep = &analysis->keep};
    with_judge.judge = &judge;
    lock_order_analyze(analysis->arena, execution, &with_judge, found);
}
