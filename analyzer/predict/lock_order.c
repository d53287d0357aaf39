#include "analyzer/predict/lock_order.h"

#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/base/progress.h"
#include "analyzer/base/ring_table.h"
#include "analyzer/predict/class_order.h"
#include "analyzer/predict/cycle_search.h"
#include "analyzer/predict/dismissal.h"

#define DEFAULT_SEARCH_LIMIT UINT64_C(10000000)
/* Dismissed and class-only cycles are asides, sought in every run: they get these parts of the
 * limit. */
#define DISMISSED_SHARE  2
#define CLASS_ONLY_SHARE 10
/* Nobody reads more kinds of dismissed cycles, and each costs memory. */
#define DISMISSED_KINDS_MAX 1000
/* Events that the other judge may look at for one step. */
#define LOOKS_PER_STEP 64
/* The most of its limit that it gets to be thorough about one cycle. */
#define THOROUGH_SHARE 64

struct lock_order {
    struct arena *arena;
    struct request_set requests;
    struct happens_before *order;
    struct lock_classes classes;
    uint64_t search_limit;
    ARRAY(struct finding) findings;
    struct ring_table dismissed_kinds; /* a kind's number is its position in dismissed */
    uint32_t *ring;                    /* room for the classes of a cycle */
    ARRAY(struct dismissed) dismissed;
    ARRAY(struct finding) class_only;
    size_t class_only_count, class_only_ordered;
    bool list_class_only;
    struct pattern judge;
    const struct cycle_judge *other; /* NULL, or one that knows more */
    enum no_witness no_other;
    struct pattern fill; /* the cycle that it is asked about */
    struct cycle_step *fill_steps;
    struct search_budget fill_budget;
    bool dismissed_cut; /* there are more kinds of dismissed cycles than are kept */
    uint64_t steps;     /* of all searches that are over */
};

/* The lock by which a part is held up: the one it holds that the part before it waits for. */
static uint32_t held_lock(const struct pattern_part *part)
{
    return pattern_request(part)->held[part->edge->uses[part->use].hold].lock;
}

static void fill_steps(struct lock_order *analysis, const struct pattern *pattern, size_t count,
                       struct cycle_step *steps)
{
    for (size_t i = 0; i < count; i++) {
        const struct pattern_part *part = &pattern->parts[i];
        const struct dependency *witness = pattern_occurrence(part)->witness;
        steps[i] = (struct cycle_step){
            .dependency = witness,
            .hold_index = request_hold_index(&analysis->requests, witness, held_lock(part)),
            .similar = pattern_request(part)->dependency_count - 1,
        };
    }
}

static struct cycle_step *make_steps(struct lock_order *analysis, const struct pattern *pattern,
                                     size_t count)
{
    struct cycle_step *steps = arena_alloc(analysis->arena, count, sizeof *steps);

    fill_steps(analysis, pattern, count, steps);
    return steps;
}

static struct finding make_finding(struct lock_order *analysis, const struct pattern *pattern,
                                   size_t count, size_t id)
{
    return (struct finding){
        .id = id,
        .kind = FINDING_LOCK_ORDER_CYCLE,
        .confidence = CONFIDENCE_POSSIBLE,
        .execution = analysis->requests.execution,
        .step_count = count,
        .steps = make_steps(analysis, pattern, count),
        .instances = 1,
    };
}

static bool is_declared(const struct execution *execution, uint32_t before, uint32_t after)
{
    for (size_t i = 0; i < execution->order_count; i++) {
        if (execution->orders[i].before == before && execution->orders[i].after == after)
            return true;
    }
    return false;
}

static struct finding_nesting look_at_nesting(const struct execution *execution,
                                              const struct order_edge *edge)
{
    struct finding_nesting nesting = {.count = edge->use_count};

    for (size_t i = 0; i < edge->use_count; i++) {
        const struct edge_use *use = &edge->uses[i];
        const struct lock *held = &execution->locks[use->request->held[use->hold].lock];
        const struct lock *wanted = &execution->locks[use->request->lock];
        nesting.upward += held->address < wanted->address;
        nesting.declared += is_declared(execution, held->id, wanted->id);
    }
    return nesting;
}

static void add_class_only(void *context, const struct pattern *pattern, size_t count)
{
    struct lock_order *analysis = context;
    struct finding_nesting nesting = {0};

    if (count == 1)
        nesting = look_at_nesting(analysis->requests.execution, pattern->parts[0].edge);
    analysis->class_only_count++;
    analysis->class_only_ordered += finding_nesting_is_ordered(&nesting);
    if (analysis->list_class_only) {
        struct finding finding = make_finding(analysis, pattern, count, analysis->class_only_count);
        finding.nesting = nesting;
        *array_add(analysis->arena, &analysis->class_only) = finding;
    }
}

static struct segment_ref segment_of(const struct pattern_part *part)
{
    const struct occurrence *occurrence = pattern_occurrence(part);
    return (struct segment_ref){occurrence->thread, occurrence->segment};
}

/* The cycle as the first of its kind. */
static struct dismissed make_dismissed(struct lock_order *analysis, const struct pattern *pattern,
                                       size_t count, enum dismissal reason,
                                       const struct breach *breach)
{
    const struct execution *execution = analysis->requests.execution;
    const struct pattern_part *parts = pattern->parts;
    struct dismissed dismissed = {
        .reason = reason,
        .execution = execution,
        .step_count = count,
        .steps = make_steps(analysis, pattern, count),
        .step_a = breach->part_a,
        .step_b = breach->part_b,
    };

    if (reason == DISMISSAL_GATE_LOCK)
        dismissed.gate_lock = execution->locks[breach->gate_lock].id;
    if (reason == DISMISSAL_ORDERED)
        dismissed.ordered_by =
            happens_before_first_event(analysis->order, segment_of(&parts[breach->part_a]),
                                       segment_of(&parts[breach->part_b]));
    return dismissed;
}

static size_t dismissed_kind(struct lock_order *analysis, const struct pattern *pattern,
                             size_t count, enum dismissal reason)
{
    for (size_t i = 0; i < count; i++)
        analysis->ring[i] = analysis->classes.of_lock[pattern->parts[i].edge->from];
    return ring_table_number(analysis->arena, &analysis->dismissed_kinds, reason, analysis->ring,
                             count);
}

static void add_dismissed(void *context, const struct pattern *pattern, size_t count)
{
    struct lock_order *analysis = context;
    struct pattern *judge = &analysis->judge;
    enum dismissal reason;
    struct breach breach;

    memcpy(judge->parts, pattern->parts, count * sizeof *judge->parts);
    if (!dismissal_find(judge, count, &reason, &breach))
        return;
    size_t kind = dismissed_kind(analysis, judge, count, reason);
    if (kind >= DISMISSED_KINDS_MAX) {
        budget_exhaust(judge->budget);
        return;
    }
    if (kind == analysis->dismissed.count)
        *array_add(analysis->arena, &analysis->dismissed) =
            make_dismissed(analysis, judge, count, reason, &breach);
    analysis->dismissed.items[kind].instances++;
}

/* Of several reasons, the one that tells most. */
static void keep_doubt(struct finding_doubt *kept, const struct finding_doubt *doubt)
{
    if (doubt->reason > kept->reason)
        *kept = *doubt;
}

static bool is_settled_as_finding(enum cycle_verdict verdict)
{
    return verdict == CYCLE_PREDICTED || verdict == CYCLE_SPLIT;
}

/* Asks the other judge about all ways to fill the cycle's steps, up to one that makes it a finding.
 * Ordered, dismissed or elsewhere only if all of them are one of these. */
static struct cycle_opinion ask_other(struct lock_order *analysis, const struct pattern *pattern,
                                      size_t count, bool thorough, struct finding_doubt *doubt)
{
    const struct cycle_judge *other = analysis->other;
    struct pattern *fill = &analysis->fill;
    struct cycle_opinion opinion = {.verdict = CYCLE_POSSIBLE}, settled = opinion;
    uint64_t limit = fill->budget->limit;
    uint64_t stop_at = thorough ? fill->budget->used + limit / THOROUGH_SHARE : limit;
    bool all_settled = true, more;

    memcpy(fill->parts, pattern->parts, count * sizeof *fill->parts);
    for (more = pattern_assign(fill, count, true); more && fill->budget->used < stop_at;
         more = pattern_next(fill, count)) {
        fill_steps(analysis, fill, count, analysis->fill_steps);
        opinion = other->judge(other->context, analysis->fill_steps, count, thorough);
        if (is_settled_as_finding(opinion.verdict) || opinion.for_all)
            return opinion;
        all_settled &= opinion.verdict != CYCLE_POSSIBLE;
        if (settled.verdict == CYCLE_POSSIBLE || settled.verdict == CYCLE_ELSEWHERE)
            settled = opinion;
        if (opinion.verdict == CYCLE_POSSIBLE)
            keep_doubt(doubt, &opinion.doubt);
        budget_charge(fill->budget, opinion.work / LOOKS_PER_STEP);
    }
    if (more || budget_is_spent(fill->budget))
        keep_doubt(doubt, &(struct finding_doubt){.reason = NO_WITNESS_SEARCH_STOPPED});
    if (!all_settled || thorough || budget_is_spent(fill->budget))
        settled.verdict = CYCLE_POSSIBLE;
    return settled;
}

/* What only the other judge knows to be harmless. */
static void add_set_aside(struct lock_order *analysis, const struct pattern *pattern, size_t count,
                          const struct cycle_opinion *opinion)
{
    bool is_ordered = opinion->verdict == CYCLE_ORDERED;
    const struct finding_order *order = opinion->order;
    enum dismissal reason = is_ordered ? DISMISSAL_ORDERED : opinion->reason;
    struct breach breach = {
        .part_a = is_ordered ? order->step_before : opinion->step_a,
        .part_b = is_ordered ? order->step_after : opinion->step_b,
    };
    size_t kind = dismissed_kind(analysis, pattern, count, reason);

    if (kind >= DISMISSED_KINDS_MAX) {
        analysis->dismissed_cut = true;
        return;
    }
    if (kind == analysis->dismissed.count) {
        struct dismissed dismissed = make_dismissed(analysis, pattern, count, reason, &breach);
        dismissed.order = order;
        if (!is_ordered) {
            dismissed.steps = opinion->steps;
            dismissed.gate_lock = opinion->gate_lock;
        }
        *array_add(analysis->arena, &analysis->dismissed) = dismissed;
    }
    analysis->dismissed.items[kind].instances++;
}

/* The search stops at a limit if not before. */
static void tell_progress(const struct lock_order *analysis, const struct search_budget *search)
{
    uint64_t used = analysis->fill_budget.used;

    progress_at(used > search->used ? used : search->used, search->limit);
}

static void add_finding(void *context, const struct pattern *pattern, size_t count)
{
    struct lock_order *analysis = context;
    struct cycle_opinion opinion = {.verdict = CYCLE_POSSIBLE};
    struct finding_doubt doubt = {.reason = analysis->no_other};

    tell_progress(analysis, pattern->budget);
    if (analysis->other != NULL)
        opinion = ask_other(analysis, pattern, count, false, &doubt);
    if (analysis->other != NULL && opinion.verdict == CYCLE_POSSIBLE)
        opinion = ask_other(analysis, pattern, count, true, &doubt);
    if (opinion.verdict == CYCLE_ORDERED || opinion.verdict == CYCLE_DISMISSED) {
        add_set_aside(analysis, pattern, count, &opinion);
        return;
    }
    if (analysis->other != NULL && analysis->other->must_say_so &&
        !is_settled_as_finding(opinion.verdict))
        return;
    struct finding finding = make_finding(analysis, pattern, count, analysis->findings.count + 1);
    if (opinion.verdict == CYCLE_PREDICTED) {
        finding.confidence = CONFIDENCE_PREDICTED;
        finding.steps = opinion.steps;
        finding.witness = opinion.witness;
    } else {
        finding.doubt = doubt;
    }
    if (opinion.verdict == CYCLE_SPLIT)
        finding.steps = opinion.steps;
    *array_add(analysis->arena, &analysis->findings) = finding;
}

/* Returns the steps after which the search stopped early, or 0. */
static uint64_t stopped_after(const struct search_budget *budget)
{
    return budget_is_spent(budget) ? budget->limit : 0;
}

/* The same for a search that is over. */
static uint64_t end_search(struct lock_order *analysis, const struct search_budget *budget)
{
    analysis->steps += budget->used;
    return stopped_after(budget);
}

static uint64_t find_findings(struct lock_order *analysis)
{
    struct order_graph graph;
    struct pattern pattern;
    struct search_budget budget = {.limit = analysis->search_limit};

    order_graph_build(analysis->arena, &analysis->requests,
                      &(struct order_graph_options){.blocking_only = true, .across_threads = true},
                      &graph);
    /* Each part needs a thread of its own, so that no cycle is longer than there are threads. */
    size_t longest = graph.thread_count < graph.node_count ? graph.thread_count : graph.node_count;
    pattern_init(&pattern, analysis->arena, &analysis->requests, analysis->order, &budget, longest);
    pattern.rules = PATTERN_ALL_RULES;
    pattern_init(&analysis->fill, analysis->arena, &analysis->requests, analysis->order,
                 &analysis->fill_budget, longest);
    analysis->fill.rules = PATTERN_ALL_RULES;
    analysis->fill_steps = arena_alloc(analysis->arena, longest, sizeof *analysis->fill_steps);
    cycle_search_run(analysis->arena, &graph, &pattern, longest, add_finding, analysis);
    return end_search(analysis, &budget);
}

static uint64_t find_dismissed(struct lock_order *analysis, const struct order_graph *graph)
{
    struct pattern pattern;
    struct search_budget budget = {.limit = analysis->search_limit / DISMISSED_SHARE + 1};

    pattern_init(&pattern, analysis->arena, &analysis->requests, analysis->order, &budget,
                 graph->node_count);
    pattern_init(&analysis->judge, analysis->arena, &analysis->requests, analysis->order, &budget,
                 graph->node_count);
    cycle_search_run(analysis->arena, graph, &pattern, graph->node_count, add_dismissed, analysis);
    return end_search(analysis, &budget);
}

static uint64_t find_class_only(struct lock_order *analysis, const struct order_graph *graph)
{
    struct search_budget budget = {.limit = analysis->search_limit / CLASS_ONLY_SHARE + 1};

    class_order_search(analysis->arena, &analysis->requests, analysis->order, &analysis->classes,
                       graph, &budget, add_class_only, analysis);
    return end_search(analysis, &budget);
}

uint64_t lock_order_limit(const struct lock_order_options *options)
{
    return options->search_limit != 0 ? options->search_limit : DEFAULT_SEARCH_LIMIT;
}

void lock_order_analyze(struct arena *arena, const struct execution *execution,
                        const struct lock_order_options *options, struct analysis *analysis)
{
    struct lock_order state = {
        .arena = arena,
        .search_limit = lock_order_limit(options),
        .list_class_only = options->class_order,
        .other = options->judge,
        .no_other = options->judge == NULL ? options->no_judge : NO_WITNESS_NO_EVENTS,
    };
    struct order_graph instances;

    *analysis = (struct analysis){0};
    progress_begin("looking for cycles");
    request_set_collect(arena, execution, &state.requests);
    state.order = happens_before_create(arena, execution);
    lock_classes_make(arena, execution, &state.classes);
    order_graph_build(arena, &state.requests, &(struct order_graph_options){0}, &instances);

    state.ring = arena_alloc(arena, instances.node_count, sizeof *state.ring);
    state.fill_budget.limit = state.search_limit;
    analysis->bound_hit = find_findings(&state);
    analysis->witness_bound_hit = stopped_after(&state.fill_budget);
    if (options->keep_dismissed)
        analysis->dismissed_bound_hit = find_dismissed(&state, &instances);
    if (state.dismissed_cut)
        analysis->dismissed_bound_hit = state.search_limit;
    analysis->class_only_bound_hit = find_class_only(&state, &instances);
    progress_end();

    analysis->findings = state.findings.items;
    analysis->finding_count = state.findings.count;
    analysis->dismissed = state.dismissed.items;
    analysis->dismissed_count = state.dismissed.count;
    analysis->class_only = state.class_only.items;
    analysis->class_only_count = state.class_only_count;
    analysis->class_only_ordered = state.class_only_ordered;
    analysis->lock_class = state.classes.of_lock;
    analysis->dependencies = state.requests.occurrence_count;
    analysis->excluded_locks = state.requests.excluded_locks;
    analysis->search_steps = state.steps;
}
