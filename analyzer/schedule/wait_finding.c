#include "analyzer/schedule/wait_finding.h"

#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/base/ring_table.h"
#include "analyzer/model/thread_end.h"
#include "analyzer/schedule/wait_pattern.h"
#include "analyzer/schedule/wait_witness.h"

/* The part of the limit that is spent here, and how many looks at events are one step. */
enum { LIMIT_SHARE = 10, LOOKS_PER_STEP = 64 };

struct finder {
    struct arena *arena;
    struct cycle_verdicts *verdicts;
    const struct traced_execution *traced;
    const struct sync_trace *trace;
    struct wait_requests waits;
    struct wait_judge judge;
    struct ring_table rings; /* of objects waited for: each circle is told once */
    ARRAY(uint32_t) ring;
    ARRAY(bool) is_told; /* by number of the ring */
    ARRAY(struct finding) findings;
    struct analysis *analysis;
};

/* What the threads of a witness hold in the end and ask for. */
struct scene {
    const struct witness *witness;
    struct story story;
};

static const struct sync_event *request_of(const struct finder *finder, const struct scene *scene,
                                           size_t i)
{
    return &finder->trace->events[scene->witness->requests[i]];
}

/* The request that waits for this one's thread: that of the member before, of a helper the first.
 */
static size_t before(const struct scene *scene, size_t i)
{
    if (i == 0)
        return scene->witness->request_count == scene->witness->member_count
                   ? scene->witness->request_count - 1
                   : scene->witness->member_count - 1;
    return i < scene->witness->member_count ? i - 1 : 0;
}

/* What its thread holds, then room for one that it does not, and for its own end. */
static struct trace_dependency_held *make_held(const struct finder *finder,
                                               const struct scene *scene, size_t i, uint32_t *count)
{
    const struct trace_ids *ids = &finder->traced->ids;
    const struct held_stack *stack = &scene->story.holds[i];
    struct trace_dependency_held *held = arena_alloc(finder->arena, stack->count + 2, sizeof *held);

    *count = 0;
    for (size_t j = 0; j < stack->count; j++) {
        const struct held_entry *entry = &stack->items[j];
        uint32_t lock = ids->locks[entry->object];
        if (lock != 0)
            held[(*count)++] = (struct trace_dependency_held){
                .lock = lock,
                .mode = entry->reader ? TRACE_MODE_READ : 0,
                .stack = ids->first_stack + finder->trace->events[entry->tag].site,
                .count = 1,
            };
    }
    return held;
}

static uint32_t mode_of(const struct sync_event *request)
{
    return (request->mode & SYNC_READER ? TRACE_MODE_READ : 0) |
           (request->kind == SYNC_REQUEST && (request->mode & SYNC_IN_WAIT) != 0 ? TRACE_MODE_WAIT
                                                                                 : 0);
}

static void make_step(const struct finder *finder, const struct scene *scene, size_t i,
                      struct cycle_step *step)
{
    const struct trace_ids *ids = &finder->traced->ids;
    const struct sync_event *request = request_of(finder, scene, i);
    const struct sync_event *other = request_of(finder, scene, before(scene, i));
    uint32_t wanted = ids->locks[other->object], count;
    struct trace_dependency_held *held = make_held(finder, scene, i, &count);
    struct dependency *dependency = arena_alloc(finder->arena, 1, sizeof *dependency);
    size_t at = 0;

    while (at < count && (wanted == 0 || held[at].lock != wanted))
        at++;
    if (at == count && wanted != 0 && finder->trace->objects[other->object].kind == SYNC_THREAD) {
        const struct lock *end = execution_find_lock(&finder->traced->execution, wanted);
        held[count++] = (struct trace_dependency_held){
            .lock = wanted, .stack = end != NULL ? end->init_stack : 0, .count = 1};
    }
    *dependency = (struct dependency){
        .thread = ids->threads[request->thread],
        .lock = ids->locks[request->object],
        .mode = mode_of(request),
        .stack = ids->first_stack + request->site,
        .held_count = count,
        .held = held,
    };
    *step = (struct cycle_step){.dependency = dependency, .hold_index = at};
}

/* The first thing that the request's thread does after it that would end the wait of the one
 * before; of thread 0 if there is none. */
static struct witness_event find_wake(const struct finder *finder, const struct scene *scene,
                                      size_t i)
{
    const struct sync_trace *trace = finder->trace;
    const struct sync_event *request = request_of(finder, scene, i);
    const struct sync_event *other = request_of(finder, scene, before(scene, i));

    if (!wait_request_is_served(trace, other->object))
        return (struct witness_event){0};
    for (size_t at = scene->witness->requests[i] + 1; at < trace->event_count; at++) {
        const struct sync_event *event = &trace->events[at];
        if (event->thread == request->thread && event->object == other->object &&
            wait_request_serves(event))
            return trace_ids_event(&finder->traced->ids, trace, (uint32_t)at);
    }
    return (struct witness_event){0};
}

static struct finding make_finding(struct finder *finder, const struct witness *witness,
                                   enum finding_kind kind, enum finding_rule rule)
{
    struct scene scene = {.witness = witness};
    size_t count = witness->request_count;
    struct cycle_step *steps = arena_alloc(finder->arena, count, sizeof *steps);
    struct witness_event *wakes = arena_alloc(finder->arena, count, sizeof *wakes);
    struct arena scratch;

    arena_init(&scratch, finder->arena->cap_bytes);
    story_tell(finder->arena, &scratch, finder->judge.index, &finder->traced->ids, witness,
               &scene.story);
    for (size_t i = 0; i < count; i++) {
        make_step(finder, &scene, i, &steps[i]);
        wakes[i] = find_wake(finder, &scene, i);
    }
    struct finding finding = {
        .kind = kind,
        .rule = rule,
        .confidence = CONFIDENCE_PREDICTED,
        .execution = &finder->traced->execution,
        .step_count = count,
        .steps = steps,
        .instances = 1,
        .witness = cycle_verdicts_keep(finder->verdicts, witness, &scene.story),
        .wakes = wakes,
    };
    arena_destroy(&scratch);
    return finding;
}

static bool has_step(const struct finding *finding, const struct dependency *wanted)
{
    for (size_t i = 0; i < finding->step_count; i++) {
        const struct dependency *dependency = finding->steps[i].dependency;
        if (dependency->thread == wanted->thread && dependency->lock == wanted->lock &&
            dependency->stack == wanted->stack)
            return true;
    }
    return false;
}

/* The circle of locks that consists of the same requests, if one was found. */
static struct finding *find_same(const struct finder *finder, const struct finding *finding)
{
    for (size_t i = 0; i < finder->analysis->finding_count; i++) {
        struct finding *known = &finder->analysis->findings[i];
        size_t same = 0;
        for (size_t j = 0; j < finding->step_count; j++)
            same += has_step(known, finding->steps[j].dependency);
        if (known->kind == FINDING_LOCK_ORDER_CYCLE && same == known->step_count &&
            same == finding->step_count)
            return known;
    }
    return NULL;
}

static void add_finding(struct finder *finder, struct finding finding)
{
    struct finding *same = find_same(finder, &finding);

    if (same != NULL) {
        same->confidence = CONFIDENCE_PREDICTED;
        same->witness = finding.witness;
        return;
    }
    *array_add(finder->arena, &finder->findings) = finding;
}

static enum finding_rule rule_of(const struct finder *finder, const struct abstract_request *wait)
{
    switch (finder->trace->objects[wait->object].kind) {
    case SYNC_CONDITION:
        return FINDING_RULE_NESTED_MONITOR;
    case SYNC_BARRIER:
        return FINDING_RULE_BARRIER_UNDER_LOCK;
    default:
        return FINDING_RULE_SEMAPHORE_UNDER_LOCK;
    }
}

/* By what is waited for, in a circle. */
static bool *told_of(struct finder *finder, const struct abstract_request *const *members,
                     size_t count)
{
    finder->ring.count = 0;
    for (size_t i = 0; i < count; i++)
        *array_add(finder->arena, &finder->ring) = members[i]->object;
    size_t number = ring_table_number(finder->arena, &finder->rings, 0, finder->ring.items, count);
    if (number == finder->is_told.count)
        (void)array_add(finder->arena, &finder->is_told);
    return &finder->is_told.items[number];
}

static bool judge_circle(void *context, const struct abstract_request *const *members, size_t count,
                         uint64_t *steps)
{
    struct finder *finder = context;
    const struct abstract_request *all[WAIT_PATTERN_MEMBERS + WAIT_WITNESS_HELPERS];
    bool *is_told = told_of(finder, members, count);
    struct witness witness;

    if (*is_told)
        return true;
    memcpy(all, members, count * sizeof(const struct abstract_request *));
    uint64_t work = finder->judge.work;
    *is_told = wait_witness_find(&finder->judge, finder->arena, all, count, &witness);
    *steps += (finder->judge.work - work) / LOOKS_PER_STEP;
    if (*is_told)
        add_finding(finder, make_finding(finder, &witness, FINDING_BLOCKED_WAIT,
                                         rule_of(finder, members[0])));
    return *is_told;
}

static void find_blocked_waits(struct finder *finder, uint64_t limit)
{
    wait_requests_collect(finder->arena, cycle_verdicts_requests(finder->verdicts), &finder->waits);
    if (finder->waits.wait_count == 0)
        return;
    finder->judge = (struct wait_judge){
        .index = cycle_verdicts_index(finder->verdicts),
        .simulator = cycle_verdicts_simulator(finder->verdicts),
        .waits = &finder->waits,
    };
    if (!wait_patterns_search(finder->arena, &finder->waits, limit, judge_circle, finder))
        finder->analysis->witness_bound_hit = limit;
}

static bool reads_again(const struct finder *finder, const struct abstract_request *request)
{
    bool held_for_reading = false;

    for (uint32_t i = 0; i < request->held_count; i++)
        held_for_reading |=
            request->held[i].object == request->object && request->held[i].reader != 0;
    return held_for_reading && request->mode == SYNC_READER &&
           finder->trace->objects[request->object].kind == SYNC_WRITER_QUEUE;
}

static bool is_replayed(struct finder *finder, const struct witness *witness)
{
    return !witness->is_guessed && !witness->skips_signal &&
           simulator_replay(cycle_verdicts_simulator(finder->verdicts), witness->order,
                            witness->order_count, witness->requests, witness->request_count)
                   .verdict == SIMULATOR_DEADLOCK;
}

/* Each lock and place once. */
static void find_recursive_reads(struct finder *finder)
{
    const struct abstract_requests *requests = cycle_verdicts_requests(finder->verdicts);
    struct number_table told = {0};
    struct witness_result result;

    for (size_t i = 0; i < requests->count; i++) {
        const struct abstract_request *request = &requests->requests[i];
        if (!reads_again(finder, request))
            continue;
        uint32_t site = finder->trace->events[request->events[0].position].site;
        uint32_t *is_told =
            number_table_at(finder->arena, &told, (uint64_t)request->object << 32 | site);
        finder->judge.index = cycle_verdicts_index(finder->verdicts);
        if (*is_told == 0)
            witness_find(finder->judge.index, finder->arena, &request, 1, &result);
        if (*is_told != 0 || result.verdict != WITNESS_FOUND ||
            !is_replayed(finder, &result.witness))
            continue;
        *is_told = 1;
        add_finding(finder, make_finding(finder, &result.witness, FINDING_LOCK_ORDER_CYCLE,
                                         FINDING_RULE_RECURSIVE_READ));
    }
}

static void keep_findings(struct finder *finder)
{
    struct analysis *analysis = finder->analysis;
    size_t before = analysis->finding_count, own = finder->findings.count;

    if (own == 0)
        return;
    struct finding *findings = arena_alloc(finder->arena, before + own, sizeof *findings);
    if (before > 0)
        memcpy(findings, analysis->findings, before * sizeof *findings);
    memcpy(findings + before, finder->findings.items, own * sizeof *findings);
    for (size_t i = before; i < before + own; i++)
        findings[i].id = i + 1;
    analysis->findings = findings;
    analysis->finding_count = before + own;
}

void wait_findings_add(struct arena *arena, struct cycle_verdicts *verdicts,
                       const struct lock_order_options *options, struct analysis *analysis)
{
    const struct abstract_requests *requests = cycle_verdicts_requests(verdicts);
    struct finder finder = {
        .arena = arena,
        .verdicts = verdicts,
        .traced = cycle_verdicts_traced(verdicts),
        .trace = requests->trace,
        .analysis = analysis,
    };

    find_recursive_reads(&finder);
    if (finder.traced->gap == TRACE_GAP_NONE)
        find_blocked_waits(&finder, lock_order_limit(options) / LIMIT_SHARE + 1);
    keep_findings(&finder);
}
