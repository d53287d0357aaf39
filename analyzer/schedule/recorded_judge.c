#include "analyzer/schedule/recorded_judge.h"

#include "analyzer/schedule/recorded_execution.h"
#include "analyzer/schedule/site_places.h"

/* Numbers plus one. */
static const uint32_t *make_ids(struct arena *arena, uint32_t count)
{
    uint32_t *ids = arena_alloc(arena, count, sizeof *ids);

    for (uint32_t i = 0; i < count; i++)
        ids[i] = i + 1;
    return ids;
}

static const bool *find_wanted(void *context, const struct recorded_trace *recorded)
{
    const struct recorded_judge *judge = context;

    return recorded_execution_wanted(judge->arena, judge->execution, recorded);
}

static bool load_kept(struct recorded_judge *judge, struct recorded_trace *recorded,
                      const char **error)
{
    struct arena *arena = judge->arena;
    const struct sync_trace *trace = judge->keep->source->trace;

    *recorded = (struct recorded_trace){
        .trace = *trace,
        .threads = make_ids(arena, trace->thread_count),
        .objects = make_ids(arena, trace->object_count),
        .first_stack = 1,
    };
    return trace_keep_load(judge->keep, find_wanted(judge, recorded), &recorded->trace,
                           &recorded->drops_shared, error);
}

/* A file that cannot be read again is as one without events: what it says stays possible. */
static void load(struct recorded_judge *judge)
{
    struct recorded_trace *recorded = arena_alloc(judge->arena, 1, sizeof *recorded);
    struct abstract_requests *requests = arena_alloc(judge->arena, 1, sizeof *requests);
    struct traced_execution *traced = arena_alloc(judge->arena, 1, sizeof *traced);
    const char *error;
    bool is_loaded = judge->keep != NULL ? load_kept(judge, recorded, &error)
                                         : recorded_trace_load(judge->arena, judge->execution->file,
                                                               TRACE_KEEP_MOST_EVENTS, find_wanted,
                                                               judge, recorded, &error);

    if (!is_loaded || recorded->trace.event_count == 0)
        return;
    recorded->trace.places = site_places_make(judge->arena, judge->execution, &recorded->trace);
    abstract_requests_collect(judge->arena, &recorded->trace, requests);
    recorded_execution_make(judge->arena, judge->execution, recorded, requests, traced);
    judge->verdicts = cycle_verdicts_create(judge->arena, requests, traced);
}

struct cycle_verdicts *recorded_judge_verdicts(struct recorded_judge *judge)
{
    if (!judge->was_asked && (judge->keep != NULL || judge->execution->has_events))
        load(judge);
    judge->was_asked = true;
    return judge->verdicts;
}

struct cycle_verdicts *recorded_judge_verdicts_of_waits(struct recorded_judge *judge)
{
    const struct execution *execution = judge->execution;

    if (!judge->was_asked &&
        (!execution->has_events || !recorded_trace_has_waits(judge->arena, execution->file)))
        return NULL;
    return recorded_judge_verdicts(judge);
}

struct cycle_opinion recorded_judge_ask(void *context, const struct cycle_step *steps, size_t count,
                                        bool thorough)
{
    struct cycle_verdicts *verdicts = recorded_judge_verdicts(context);

    if (verdicts == NULL)
        return (struct cycle_opinion){.verdict = CYCLE_POSSIBLE};
    return cycle_verdicts_judge(verdicts, steps, count, thorough);
}
