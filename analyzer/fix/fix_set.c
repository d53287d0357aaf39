#include "analyzer/fix/fix_set.h"

#include <stdlib.h>
#include "analyzer/base/array.h"
#include "analyzer/base/progress.h"
#include "analyzer/base/ring_table.h"
#include "analyzer/fix/fix_candidate.h"
#include "analyzer/fix/fix_retry.h"
#include "analyzer/fix/simulate.h"
#include "analyzer/model/python_lock.h"

/* What the simulation of a change costs, in steps of a check: each of its events looks at all
 * threads. */
enum { SIMULATION_WORK = 10000, SIMULATION_WORK_OF_THREAD = 200 };

/* How often a merge that makes a new cycle takes in the locks of that, too. */
enum { MERGE_ROUNDS = 4 };

struct fix_finder {
    struct arena *arena;
    const struct execution *execution;
    const uint32_t *lock_class;
    struct recorded_judge *judge;
    struct fix_graph *graph; /* made for the first finding */
    struct ring_table rings; /* classes; a ring's number is its position in sets */
    ARRAY(const struct fix_set *) sets;
    ARRAY(uint32_t) ring;
    size_t made;
    uint64_t work;
};

struct fix_finder *fix_finder_create(struct arena *arena, const struct execution *execution,
                                     const uint32_t *lock_class, struct recorded_judge *judge)
{
    struct fix_finder *finder = arena_alloc(arena, 1, sizeof *finder);

    *finder = (struct fix_finder){
        .arena = arena, .execution = execution, .lock_class = lock_class, .judge = judge};
    return finder;
}

/* ---- order ---- */

static bool lets_others_in(const struct fix *fix)
{
    return fix->change.kind == FIX_TRY_BACKOFF || fix->change.kind == FIX_RELEASE_FIRST;
}

static bool costs_much(const struct fix *fix)
{
    return fix->verdict.is_timed && fix->verdict.cost_percent > FIX_LARGE_COST;
}

static int compare_numbers(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_fixes(const struct fix *a, const struct fix *b)
{
    int order = compare_numbers(b->verdict.verified, a->verdict.verified);

    if (order == 0)
        order = compare_numbers(a->is_mistake, b->is_mistake);
    if (order == 0)
        order = compare_numbers(lets_others_in(a), lets_others_in(b));
    if (order == 0)
        order = compare_numbers(costs_much(a), costs_much(b));
    if (order == 0)
        order = compare_numbers(a->places, b->places);
    return order != 0 ? order : compare_numbers(a->change.kind, b->change.kind);
}

/* Equal ones stay as they are: they are few. */
static void sort_fixes(struct fix_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        struct fix fix = list->items[i];
        size_t j = i;
        for (; j > 0 && compare_fixes(&fix, &list->items[j - 1]) < 0; j--)
            list->items[j] = list->items[j - 1];
        list->items[j] = fix;
    }
}

/* ---- checks ---- */

static void check_graph(struct fix_finder *finder, const struct finding *finding, struct fix *fix)
{
    fix->verdict.scope = FIX_SCOPE_GRAPH_ONLY;
    if (fix->verdict.rejection != FIX_REJECTION_NONE)
        return;
    finder->work +=
        fix_graph_check(finder->arena, finder->graph, finding, &fix->change, &fix->verdict);
}

static bool is_merge(const struct fix *fix)
{
    return fix->change.kind == FIX_SINGLE_LOCK ||
           (fix->change.kind == FIX_RECURSIVE_LOCK && !fix->change.keeps_apart);
}

/* A larger form is kept only if it is one. */
static void retry(struct fix_finder *finder, const struct finding *finding, struct fix *fix)
{
    struct fix larger = *fix;

    for (int round = 0; round < MERGE_ROUNDS && is_merge(fix) &&
                        larger.verdict.rejection == FIX_REJECTION_NEW_CYCLE &&
                        fix_retry_merge(finder->arena, finder->graph, &larger);
         round++)
        check_graph(finder, finding, &larger);
    if (fix->change.kind == FIX_REORDER &&
        fix_retry_reorder(finder->arena, finder->graph, finding, &larger))
        check_graph(finder, finding, &larger);
    if (larger.verdict.verified)
        *fix = larger;
}

static void simulate(struct fix_finder *finder, struct fix_subject *subject, struct fix *fix)
{
    if (!fix_simulate(finder->arena, subject, &fix->change, &fix->verdict))
        fix->verdict.verified = false;
    if (fix->verdict.scope != FIX_SCOPE_GRAPH_ONLY)
        finder->work +=
            SIMULATION_WORK + SIMULATION_WORK_OF_THREAD * finder->execution->thread_count;
}

static const struct fix_set *make_set(struct fix_finder *finder, const struct finding *finding)
{
    struct fix_list list = {0};
    struct fix_subject subject = {
        .execution = finding->execution,
        .lock_class = finder->lock_class,
        .finding = finding,
        .judge = finder->judge,
    };
    struct fix_set *set = arena_alloc(finder->arena, 1, sizeof *set);

    fix_candidates_add(finder->arena, finder->graph, finding, &list);
    for (size_t i = 0; i < list.count; i++) {
        struct fix *fix = &list.items[i];
        check_graph(finder, finding, fix);
        if (!fix->verdict.verified && !fix->is_mistake)
            retry(finder, finding, fix);
        if (fix->verdict.verified)
            simulate(finder, &subject, fix);
    }
    sort_fixes(&list);
    *set = (struct fix_set){list.items, list.count};
    return set;
}

/* ---- for many findings ---- */

static bool can_have_fixes(const struct finding *finding)
{
    bool is_circle = finding->kind == FINDING_DEADLOCK &&
                     (finding->live == NULL || finding->live->sort == TRACE_DEADLOCK_CYCLE);

    return finding->told == NULL && finding->step_count > 0 &&
           (is_circle || finding->kind == FINDING_SELF_DEADLOCK ||
            finding->kind == FINDING_LOCK_ORDER_CYCLE || finding->kind == FINDING_BLOCKED_WAIT);
}

/* One of Python's locks among them: nothing that could be said of its class or place is of use. */
static bool is_of_python(const struct execution *execution, const struct finding *finding)
{
    for (size_t i = 0; i < finding->step_count; i++) {
        const struct lock *lock =
            execution_find_lock(execution, finding->steps[i].dependency->lock);
        if (lock != NULL && python_lock_is_one(execution, lock))
            return true;
    }
    return false;
}

/* Circles that could happen; what did has steps of its own. */
static bool can_share(const struct finding *finding)
{
    return finding->kind == FINDING_LOCK_ORDER_CYCLE && finding->rule == FINDING_RULE_NONE &&
           finding->live == NULL;
}

static size_t ring_number(struct fix_finder *finder, const struct finding *finding)
{
    finder->ring.count = 0;
    for (size_t i = 0; i < finding->step_count; i++)
        *array_add(finder->arena, &finder->ring) =
            fix_graph_class(finder->graph, finding->steps[i].dependency->lock);
    return ring_table_number(finder->arena, &finder->rings, 0, finder->ring.items,
                             finder->ring.count);
}

static bool is_too_much(const struct fix_finder *finder)
{
    return !fix_graph_is_whole(finder->graph) || finder->made >= FIX_SETS_MOST ||
           finder->work > FIX_SETS_WORK;
}

static void make_graph(struct fix_finder *finder)
{
    if (finder->graph != NULL)
        return;
    finder->graph = arena_alloc(finder->arena, 1, sizeof *finder->graph);
    fix_graph_make(finder->arena, finder->execution, finder->lock_class, finder->graph);
}

const struct fix_set *fix_set_make(struct fix_finder *finder, const struct finding *finding)
{
    make_graph(finder);
    if (!can_share(finding)) {
        if (is_too_much(finder))
            return NULL;
        finder->made++;
        return make_set(finder, finding);
    }
    size_t number = ring_number(finder, finding);
    if (number == finder->sets.count) {
        bool is_left_out = is_too_much(finder);
        finder->made += !is_left_out;
        *array_add(finder->arena, &finder->sets) = is_left_out ? NULL : make_set(finder, finding);
    }
    return finder->sets.items[number];
}

void fix_sets_add(struct arena *arena, const struct execution *execution,
                  struct recorded_judge *judge, struct analysis *analysis)
{
    struct fix_finder *finder = NULL;

    progress_begin("looking for fixes");
    for (size_t i = 0; i < analysis->finding_count; i++) {
        struct finding *finding = &analysis->findings[i];
        if (!can_have_fixes(finding) || is_of_python(execution, finding))
            continue;
        if (finder == NULL)
            finder = fix_finder_create(arena, execution, analysis->lock_class, judge);
        progress_at(i, analysis->finding_count);
        finding->fixes = fix_set_make(finder, finding);
        analysis->fixes_left_out += finding->fixes == NULL;
    }
    progress_end();
}
