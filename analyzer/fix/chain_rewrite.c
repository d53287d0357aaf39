#include "analyzer/fix/chain_rewriter.h"

#include <string.h>

static bool merges(const struct fix_change *change)
{
    return change->kind == FIX_SINGLE_LOCK ||
           (change->kind == FIX_RECURSIVE_LOCK && !change->keeps_apart);
}

static bool moves(const struct fix_change *change)
{
    return change->kind == FIX_REORDER || change->kind == FIX_PRE_ACQUIRE;
}

static void find_merged(struct chain_rewriter *rewriter)
{
    const struct chain_base *base = rewriter->base;
    size_t i = 0;

    while (i < base->execution->lock_count && !rewriter->is_concerned[base->lock_class[i]])
        i++;
    if (i == base->execution->lock_count)
        return;
    rewriter->merged = base->lock_class[i];
    rewriter->merged_lock = base->execution->locks[i].id;
}

struct chain_rewriter *chain_rewriter_create(struct arena *arena, const struct chain_base *base,
                                             const struct fix_change *change)
{
    struct chain_rewriter *rewriter = arena_alloc(arena, 1, sizeof *rewriter);

    *rewriter = (struct chain_rewriter){
        .arena = arena,
        .base = base,
        .change = change,
        .is_concerned = arena_alloc(arena, base->class_count, sizeof(bool)),
        .rank = arena_alloc(arena, base->class_count, sizeof(uint32_t)),
    };
    for (size_t i = 0; i < change->class_count; i++) {
        rewriter->is_concerned[change->classes[i]] = true;
        rewriter->rank[change->classes[i]] = (uint32_t)i + 1;
    }
    find_merged(rewriter);
    for (size_t i = 0; i < change->nesting_count; i++) {
        rewriter->is_concerned[change->nestings[i].outer_class] = true;
        rewriter->is_concerned[change->nestings[i].inner_class] = true;
    }
    chain_places_make(arena, base->execution, change, &rewriter->places);
    if (moves(change))
        chain_partners_find(arena, base, change, &rewriter->places, &rewriter->partners);
    return rewriter;
}

static const struct lock *lock_of(const struct chain_rewriter *rewriter, uint32_t id)
{
    return execution_find_lock(&rewriter->base->with_gate, id);
}

/* The base's classes cover all locks that can be named. */
struct link chain_link_of(const struct chain_rewriter *rewriter,
                          const struct trace_dependency_held *held)
{
    const struct lock *lock = lock_of(rewriter, held->lock);

    return (struct link){
        .held = *held,
        .lock_class = lock == NULL
                          ? UINT32_MAX
                          : rewriter->base->lock_class[lock - rewriter->base->with_gate.locks],
    };
}

static bool is_concerned(const struct chain_rewriter *rewriter, const struct link *link)
{
    return link->lock_class != UINT32_MAX && rewriter->is_concerned[link->lock_class];
}

uint32_t chain_rewriter_class(const struct chain_rewriter *rewriter, uint32_t lock_class)
{
    return merges(rewriter->change) && rewriter->is_concerned[lock_class] ? rewriter->merged
                                                                          : lock_class;
}

uint32_t chain_rewriter_lock(const struct chain_rewriter *rewriter, uint32_t id)
{
    const struct link link = chain_link_of(rewriter, &(struct trace_dependency_held){.lock = id});

    return merges(rewriter->change) && is_concerned(rewriter, &link) ? rewriter->merged_lock : id;
}

bool chain_holds(const struct chain_rewriter *rewriter, uint32_t lock)
{
    for (size_t i = 0; i < rewriter->after.count; i++) {
        if (rewriter->after.items[i].held.lock == lock)
            return true;
    }
    return false;
}

bool chain_is_outer(const struct chain_rewriter *rewriter, size_t nesting, const struct link *link)
{
    return link->lock_class == rewriter->change->nestings[nesting].outer_class &&
           chain_places_is_outer(&rewriter->places, nesting, link->held.stack);
}

bool chain_is_inner(const struct chain_rewriter *rewriter, size_t nesting, const struct link *link)
{
    return link->lock_class == rewriter->change->nestings[nesting].inner_class &&
           chain_places_is_inner(&rewriter->places, nesting, link->held.stack);
}

/* A dependency: the link is requested while `after` is held, without partners if so wanted. */
static void emit_one(struct chain_rewriter *rewriter, const struct link *link, bool with_partners)
{
    struct trace_dependency_held *held =
        arena_alloc(rewriter->arena, rewriter->after.count, sizeof *held);
    uint32_t count = 0;
    bool holds_more = false;

    for (size_t i = 0; i < rewriter->after.count; i++) {
        const struct link *other = &rewriter->after.items[i];
        if (other->is_partner && !with_partners)
            continue;
        held[count++] = other->held;
        holds_more |= other->is_added;
    }
    rewriter->held_across_waits += holds_more && (link->held.mode & TRACE_MODE_WAIT) != 0;
    *array_add(rewriter->arena, &rewriter->results) = (struct dependency){
        .thread = rewriter->dependency->thread,
        .segment = rewriter->dependency->segment,
        .lock = link->held.lock,
        .mode = link->held.mode,
        .stack = link->held.stack,
        .held_count = count,
        .held = held,
        .time_ns = rewriter->dependency->time_ns,
    };
}

/* Both ways, where a lock may be held or not: more is held, or less guards. */
static void emit(struct chain_rewriter *rewriter, const struct link *link)
{
    bool has_partner = false;

    for (size_t i = 0; i < rewriter->after.count; i++)
        has_partner |= rewriter->after.items[i].is_partner;
    emit_one(rewriter, link, true);
    if (has_partner)
        emit_one(rewriter, link, false);
}

static void hold(struct chain_rewriter *rewriter, const struct link *link)
{
    *array_add(rewriter->arena, &rewriter->after) = *link;
}

void chain_take(struct chain_rewriter *rewriter, const struct link *link, bool is_told)
{
    if (is_told)
        emit(rewriter, link);
    hold(rewriter, link);
}

/* ---- what each kind does with a link; is_told: its acquisition is to be told ---- */

static void merge(struct chain_rewriter *rewriter, struct link *link, bool is_told)
{
    if (is_concerned(rewriter, link)) {
        if (merges(rewriter->change))
            link->held.lock = rewriter->merged_lock;
        if (chain_holds(rewriter, link->held.lock)) {
            /* Held twice, so that the wait does not give it back. */
            rewriter->held_across_waits += is_told && (link->held.mode & TRACE_MODE_WAIT) != 0;
            return;
        }
    }
    chain_take(rewriter, link, is_told);
}

static void pass_gate(struct chain_rewriter *rewriter, struct link *link, bool is_told)
{
    bool is_here = false;

    for (size_t i = 0; i < rewriter->change->nesting_count; i++)
        is_here |= chain_is_outer(rewriter, i, link);
    if (is_here && !chain_holds(rewriter, rewriter->base->gate)) {
        struct link gate = {
            .held = {.lock = rewriter->base->gate, .stack = link->held.stack, .count = 1},
            .lock_class = (uint32_t)rewriter->base->class_count - 1,
            .is_added = true,
        };
        chain_take(rewriter, &gate, is_told);
    }
    chain_take(rewriter, link, is_told);
}

static bool holds_outer(const struct chain_rewriter *rewriter, size_t nesting)
{
    for (size_t i = 0; i < rewriter->after.count; i++) {
        if (chain_is_outer(rewriter, nesting, &rewriter->after.items[i]))
            return true;
    }
    return false;
}

static void only_try(struct chain_rewriter *rewriter, struct link *link, bool is_told)
{
    for (size_t i = 0; i < rewriter->change->nesting_count; i++) {
        if (chain_is_inner(rewriter, i, link) && holds_outer(rewriter, i))
            link->held.mode |= TRACE_MODE_TRY;
    }
    chain_take(rewriter, link, is_told);
}

/* Takes the nesting's outer locks out of what is held, to `moved`. */
static void release_outer(struct chain_rewriter *rewriter, size_t nesting)
{
    size_t kept = 0;

    for (size_t i = 0; i < rewriter->after.count; i++) {
        struct link *link = &rewriter->after.items[i];
        if (chain_is_outer(rewriter, nesting, link))
            *array_add(rewriter->arena, &rewriter->moved) = *link;
        else
            rewriter->after.items[kept++] = *link;
    }
    rewriter->after.count = kept;
}

static void release_first(struct chain_rewriter *rewriter, struct link *link, bool is_told)
{
    rewriter->moved.count = 0;
    for (size_t i = 0; i < rewriter->change->nesting_count; i++) {
        if (chain_is_inner(rewriter, i, link))
            release_outer(rewriter, i);
    }
    if (is_told)
        emit(rewriter, link);
    for (size_t i = 0; is_told && i < rewriter->moved.count; i++) {
        emit(rewriter, &rewriter->moved.items[i]);
        hold(rewriter, &rewriter->moved.items[i]);
    }
    if (is_told)
        rewriter->after.count -= rewriter->moved.count;
    hold(rewriter, link);
}

/* ---- all of it ---- */

static void rewrite_link(struct chain_rewriter *rewriter, size_t at, bool is_told)
{
    struct link link = rewriter->before.items[at];

    switch (rewriter->change->kind) {
    case FIX_RECURSIVE_LOCK:
    case FIX_SINGLE_LOCK:
        merge(rewriter, &link, is_told);
        break;
    case FIX_GATE_LOCK:
        pass_gate(rewriter, &link, is_told);
        break;
    case FIX_TRY_BACKOFF:
        only_try(rewriter, &link, is_told);
        break;
    case FIX_RELEASE_FIRST:
        release_first(rewriter, &link, is_told);
        break;
    case FIX_REORDER:
    case FIX_PRE_ACQUIRE:
        chain_take_moved(rewriter, at, is_told);
        break;
    case FIX_REMEDY:
        break;
    }
}

/* Returns whether a lock is concerned. */
static bool load_chain(struct chain_rewriter *rewriter, const struct dependency *dependency)
{
    bool any = false;

    rewriter->dependency = dependency;
    rewriter->before.count = rewriter->after.count = 0;
    for (uint32_t i = 0; i <= dependency->held_count; i++) {
        const struct trace_dependency_held request = {
            .lock = dependency->lock, .stack = dependency->stack, .mode = dependency->mode};
        struct link *link = array_add(rewriter->arena, &rewriter->before);
        *link =
            chain_link_of(rewriter, i < dependency->held_count ? &dependency->held[i] : &request);
        any |= is_concerned(rewriter, link);
    }
    return any;
}

/* Held locks that something new comes before at their outer place, and nothing recorded tells so.
 */
static bool has_untold(const struct chain_rewriter *rewriter, size_t at)
{
    const struct link *link = &rewriter->before.items[at];
    bool is_here = false;

    if (!moves(rewriter->change) && rewriter->change->kind != FIX_GATE_LOCK)
        return false;
    for (size_t i = 0; i < rewriter->change->nesting_count && !is_here; i++)
        is_here = chain_is_outer(rewriter, i, link);
    return is_here && !chain_base_has_acquisition(rewriter->base, rewriter->dependency, at);
}

void chain_rewrite(struct chain_rewriter *rewriter, const struct dependency *dependencies,
                   size_t count, struct chain_result *result)
{
    memset(&rewriter->results, 0, sizeof rewriter->results);
    rewriter->held_across_waits = 0;
    for (size_t i = 0; i < count; i++) {
        if (!load_chain(rewriter, &dependencies[i])) {
            *array_add(rewriter->arena, &rewriter->results) = dependencies[i];
            continue;
        }
        size_t last = rewriter->before.count - 1;
        for (size_t at = 0; at <= last; at++)
            rewrite_link(rewriter, at, at == last || has_untold(rewriter, at));
    }
    result->execution = rewriter->base->with_gate;
    result->execution.dependencies = rewriter->results.items;
    result->execution.dependency_count = rewriter->results.count;
    result->held_across_waits = rewriter->held_across_waits;
}
