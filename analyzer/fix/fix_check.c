#include "analyzer/fix/chain_relock.h"
#include "analyzer/fix/cycle_names.h"
#include "analyzer/fix/fix_graph.h"
#include "analyzer/predict/lock_order.h"

/* One change, checked. */
struct check {
    struct arena *arena; /* of the verdict */
    struct arena *scratch;
    const struct fix_graph *graph;
    const struct finding *finding;
    const struct fix_change *change;
    struct chain_rewriter *rewriter;
    struct fix_verdict *verdict;
    uint64_t work;
};

static void reject(struct check *check, enum fix_rejection rejection)
{
    if (check->verdict->rejection == FIX_REJECTION_NONE)
        check->verdict->rejection = rejection;
}

/* The gate has no id that means anything to a reader of the recording. */
static uint32_t lock_to_tell(const struct check *check, uint32_t lock)
{
    return lock == check->graph->base.gate ? 0 : lock;
}

static void tell_new_cycle(struct check *check, const struct finding *cycle)
{
    struct fix_verdict *verdict = check->verdict;
    uint32_t *locks = arena_alloc(check->arena, cycle->step_count, sizeof *locks);

    for (size_t i = 0; i < cycle->step_count; i++)
        locks[i] = lock_to_tell(check, cycle->steps[i].dependency->lock);
    verdict->new_cycle_locks = locks;
    verdict->new_cycle_length = cycle->step_count;
}

static void add_new_cycle(struct check *check, const struct finding *cycle)
{
    if (check->verdict->new_cycles++ == 0)
        tell_new_cycle(check, cycle);
    reject(check, FIX_REJECTION_NEW_CYCLE);
}

/* Those of the finding's classes, and those that were not there. */
static void compare_cycles(struct check *check, const struct analysis *before,
                           const struct analysis *after)
{
    struct cycle_names names = {
        .arena = check->scratch, .base = &check->graph->base, .rewriter = check->rewriter};
    size_t own = cycle_names_class_number(&names, check->finding);

    for (size_t i = 0; i < before->finding_count; i++) {
        (void)cycle_names_number(&names, &before->findings[i]);
        check->verdict->cycles_before +=
            cycle_names_class_number(&names, &before->findings[i]) == own;
    }
    (void)cycle_names_number(&names, check->finding);
    size_t known = names.rings.count;
    for (size_t i = 0; i < after->finding_count; i++) {
        const struct finding *cycle = &after->findings[i];
        if (cycle_names_class_number(&names, cycle) == own)
            check->verdict->cycles_after++;
    }
    if (check->verdict->cycles_after > 0)
        reject(check, FIX_REJECTION_CYCLE_STAYS);
    for (size_t i = 0; i < after->finding_count; i++) {
        size_t number = cycle_names_number(&names, &after->findings[i]);
        if (number >= known)
            add_new_cycle(check, &after->findings[i]);
    }
}

/* Merged locks are held in more places: what no instances close yet, others might. */
static void compare_class_only(struct check *check, const struct analysis *before,
                               const struct analysis *after)
{
    struct cycle_names names = {
        .arena = check->scratch, .base = &check->graph->base, .rewriter = check->rewriter};

    if (before->class_only_bound_hit != 0 || after->class_only_bound_hit != 0)
        return;
    for (size_t i = 0; i < before->class_only_count; i++)
        (void)cycle_names_class_number(&names, &before->class_only[i]);
    for (size_t i = 0; i < before->finding_count; i++)
        (void)cycle_names_class_number(&names, &before->findings[i]);
    size_t known = names.rings.count;
    for (size_t i = 0; i < after->class_only_count; i++) {
        const struct finding *cycle = &after->class_only[i];
        if (!finding_nesting_is_ordered(&cycle->nesting) &&
            cycle_names_class_number(&names, cycle) >= known)
            add_new_cycle(check, cycle);
    }
}

static bool merges(const struct fix_change *change)
{
    return change->kind == FIX_SINGLE_LOCK ||
           (change->kind == FIX_RECURSIVE_LOCK && !change->keeps_apart);
}

static void compare_all(struct check *check)
{
    const struct analysis *before = &check->graph->before;
    const struct lock_order_options options = {.search_limit = FIX_GRAPH_STEPS,
                                               .class_order = true};
    struct chain_result result;
    struct analysis after;
    uint32_t relocked = 0;
    size_t count;
    const struct dependency *dependencies =
        chain_scope_of(check->scratch, check->graph->scope, check->change, &count);
    size_t relocks_before = chain_relocks(check->graph->base.execution, dependencies, count, NULL);

    chain_rewrite(check->rewriter, dependencies, count, &result);
    lock_order_analyze(check->scratch, &result.execution, &options, &after);
    check->work += count + after.search_steps + after.finding_count;
    compare_cycles(check, before, &after);
    if (merges(check->change))
        compare_class_only(check, before, &after);
    size_t relocks = chain_relocks(&result.execution, result.execution.dependencies,
                                   result.execution.dependency_count, &relocked);
    if (relocks > relocks_before) {
        const struct dependency dependency = {.lock = relocked};
        const struct cycle_step step = {.dependency = &dependency};
        add_new_cycle(check, &(struct finding){.steps = &step, .step_count = 1});
    }
    if (result.held_across_waits > 0)
        reject(check, FIX_REJECTION_HELD_ACROSS_WAIT);
    if (after.bound_hit != 0)
        reject(check, FIX_REJECTION_TOO_MANY_CYCLES);
}

static bool holds(const struct dependency *dependency, uint32_t lock)
{
    for (uint32_t i = 0; i < dependency->held_count; i++) {
        if (dependency->held[i].lock == lock)
            return true;
    }
    return false;
}

/* Whether the step still waits for what it did while it holds what the one before waits for. */
static bool has_part(const struct check *check, const struct cycle_step *step, bool *has_gate)
{
    const struct dependency *recorded = step->dependency;
    bool is_known = step->hold_index < recorded->held_count;
    uint32_t wanted = chain_rewriter_lock(check->rewriter, recorded->lock);
    uint32_t hold =
        is_known ? chain_rewriter_lock(check->rewriter, recorded->held[step->hold_index].lock) : 0;
    struct chain_result result;

    chain_rewrite(check->rewriter, recorded, 1, &result);
    for (size_t i = 0; i < result.execution.dependency_count; i++) {
        const struct dependency *dependency = &result.execution.dependencies[i];
        *has_gate = holds(dependency, check->graph->base.gate);
        if (dependency->lock == wanted && (!is_known || holds(dependency, hold)) &&
            (dependency->mode & TRACE_MODE_TRY) == 0)
            return true;
    }
    return false;
}

/* Whether the finding's own steps are a circle as they were. It is the only check of waits for
 * something else than locks, and of what the lock order has no cycle of: deadlocks that happened
 * although threads seemed to be ordered. */
static bool is_circle(const struct check *check)
{
    size_t gates = 0;

    for (size_t i = 0; i < check->finding->step_count; i++) {
        bool has_gate = false;
        if (!has_part(check, &check->finding->steps[i], &has_gate))
            return false;
        gates += has_gate;
    }
    return gates < 2;
}

/* It counts as one where the lock order has none. */
static void check_own_circle(struct check *check)
{
    bool stays = is_circle(check);

    if (stays)
        reject(check, FIX_REJECTION_CYCLE_STAYS);
    if (check->verdict->cycles_before == 0) {
        check->verdict->cycles_before = 1;
        check->verdict->cycles_after = stays;
    }
}

/* Of what a thread waits for that it holds itself: whether it still does. */
static void check_own_relocks(struct check *check)
{
    const struct execution *execution = check->graph->base.execution;

    for (size_t i = 0; i < check->finding->step_count; i++) {
        const struct dependency *dependency = check->finding->steps[i].dependency;
        struct chain_result result;
        if (chain_relocks(execution, dependency, 1, NULL) == 0)
            continue;
        chain_rewrite(check->rewriter, dependency, 1, &result);
        if (chain_relocks(&result.execution, result.execution.dependencies,
                          result.execution.dependency_count, NULL) > 0)
            reject(check, FIX_REJECTION_CYCLE_STAYS);
    }
}

uint64_t fix_graph_check(struct arena *arena, const struct fix_graph *graph,
                         const struct finding *finding, const struct fix_change *change,
                         struct fix_verdict *verdict)
{
    struct arena scratch;
    struct check check = {
        .arena = arena,
        .scratch = &scratch,
        .graph = graph,
        .finding = finding,
        .change = change,
        .verdict = verdict,
        .work = graph->work,
    };

    arena_init(&scratch, arena->cap_bytes);
    check.rewriter = chain_rewriter_create(&scratch, &graph->base, change);
    check_own_relocks(&check);
    compare_all(&check);
    check_own_circle(&check);
    verdict->verified = verdict->rejection == FIX_REJECTION_NONE;
    arena_destroy(&scratch);
    return check.work;
}
