#include "analyzer/fix/fix_candidate.h"

#include "analyzer/base/array.h"
#include "analyzer/fix/fix_order.h"
#include "analyzer/fix/fix_ring.h"
#include "analyzer/fix/lock_traits.h"

/* Of a long circle not every side is offered to try, or to release before it. */
enum { MOST_SIDES = 4 };

struct maker {
    struct arena *arena;
    const struct fix_graph *graph;
    const struct finding *finding;
    struct fix_ring ring;
    struct nesting_list nestings; /* of all that is in a circle with the ring */
    struct fix_order order;
    bool has_order;
    struct fix_list *list;
};

/* Those of the list that a change is about, as they are chosen. */
struct picked {
    ARRAY(struct fix_nesting) nestings;
};

static bool has_call(const struct fix_nesting *nestings, size_t count,
                     const struct fix_nesting *nesting)
{
    for (size_t i = 0; i < count; i++) {
        if (nesting_is_same_call(&nestings[i], nesting))
            return true;
    }
    return false;
}

static bool is_of_ring(const struct maker *maker, const struct fix_nesting *nesting)
{
    return fix_ring_has(&maker->ring, nesting->outer_class) &&
           fix_ring_has(&maker->ring, nesting->inner_class);
}

static struct fix *add(struct maker *maker, enum fix_kind kind, const struct picked *picked)
{
    struct fix *fix = array_add(maker->arena, maker->list);

    fix->change.kind = kind;
    if (picked != NULL) {
        fix->change.nestings = picked->nestings.items;
        fix->change.nesting_count = picked->nestings.count;
        fix->places =
            nesting_count_places(maker->arena, picked->nestings.items, picked->nestings.count);
    }
    return fix;
}

static void set_classes(struct fix *fix, const uint32_t *classes, size_t count)
{
    fix->change.classes = classes;
    fix->change.class_count = count;
}

/* ---- one lock for all ---- */

/* The calls that go with it: those that take a merged lock again. */
static size_t count_inner(const struct maker *maker)
{
    struct picked picked = {0};

    for (size_t i = 0; i < maker->nestings.count; i++) {
        struct fix_nesting nesting = maker->nestings.items[i].nesting;
        if (!is_of_ring(maker, &nesting))
            continue;
        nesting.outer_place = nesting.inner_place;
        *array_add(maker->arena, &picked.nestings) = nesting;
    }
    return nesting_count_places(maker->arena, picked.nestings.items, picked.nestings.count);
}

static void add_merges(struct maker *maker)
{
    const struct fix_ring *ring = &maker->ring;
    size_t locks = ring->class_count > 1 ? ring->class_count : 2; /* of a class at least two */

    if (!fix_classes_can_be_one(maker->graph, ring->classes, ring->class_count))
        return;
    if ((ring->traits & LOCK_CAN_RECUR) != 0) {
        struct fix *recursive = add(maker, FIX_RECURSIVE_LOCK, NULL);
        set_classes(recursive, ring->classes, ring->class_count);
        recursive->places = locks;
    }
    struct fix *single = add(maker, FIX_SINGLE_LOCK, NULL);
    set_classes(single, ring->classes, ring->class_count);
    single->places = locks + count_inner(maker);
}

/* Different locks that are recursive wait for each other all the same. */
static void add_mistaken_recursion(struct maker *maker)
{
    const struct fix_ring *ring = &maker->ring;

    if (ring->class_count < 2 || (ring->traits & LOCK_CAN_RECUR) == 0)
        return;
    struct fix *fix = add(maker, FIX_RECURSIVE_LOCK, NULL);
    set_classes(fix, ring->classes, ring->class_count);
    fix->change.keeps_apart = true;
    fix->is_mistake = true;
    fix->places = ring->class_count;
}

/* ---- one order ---- */

static void add_reorder(struct maker *maker)
{
    struct fix fix;

    if (!maker->has_order || (maker->ring.traits & LOCK_CAN_MOVE) == 0)
        return;
    fix_order_turn(maker->arena, &maker->nestings, &maker->order, &fix);
    if (fix.change.nesting_count > 0)
        *array_add(maker->arena, maker->list) = fix;
}

/* ---- around, instead of, before ---- */

static bool can_move(const struct maker *maker, uint32_t lock_class)
{
    return (fix_graph_traits(maker->graph, lock_class) & LOCK_CAN_MOVE) != 0;
}

static bool is_of_side(const struct fix_nesting *nesting, const struct fix_side *side)
{
    return nesting->outer_class == side->held && nesting->inner_class == side->wanted;
}

/* The side's nestings, and those of other classes of the ring at the same calls: code that changes
 * for one changes for all. False: one cannot change. */
static bool pick_side(const struct maker *maker, const struct fix_side *side, bool may_be_fixed,
                      struct picked *picked)
{
    struct picked own = {0};

    for (size_t i = 0; i < maker->nestings.count; i++) {
        if (is_of_side(&maker->nestings.items[i].nesting, side))
            *array_add(maker->arena, &own.nestings) = maker->nestings.items[i].nesting;
    }
    for (size_t i = 0; i < maker->nestings.count; i++) {
        const struct nesting_seen *seen = &maker->nestings.items[i];
        if (!is_of_ring(maker, &seen->nesting) ||
            !has_call(own.nestings.items, own.nestings.count, &seen->nesting))
            continue;
        if (seen->is_fixed && !may_be_fixed)
            return false;
        *array_add(maker->arena, &picked->nestings) = seen->nesting;
    }
    return picked->nestings.count > 0;
}

/* Another side is at the same calls. */
static bool is_offered(const struct maker *maker, enum fix_kind kind, const struct picked *picked)
{
    for (size_t i = 0; i < maker->list->count; i++) {
        const struct fix_change *change = &maker->list->items[i].change;
        if (change->kind == kind &&
            has_call(change->nestings, change->nesting_count, &picked->nestings.items[0]))
            return true;
    }
    return false;
}

static void add_side(struct maker *maker, enum fix_kind kind, const struct fix_side *side)
{
    struct picked picked = {0};
    bool releases = kind == FIX_RELEASE_FIRST;

    if (!can_move(maker, side->held) ||
        (!releases && (fix_graph_traits(maker->graph, side->wanted) & LOCK_CAN_TRY) == 0) ||
        !pick_side(maker, side, releases, &picked) || is_offered(maker, kind, &picked))
        return;
    (void)add(maker, kind, &picked);
}

static void add_sides(struct maker *maker, enum fix_kind kind)
{
    for (size_t i = 0; i < maker->ring.side_count && i < MOST_SIDES; i++)
        add_side(maker, kind, &maker->ring.sides[i]);
}

static void pick_ring(const struct maker *maker, struct picked *picked)
{
    for (size_t i = 0; i < maker->nestings.count; i++) {
        if (is_of_ring(maker, &maker->nestings.items[i].nesting))
            *array_add(maker->arena, &picked->nestings) = maker->nestings.items[i].nesting;
    }
}

static struct fix *add_gate(struct maker *maker, const struct picked *picked)
{
    struct fix *fix = add(maker, FIX_GATE_LOCK, picked);

    set_classes(fix, maker->ring.classes, maker->ring.class_count);
    fix->places =
        nesting_count_outer_places(maker->arena, picked->nestings.items, picked->nestings.count);
    return fix;
}

/* Around all sides; and around one only, which keeps nobody out. */
static void add_gates(struct maker *maker)
{
    struct picked all = {0}, one = {0};

    if ((maker->ring.traits & LOCK_CAN_MOVE) == 0)
        return;
    pick_ring(maker, &all);
    if (all.nestings.count == 0)
        return;
    (void)add_gate(maker, &all);
    if (pick_side(maker, &maker->ring.sides[0], true, &one) &&
        one.nestings.count < all.nestings.count)
        add_gate(maker, &one)->is_mistake = true;
}

static void add_pre_acquire(struct maker *maker)
{
    struct picked all = {0};

    if (!maker->has_order || maker->ring.class_count < 2 ||
        (maker->ring.traits & LOCK_CAN_MOVE) == 0)
        return;
    for (size_t i = 0; i < maker->nestings.count; i++) {
        if (maker->nestings.items[i].is_fixed &&
            is_of_ring(maker, &maker->nestings.items[i].nesting))
            return;
    }
    pick_ring(maker, &all);
    if (all.nestings.count > 0)
        set_classes(add(maker, FIX_PRE_ACQUIRE, &all), maker->order.classes,
                    maker->order.class_count);
}

/* ---- by kind of finding ---- */

static void add_for_circle(struct maker *maker)
{
    add_merges(maker);
    add_reorder(maker);
    add_gates(maker);
    add_sides(maker, FIX_TRY_BACKOFF);
    add_sides(maker, FIX_RELEASE_FIRST);
    add_pre_acquire(maker);
    add_mistaken_recursion(maker);
}

/* What a thread holds and requests again. */
static void pick_relocks(struct maker *maker, struct picked *picked)
{
    const struct finding *finding = maker->finding;
    struct nesting_list list = {0};

    for (size_t i = 0; i < finding->step_count; i++) {
        const struct dependency *dependency = finding->steps[i].dependency;
        for (size_t j = 0; j < dependency->held_count; j++) {
            if (dependency->held[j].lock == dependency->lock)
                nesting_list_add_step(maker->arena, &list, maker->graph->base.execution,
                                      maker->graph->base.lock_class, dependency, j);
        }
    }
    for (size_t i = 0; i < list.count; i++)
        *array_add(maker->arena, &picked->nestings) = list.items[i].nesting;
}

static void add_for_relocks(struct maker *maker)
{
    const struct fix_ring *ring = &maker->ring;
    struct picked picked = {0};

    if (ring->class_count == 1 && (ring->traits & LOCK_CAN_RECUR) != 0) {
        struct fix *fix = add(maker, FIX_RECURSIVE_LOCK, NULL);
        set_classes(fix, ring->classes, 1);
        fix->change.keeps_apart = true;
        fix->places = 1;
    }
    pick_relocks(maker, &picked);
    if (picked.nestings.count > 0 && can_move(maker, picked.nestings.items[0].outer_class))
        (void)add(maker, FIX_RELEASE_FIRST, &picked);
}

/* It has the mutex of the wait when it goes on, and could only take the other lock inside that. */
static bool waits_for_condition(const struct maker *maker, const struct cycle_step *step)
{
    const struct lock *lock =
        execution_find_lock(maker->graph->base.execution, step->dependency->lock);

    return lock != NULL && lock->kind == TRACE_LOCK_CONDITION;
}

/* A lock that is held across a wait: to be given back before. */
static void add_for_waits(struct maker *maker)
{
    const struct finding *finding = maker->finding;

    for (size_t i = 0; i < finding->step_count; i++) {
        const struct cycle_step *step = &finding->steps[i];
        struct nesting_list list = {0};
        struct picked picked = {0};
        if (step->hold_index >= step->dependency->held_count)
            continue;
        nesting_list_add_step(maker->arena, &list, maker->graph->base.execution,
                              maker->graph->base.lock_class, step->dependency, step->hold_index);
        if (list.count == 0 || !can_move(maker, list.items[0].nesting.outer_class) ||
            waits_for_condition(maker, step))
            continue;
        *array_add(maker->arena, &picked.nestings) = list.items[0].nesting;
        (void)add(maker, FIX_RELEASE_FIRST, &picked);
    }
}

void fix_candidates_add(struct arena *arena, const struct fix_graph *graph,
                        const struct finding *finding, struct fix_list *list)
{
    struct maker maker = {.arena = arena, .graph = graph, .finding = finding, .list = list};

    fix_ring_make(arena, graph, finding, &maker.ring);
    if (finding->kind == FINDING_BLOCKED_WAIT) {
        add_for_waits(&maker);
    } else if (maker.ring.relocks) {
        add_for_relocks(&maker);
    } else if (maker.ring.is_complete && finding->step_count > 1) {
        fix_graph_nestings(arena, graph, finding, false, &maker.nestings);
        maker.has_order = fix_order_choose(arena, graph, &maker.nestings, &maker.order);
        add_for_circle(&maker);
    }
}
