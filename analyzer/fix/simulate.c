#include "analyzer/fix/simulate.h"

#include "analyzer/fix/held_across.h"
#include "analyzer/fix/makespan.h"
#include "analyzer/fix/stuck_circle.h"
#include "analyzer/fix/trace_part.h"
#include "analyzer/fix/trace_window.h"

enum {
    EVENTS_EACH = 200000, /* simulated for a change, and once for the run as it was */
    MOST_SCHEDULES = 100,
    FEWEST_SCHEDULES = 8,
    PART_EVENTS = EVENTS_EACH / FEWEST_SCHEDULES,
    TIMED_EVENTS = 200000,
};

/* How much longer the simulated run may take than it did before more threads are taken to have gone
 * on at a time than there are processors, as they do who sleep. */
#define AS_LONG 1.25

/* What taking or giving back a lock takes when it is not recorded. */
#define OPERATION_NS ((uint64_t)20)

/* What schedules of a trace came to. */
struct tally {
    size_t schedules, stuck, inconclusive;
};

struct fix_original {
    const struct trace_ids *ids;
    const struct sync_trace *whole;
    struct trace_part part;
    struct rewrite_run run; /* of the part */
    struct stuck_finding stuck;
    bool *matters;   /* by object, with room for one more */
    uint32_t *guide; /* the witness's events in the part */
    size_t guide_count;
    bool is_there; /* the locks of the finding have events */
    struct tally tally;
    size_t timed_from;   /* the first event of the stretch that is timed */
    uint64_t span_ns;    /* of that; 0: it has no times, or could not be run */
    uint64_t least_ns;   /* as in its rewrite_run */
    unsigned processors; /* that it had */
};

/* ---- numbers ---- */

static uint32_t class_of(const struct fix_subject *subject, uint32_t lock)
{
    const struct lock *found = lock != 0 ? execution_find_lock(subject->execution, lock) : NULL;

    return found != NULL ? subject->lock_class[found - subject->execution->locks]
                         : REWRITE_NO_CLASS;
}

static struct rewrite_run describe_run(struct arena *arena, const struct fix_subject *subject,
                                       const struct trace_ids *ids, const struct sync_trace *trace)
{
    uint32_t *classes = arena_alloc(arena, trace->object_count, sizeof *classes);
    uint64_t *addresses = arena_alloc(arena, trace->object_count, sizeof *addresses);

    for (uint32_t i = 0; i < trace->object_count; i++) {
        const struct lock *lock = execution_find_lock(subject->execution, ids->locks[i]);
        classes[i] = class_of(subject, ids->locks[i]);
        addresses[i] = lock != NULL ? lock->address : 0;
    }
    return (struct rewrite_run){
        .trace = trace,
        .classes = classes,
        .addresses = addresses,
        .execution = subject->execution,
        .first_stack = ids->first_stack,
    };
}

/* ---- the finding ---- */

static void describe_steps(struct arena *arena, const struct fix_subject *subject,
                           struct fix_original *original)
{
    const struct finding *finding = subject->finding;
    struct stuck_step *steps = arena_alloc(arena, finding->step_count, sizeof *steps);

    for (size_t i = 0; i < finding->step_count; i++) {
        const struct dependency *dependency = finding->steps[i].dependency;
        steps[i] = (struct stuck_step){.held_class = REWRITE_NO_CLASS,
                                       .class = class_of(subject, dependency->lock)};
        if (finding->steps[i].hold_index >= dependency->held_count)
            continue;
        const struct trace_dependency_held *held = &dependency->held[finding->steps[i].hold_index];
        const struct fix_places places =
            fix_places_find(subject->execution, held->stack, dependency->stack);
        steps[i].held_class = class_of(subject, held->lock);
        steps[i].held_place = places.outer;
        steps[i].place = places.inner;
    }
    original->stuck = (struct stuck_finding){
        .run = &original->run,
        .steps = steps,
        .step_count = finding->step_count,
        .by_waits = finding->kind == FINDING_BLOCKED_WAIT,
    };
}

/* The locks of the finding's classes. */
static void find_matters(struct arena *arena, const struct fix_subject *subject,
                         struct fix_original *original)
{
    const struct sync_trace *trace = original->whole;

    original->matters = arena_alloc(arena, (size_t)trace->object_count + 1, sizeof(bool));
    for (uint32_t i = 0; i < trace->object_count; i++) {
        uint32_t class = class_of(subject, original->ids->locks[i]);
        for (size_t s = 0; class != REWRITE_NO_CLASS && s < original->stuck.step_count; s++)
            original->matters[i] |= class == original->stuck.steps[s].class ||
                                    class == original->stuck.steps[s].held_class;
    }
    for (size_t i = 0; i < trace->event_count && !original->is_there; i++)
        original->is_there = original->matters[trace->events[i].object];
}

static void make_guide(struct arena *arena, const struct witness *witness,
                       struct fix_original *original)
{
    size_t most = witness->order_count + witness->request_count;

    original->guide = arena_alloc(arena, most, sizeof(uint32_t));
    for (size_t i = 0; i < most; i++) {
        uint32_t event = i < witness->order_count ? witness->order[i]
                                                  : witness->requests[i - witness->order_count];
        if (original->part.of[event] != TRACE_PART_NONE)
            original->guide[original->guide_count++] = original->part.of[event];
    }
}

/* ---- schedules ---- */

static struct schedule_plan plan_of(const struct fix_original *original, size_t number)
{
    static const enum schedule_policy policies[] = {SCHEDULE_RANDOM, SCHEDULE_PRIORITIES,
                                                    SCHEDULE_HELD_BACK, SCHEDULE_PRIORITIES};
    struct schedule_plan plan = {.policy = policies[number % 4], .seed = number};

    if (number == 0)
        plan.policy = SCHEDULE_IN_ORDER;
    if (number % 4 == 1 && original->guide_count != 0) {
        plan.policy = number == 1 ? SCHEDULE_IN_ORDER : SCHEDULE_RANDOM;
        plan.guide = original->guide;
        plan.guide_count = original->guide_count;
    }
    return plan;
}

static size_t count_schedules(const struct sync_trace *trace)
{
    size_t each = trace->event_count * (1 + trace->thread_count / 32) + 1;
    size_t count = EVENTS_EACH / each;

    if (count > MOST_SCHEDULES)
        return MOST_SCHEDULES;
    return count < FEWEST_SCHEDULES ? FEWEST_SCHEDULES : count;
}

static struct tally run_schedules(struct arena *scratch, const struct fix_original *original,
                                  const struct trace_rewrite *rewrite, const bool *matters,
                                  bool is_changed)
{
    struct schedule_run *run = schedule_run_create(scratch, rewrite, matters);
    struct tally tally = {.schedules = count_schedules(&original->part.trace)};

    for (size_t i = 0; i < tally.schedules; i++) {
        const struct schedule_plan plan = plan_of(original, i);
        if (schedule_run(run, &plan))
            continue;
        enum stuck stuck = stuck_circle_find(run, &original->stuck, is_changed);
        bool is_certain = !simulator_is_uncertain(schedule_run_simulator(run));
        tally.stuck += stuck == STUCK_HERE && is_certain;
        tally.inconclusive += stuck != STUCK_HERE || !is_certain;
    }
    return tally;
}

/* ---- cost ---- */

/* Where the stretch that is timed begins: half of the events of the finding's locks are before its
 * middle. */
static size_t timed_from(const struct fix_original *original)
{
    const struct sync_trace *trace = original->whole;
    size_t of_locks = 0, seen = 0, middle = 0;

    if (trace->event_count <= TIMED_EVENTS)
        return 0;
    for (size_t i = 0; i < trace->event_count; i++)
        of_locks += original->matters[trace->events[i].object];
    while (seen < of_locks / 2)
        seen += original->matters[trace->events[middle++].object];
    size_t first = middle > TIMED_EVENTS / 2 ? middle - TIMED_EVENTS / 2 : 0;
    size_t last = trace->event_count - TIMED_EVENTS;
    return first < last ? first : last;
}

/* How long that takes with the change; 0 if that cannot be said. */
static uint64_t find_span(const struct arena *arena, const struct fix_subject *subject,
                          const struct fix_original *original, const struct fix_change *change)
{
    struct arena scratch;
    struct sync_trace window;
    struct trace_part part;
    struct trace_rewrite rewrite;
    uint64_t span_ns;

    arena_init(&scratch, arena->cap_bytes);
    trace_window_make(&scratch, original->whole, original->timed_from, TIMED_EVENTS, &window);
    trace_part_make(&scratch, &scratch, &window, NULL, NULL, 0, SIZE_MAX, &part);
    struct rewrite_run run = describe_run(&scratch, subject, original->ids, &part.trace);
    run.least_ns = original->least_ns;
    trace_rewrite_make(&scratch, &run, change, &rewrite);
    bool is_done = makespan_find(&scratch, &rewrite, original->processors, &span_ns);
    arena_destroy(&scratch);
    return is_done ? span_ns : 0;
}

/* Of the part that is timed: how long it took, and the least time between two events of a thread
 * that did not wait. */
static void measure(const struct arena *arena, struct fix_original *original, uint64_t *span_ns)
{
    const struct sync_trace *trace = original->whole;
    size_t left = trace->event_count - original->timed_from;
    size_t end = original->timed_from + (left < TIMED_EVENTS ? left : TIMED_EVENTS);
    uint64_t first_ns = UINT64_MAX, last_ns = 0, least_ns = UINT64_MAX;
    struct arena scratch;

    arena_init(&scratch, arena->cap_bytes);
    uint64_t *before = arena_alloc(&scratch, trace->thread_count, sizeof *before);
    for (size_t i = original->timed_from; i < end; i++) {
        uint64_t now = trace->times[i], *own = &before[trace->events[i].thread];
        first_ns = now < first_ns ? now : first_ns;
        last_ns = now > last_ns ? now : last_ns;
        if (*own != 0 && now > *own && !rewrite_ends_wait(&trace->events[i]) &&
            now - *own < least_ns)
            least_ns = now - *own;
        *own = now;
    }
    arena_destroy(&scratch);
    bool is_known = least_ns != UINT64_MAX && least_ns > OPERATION_NS;
    original->least_ns = is_known ? least_ns - OPERATION_NS : 0;
    *span_ns = last_ns > first_ns ? last_ns - first_ns : 0;
}

static void time_original(const struct arena *arena, const struct fix_subject *subject,
                          struct fix_original *original)
{
    const struct sync_trace *whole = original->whole;
    uint64_t recorded_ns;

    original->timed_from = timed_from(original);
    measure(arena, original, &recorded_ns);
    double enough = AS_LONG * (double)recorded_ns;
    original->processors = whole->processors != 0 ? whole->processors : 1;
    original->span_ns = find_span(arena, subject, original, NULL);
    while ((double)original->span_ns > enough && original->processors < whole->thread_count) {
        original->processors *= 2;
        original->span_ns = find_span(arena, subject, original, NULL);
    }
}

static void find_cost(const struct arena *arena, const struct fix_subject *subject,
                      const struct fix_original *original, const struct fix_change *change,
                      struct fix_verdict *verdict)
{
    uint64_t span_ns = find_span(arena, subject, original, change);

    if (span_ns == 0)
        return;
    verdict->is_timed = true;
    verdict->processors = original->processors;
    verdict->cost_percent = ((double)span_ns / (double)original->span_ns - 1) * 100;
}

/* ---- all of it ---- */

static void run_original(struct arena *arena, struct fix_original *original)
{
    struct arena scratch;
    struct trace_rewrite same;

    arena_init(&scratch, arena->cap_bytes);
    trace_rewrite_make(&scratch, &original->run, NULL, &same);
    original->tally = run_schedules(&scratch, original, &same, original->matters, false);
    arena_destroy(&scratch);
}

static struct fix_original *make_original(struct arena *arena, const struct fix_subject *subject,
                                          struct cycle_verdicts *verdicts)
{
    struct fix_original *original = arena_alloc(arena, 1, sizeof *original);
    struct witness witness = {0};
    struct arena scratch;

    original->ids = &cycle_verdicts_traced(verdicts)->ids;
    original->whole = cycle_verdicts_requests(verdicts)->trace;
    describe_steps(arena, subject, original);
    find_matters(arena, subject, original);
    if (!original->is_there)
        return original;
    if (subject->finding->witness != NULL)
        cycle_verdicts_witness(verdicts, subject->finding->witness, &witness);
    arena_init(&scratch, arena->cap_bytes);
    trace_part_make(arena, &scratch, original->whole, original->matters, witness.requests,
                    witness.request_count, PART_EVENTS, &original->part);
    original->run = describe_run(arena, subject, original->ids, &original->part.trace);
    make_guide(arena, &witness, original);
    arena_destroy(&scratch);
    run_original(arena, original);
    if (original->whole->times != NULL)
        time_original(arena, subject, original);
    return original;
}

/* False: rejected. */
static bool simulate(struct arena *arena, struct fix_original *original,
                     const struct fix_change *change, struct fix_verdict *verdict)
{
    bool is_rejected = true;
    struct arena scratch;
    struct trace_rewrite rewrite;

    arena_init(&scratch, arena->cap_bytes);
    trace_rewrite_make(&scratch, &original->run, change, &rewrite);
    original->matters[original->whole->object_count] =
        rewrite.new_lock != SYNC_UNKNOWN && change->kind != FIX_GATE_LOCK;
    struct tally tally = run_schedules(&scratch, original, &rewrite, original->matters, true);
    verdict->schedules = tally.schedules;
    verdict->inconclusive = tally.inconclusive;
    verdict->stuck_before = original->tally.stuck;
    verdict->stuck_after = tally.stuck;
    if (tally.stuck != 0)
        verdict->rejection = FIX_REJECTION_STUCK;
    else if (held_across_new_wait(arena, &rewrite, change))
        verdict->rejection = FIX_REJECTION_HELD_ACROSS_WAIT;
    else
        is_rejected = false;
    arena_destroy(&scratch);
    return !is_rejected;
}

bool fix_simulate(struct arena *arena, struct fix_subject *subject, const struct fix_change *change,
                  struct fix_verdict *verdict)
{
    struct cycle_verdicts *verdicts =
        subject->judge != NULL ? recorded_judge_verdicts(subject->judge) : NULL;

    verdict->scope = FIX_SCOPE_GRAPH_ONLY;
    if (verdicts == NULL)
        return true;
    if (subject->original == NULL)
        subject->original = make_original(arena, subject, verdicts);
    if (!subject->original->is_there)
        return true;
    bool is_whole =
        subject->original->part.is_whole && !cycle_verdicts_traced(verdicts)->drops_shared;
    verdict->scope = is_whole ? FIX_SCOPE_FULL : FIX_SCOPE_PART;
    if (subject->original->span_ns != 0)
        find_cost(arena, subject, subject->original, change, verdict);
    return simulate(arena, subject->original, change, verdict);
}
