#include "analyzer/schedule/cycle_verdict.h"

#include "analyzer/base/array.h"
#include "analyzer/base/ring_table.h"

/* The requests that a witness was found for: how it can be found again; or the witness. */
struct origin {
    const struct abstract_request **pattern;
    size_t count;
    const struct witness *kept;
};

struct cycle_verdicts {
    struct arena *arena;
    const struct abstract_requests *requests;
    const struct traced_execution *traced;
    struct schedule_index *index; /* NULL until asked for */
    struct simulator *simulator;
    struct ring_table seen; /* patterns; a number is the position in opinions */
    ARRAY(struct cycle_opinion) opinions;
    ARRAY(uint32_t) ring; /* room for the numbers of a pattern's requests */
};

struct cycle_verdicts *cycle_verdicts_create(struct arena *arena,
                                             const struct abstract_requests *requests,
                                             const struct traced_execution *traced)
{
    struct cycle_verdicts *verdicts = arena_alloc(arena, 1, sizeof *verdicts);

    *verdicts = (struct cycle_verdicts){.arena = arena, .requests = requests, .traced = traced};
    return verdicts;
}

struct schedule_index *cycle_verdicts_index(struct cycle_verdicts *verdicts)
{
    if (verdicts->index == NULL)
        verdicts->index = schedule_index_create(verdicts->arena, verdicts->requests);
    return verdicts->index;
}

struct simulator *cycle_verdicts_simulator(struct cycle_verdicts *verdicts)
{
    if (verdicts->simulator == NULL)
        verdicts->simulator = simulator_create(verdicts->arena, verdicts->requests->trace);
    return verdicts->simulator;
}

const struct abstract_requests *cycle_verdicts_requests(const struct cycle_verdicts *verdicts)
{
    return verdicts->requests;
}

const struct traced_execution *cycle_verdicts_traced(const struct cycle_verdicts *verdicts)
{
    return verdicts->traced;
}

static enum simulator_verdict replay(struct cycle_verdicts *verdicts, const struct witness *witness)
{
    return simulator_replay(cycle_verdicts_simulator(verdicts), witness->order,
                            witness->order_count, witness->requests, witness->request_count)
        .verdict;
}

static struct cycle_opinion possible(enum no_witness reason)
{
    return (struct cycle_opinion){.verdict = CYCLE_POSSIBLE, .doubt = {.reason = reason}};
}

/* A schedule that is no proof, as of one event. */
static struct cycle_opinion doubtful(struct cycle_verdicts *verdicts, enum no_witness reason,
                                     uint32_t position)
{
    struct cycle_opinion opinion = possible(reason);
    struct witness_event *event = arena_alloc(verdicts->arena, 1, sizeof *event);

    *event = trace_ids_event(&verdicts->traced->ids, verdicts->requests->trace, position);
    opinion.doubt.event = event;
    return opinion;
}

/* The steps as the witness takes them: each request where it is made in it. */
static const struct cycle_step *steps_of(struct cycle_verdicts *verdicts,
                                         const struct witness *witness, const struct story *story,
                                         const struct cycle_step *steps, size_t count)
{
    struct arena *arena = verdicts->arena;
    struct cycle_step *own = arena_alloc(arena, count, sizeof *own);
    struct dependency *dependencies = arena_alloc(arena, count, sizeof *dependencies);

    for (size_t i = 0; i < count; i++) {
        /* Steps are told from the first in memory on, in the order of their requests. */
        size_t place = 0;
        for (size_t j = 0; j < count; j++)
            place += witness->requests[j] < witness->requests[i];
        const struct dependency *given = steps[i].dependency;
        struct trace_dependency_held *held = arena_alloc(arena, given->held_count, sizeof *held);
        for (uint32_t j = 0; j < given->held_count; j++) {
            held[j] = given->held[j];
            held[j].stack = story_held_stack(story, i, held[j].lock, held[j].stack);
        }
        dependencies[place] = *given;
        dependencies[place].held = held;
        dependencies[place].stack =
            story->ids->first_stack + verdicts->requests->trace->events[witness->requests[i]].site;
        own[i] = (struct cycle_step){&dependencies[place], steps[i].hold_index, steps[i].similar};
    }
    return own;
}

static const struct origin *keep_origin(struct cycle_verdicts *verdicts,
                                        const struct abstract_request *const *pattern, size_t count)
{
    struct origin *origin = arena_alloc(verdicts->arena, 1, sizeof *origin);

    origin->count = count;
    origin->pattern = arena_alloc(verdicts->arena, count, sizeof(const struct abstract_request *));
    for (size_t i = 0; i < count; i++)
        origin->pattern[i] = pattern[i];
    return origin;
}

static const struct finding_witness *tell(struct cycle_verdicts *verdicts,
                                          const struct witness *witness, const struct story *story,
                                          const struct origin *origin)
{
    struct finding_witness *told = arena_alloc(verdicts->arena, 1, sizeof *told);

    *told = (struct finding_witness){
        .events = story->events,
        .event_count = story->event_count,
        .length = witness->order_count,
        .is_reversed = witness->is_reversed,
        .keeps_data = witness->keeps_data && !verdicts->traced->drops_shared,
        .origin = origin,
    };
    return told;
}

static struct cycle_opinion predicted(struct cycle_verdicts *verdicts,
                                      const struct abstract_request *const *pattern,
                                      const struct cycle_step *steps, size_t count,
                                      const struct witness *witness, struct arena *scratch)
{
    struct story story;

    if (witness->skips_signal)
        return doubtful(verdicts, NO_WITNESS_SKIPS_SIGNAL, witness->doubtful);
    enum simulator_verdict verdict = replay(verdicts, witness);
    if (verdict == SIMULATOR_UNCERTAIN)
        return doubtful(verdicts, NO_WITNESS_UNCLEAR_TRY, witness->doubtful);
    if (verdict != SIMULATOR_DEADLOCK)
        return possible(NO_WITNESS_NONE_FOUND);
    story_tell(verdicts->arena, scratch, verdicts->index, &verdicts->traced->ids, witness, &story);
    return (struct cycle_opinion){
        .verdict = CYCLE_PREDICTED,
        .steps = steps_of(verdicts, witness, &story, steps, count),
        .witness = tell(verdicts, witness, &story, keep_origin(verdicts, pattern, count)),
    };
}

const struct finding_witness *cycle_verdicts_keep(struct cycle_verdicts *verdicts,
                                                  const struct witness *witness,
                                                  const struct story *story)
{
    struct witness *kept = arena_alloc(verdicts->arena, 1, sizeof *kept);
    struct origin *origin = arena_alloc(verdicts->arena, 1, sizeof *origin);

    *kept = *witness;
    *origin = (struct origin){.kept = kept};
    return tell(verdicts, witness, story, origin);
}

static struct cycle_opinion ordered(struct cycle_verdicts *verdicts,
                                    const struct witness_dismissal *dismissal)
{
    const struct sync_trace *trace = verdicts->requests->trace;
    const struct trace_ids *ids = &verdicts->traced->ids;
    struct finding_order *order = arena_alloc(verdicts->arena, 1, sizeof *order);

    *order = (struct finding_order){
        .step_before = dismissal->earlier,
        .step_after = dismissal->later,
        .before = trace_ids_event(ids, trace, dismissal->from),
        .after = trace_ids_event(ids, trace, dismissal->to),
    };
    if (verdicts->traced->gap == TRACE_GAP_NONE)
        return (struct cycle_opinion){.verdict = CYCLE_ORDERED, .order = order};
    struct cycle_opinion opinion = possible(NO_WITNESS_ORDERED_SO_FAR);
    opinion.doubt.gap = verdicts->traced->gap;
    opinion.doubt.order = order;
    return opinion;
}

static struct cycle_opinion judge(struct cycle_verdicts *verdicts,
                                  const struct abstract_request *const *pattern,
                                  const struct cycle_step *steps, size_t count, bool thorough)
{
    struct cycle_opinion opinion;
    struct witness_result result;
    struct arena scratch;

    (void)cycle_verdicts_index(verdicts);
    uint64_t before = schedule_index_work(verdicts->index);
    arena_init(&scratch, verdicts->arena->cap_bytes);
    if (thorough)
        witness_find(verdicts->index, &scratch, pattern, count, &result);
    else
        witness_find_in_order(verdicts->index, &scratch, pattern, count, &result);
    if (result.verdict == WITNESS_FOUND)
        opinion = predicted(verdicts, pattern, steps, count, &result.witness, &scratch);
    else if (result.verdict == WITNESS_DISMISSED)
        opinion = ordered(verdicts, &result.dismissal);
    else
        opinion = possible(result.is_cut ? NO_WITNESS_SEARCH_STOPPED : NO_WITNESS_NONE_FOUND);
    arena_destroy(&scratch);
    opinion.work = schedule_index_work(verdicts->index) - before;
    return opinion;
}

static bool is_semaphore(const struct execution *execution, uint32_t lock)
{
    const struct lock *found = execution_find_lock(execution, lock);

    return found != NULL && found->kind == TRACE_LOCK_SEMAPHORE;
}

static bool is_of_semaphore(const struct execution *execution, const struct cycle_step *step)
{
    return is_semaphore(execution, step->dependency->lock) ||
           is_semaphore(execution, step->dependency->held[step->hold_index].lock);
}

struct cycle_opinion cycle_verdicts_judge(void *context, const struct cycle_step *steps,
                                          size_t count, bool thorough)
{
    struct cycle_verdicts *verdicts = context;
    const struct execution *execution = &verdicts->traced->execution;
    const struct abstract_request **pattern =
        arena_alloc(verdicts->arena, count, sizeof(const struct abstract_request *));

    verdicts->ring.count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t number =
            verdicts->traced->request_of[steps[i].dependency - execution->dependencies];
        if (number == REQUEST_NONE)
            return possible(is_of_semaphore(execution, &steps[i]) ? NO_WITNESS_SEMAPHORE
                                                                  : NO_WITNESS_NOT_RECORDED);
        pattern[i] = &verdicts->requests->requests[number];
        *array_add(verdicts->arena, &verdicts->ring) = number;
    }
    size_t seen =
        ring_table_number(verdicts->arena, &verdicts->seen, thorough, verdicts->ring.items, count);
    if (seen < verdicts->opinions.count)
        return verdicts->opinions.items[seen];
    struct cycle_opinion opinion = judge(verdicts, pattern, steps, count, thorough);
    *array_add(verdicts->arena, &verdicts->opinions) = opinion;
    verdicts->opinions.items[seen].work = 0;
    return opinion;
}

void cycle_verdicts_witness(struct cycle_verdicts *verdicts, const struct finding_witness *told,
                            struct witness *witness)
{
    const struct origin *origin = told->origin;
    struct witness_result result;

    if (origin->kept != NULL)
        result.witness = *origin->kept;
    else
        witness_find(verdicts->index, verdicts->arena, origin->pattern, origin->count, &result);
    *witness = result.witness;
}

size_t cycle_verdicts_whole(struct cycle_verdicts *verdicts, const struct finding_witness *told,
                            const struct witness_event **events)
{
    const struct sync_trace *trace = verdicts->requests->trace;
    struct witness found, *whole = &found;
    size_t count = 0;

    cycle_verdicts_witness(verdicts, told, whole);
    struct witness_event *all =
        arena_alloc(verdicts->arena, whole->order_count + whole->request_count, sizeof *all);
    for (size_t i = 0; i < whole->order_count; i++)
        all[count++] = trace_ids_event(&verdicts->traced->ids, trace, whole->order[i]);
    for (size_t i = 0; i < whole->request_count; i++) {
        if (!witness_is_begun(whole, i))
            all[count++] = trace_ids_event(&verdicts->traced->ids, trace, whole->requests[i]);
    }
    *events = all;
    return count;
}
