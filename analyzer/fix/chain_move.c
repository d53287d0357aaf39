#include "analyzer/fix/chain_rewriter.h"

static uint64_t address_of(const struct chain_rewriter *rewriter, const struct link *link)
{
    const struct lock *lock = execution_find_lock(&rewriter->base->with_gate, link->held.lock);

    return lock == NULL ? 0 : lock->address;
}

/* The one order: of classes, then of addresses, then as they were recorded. */
static bool comes_before(const struct chain_rewriter *rewriter, const struct link *a,
                         const struct link *b)
{
    if (a->lock_class != b->lock_class)
        return rewriter->rank[a->lock_class] < rewriter->rank[b->lock_class];
    uint64_t one = address_of(rewriter, a), other = address_of(rewriter, b);
    return one != other ? one < other : a->held.lock < b->held.lock;
}

static void add_moved(struct chain_rewriter *rewriter, struct link *link, const struct link *outer)
{
    bool is_first = comes_before(rewriter, link, outer);

    if (link->held.lock == outer->held.lock || chain_holds(rewriter, link->held.lock) ||
        (rewriter->change->kind == FIX_REORDER && !is_first))
        return;
    for (size_t i = 0; i < rewriter->moved.count; i++) {
        if (rewriter->moved.items[i].held.lock == link->held.lock)
            return;
    }
    link->is_used = true;
    struct link *moved = array_add(rewriter->arena, &rewriter->moved);
    *moved = *link;
    moved->is_added = true;
}

static void add_partner(struct chain_rewriter *rewriter, const struct chain_partner *partner,
                        uint32_t lock, const struct link *outer)
{
    struct link link = chain_link_of(rewriter, &(const struct trace_dependency_held){
                                                   .lock = lock,
                                                   .stack = partner->stack,
                                                   .mode = partner->mode,
                                                   .count = 1,
                                               });
    link.is_partner = true;
    add_moved(rewriter, &link, outer);
}

/* Whom the chain does not show: what the thread takes inside this one, else the only one there is.
 */
static void add_partners(struct chain_rewriter *rewriter, size_t nesting, const struct link *outer)
{
    uint32_t number = (uint32_t)nesting;
    size_t count;
    const struct chain_partner *partners = chain_partners_of(
        &rewriter->partners, number, rewriter->dependency->thread, outer->held.lock, &count);
    const struct chain_partner *any = chain_partners_any(&rewriter->partners, number);
    const struct lock *sole =
        rewriter->base->sole_lock[rewriter->change->nestings[nesting].inner_class];

    for (size_t i = 0; i < count; i++)
        add_partner(rewriter, &partners[i], partners[i].inner, outer);
    if (count == 0 && any != NULL && sole != NULL)
        add_partner(rewriter, any, sole->id, outer);
}

/* What is to be taken where the link at `at` is. */
static void find_moved(struct chain_rewriter *rewriter, size_t at)
{
    struct link *links = rewriter->before.items;

    rewriter->moved.count = 0;
    for (size_t i = 0; i < rewriter->change->nesting_count; i++) {
        bool is_shown = false;
        if (!chain_is_outer(rewriter, i, &links[at]))
            continue;
        for (size_t j = at + 1; j < rewriter->before.count; j++) {
            if (!links[j].is_used && chain_is_inner(rewriter, i, &links[j])) {
                add_moved(rewriter, &links[j], &links[at]);
                is_shown = true;
            }
        }
        if (!is_shown)
            add_partners(rewriter, i, &links[at]);
    }
}

static void sort_moved(struct chain_rewriter *rewriter)
{
    struct link *links = rewriter->moved.items;

    for (size_t i = 1; i < rewriter->moved.count; i++) {
        for (size_t j = i; j > 0 && comes_before(rewriter, &links[j], &links[j - 1]); j--) {
            struct link link = links[j];
            links[j] = links[j - 1];
            links[j - 1] = link;
        }
    }
}

/* From where it was taken in the run on, it is nothing that was added. */
static void settle(struct chain_rewriter *rewriter, const struct link *link)
{
    for (size_t i = 0; i < rewriter->after.count; i++) {
        if (rewriter->after.items[i].held.lock == link->held.lock)
            rewriter->after.items[i].is_added = false;
    }
}

/* A condition wait gave its mutex back, wherever that was taken. */
static void give_back(struct chain_rewriter *rewriter, const struct link *link)
{
    size_t kept = 0;

    for (size_t i = 0; i < rewriter->after.count; i++) {
        if (rewriter->after.items[i].held.lock != link->held.lock)
            rewriter->after.items[kept++] = rewriter->after.items[i];
    }
    rewriter->after.count = kept;
}

void chain_take_moved(struct chain_rewriter *rewriter, size_t at, bool is_told)
{
    const struct link *link = &rewriter->before.items[at];

    if (link->is_used) {
        settle(rewriter, link);
        return;
    }
    if ((link->held.mode & TRACE_MODE_WAIT) != 0 && at + 1 == rewriter->before.count)
        give_back(rewriter, link);
    find_moved(rewriter, at);
    *array_add(rewriter->arena, &rewriter->moved) = *link;
    sort_moved(rewriter);
    size_t before = rewriter->after.count;
    for (size_t i = 0; i < rewriter->moved.count; i++) {
        struct link *moved = &rewriter->moved.items[i];
        bool is_partner = moved->is_partner;
        moved->is_partner = false; /* here it is held for certain */
        chain_take(rewriter, moved, is_told);
        moved->is_partner = is_partner;
    }
    for (size_t i = 0; i < rewriter->moved.count; i++)
        rewriter->after.items[before + i].is_partner = rewriter->moved.items[i].is_partner;
}
