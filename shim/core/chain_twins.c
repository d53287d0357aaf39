#include "shim/core/chain_twins.h"

#include <stddef.h>

#include "shim/core/chain_store.h"
#include "shim/core/class_witness.h"
#include "shim/platform/index_table.h"
#include "shim/platform/recording.h"

struct twin {
    uint32_t lock; /* index; first: the pool's link while free */
    uint32_t next;
    uint64_t hash;
};

static uint32_t *twin_link(uint32_t index);
static uint64_t twin_hash(uint32_t index);
static struct pool pool = POOL_INIT(struct twin, 256);
static struct index_table twins = INDEX_TABLE_INIT(twin_link, twin_hash);

static struct twin *twin_at(uint32_t index)
{
    return pool_at(&pool, index);
}

static uint32_t *twin_link(uint32_t index)
{
    return &twin_at(index)->next;
}

static uint64_t twin_hash(uint32_t index)
{
    return twin_at(index)->hash;
}

/* Through the dependencies that name a lock, in an order that is the same for locks whose
 * dependencies were made in the same order. */
struct walk {
    uint32_t lock; /* id */
    uint32_t end, chain, note;
};

static struct walk walk_start(uint32_t index)
{
    const struct chain_lock *lock = chain_lock_at(index);
    return (struct walk){lock->lock, lock->first, lock->first,
                         lock->first ? chain_at(lock->first)->notes : 0};
}

static const struct trace_dependency *walk_next(struct walk *walk)
{
    while (walk->end) {
        while (walk->note) {
            const struct chain_note *note = chain_note_at(walk->note);
            walk->note = note->next;
            if (note->epoch == recording_epoch)
                return note->record;
        }
        walk->chain = chain_next_below(walk->end, walk->chain);
        if (!walk->chain)
            walk->chain = walk->end = chain_at(walk->end)->next_of_lock;
        walk->note = walk->chain ? chain_at(walk->chain)->notes : 0;
    }
    return NULL;
}

/* A lock as its twin would name it. */
static uint32_t named(uint32_t lock, const struct walk *walk)
{
    return lock == walk->lock ? 0 : lock;
}

static uint64_t hash_record(uint64_t hash, const struct trace_dependency *record,
                            const struct walk *walk)
{
    hash = index_table_mix(hash ^ record->thread, (uint64_t)record->segment << 32 | record->stack);
    hash = index_table_mix(hash ^ named(record->lock, walk), record->mode);
    for (uint32_t i = 0; i < record->held_count; i++) {
        const struct trace_dependency_held *held = &record->held[i];
        hash = index_table_mix(hash ^ named(held->lock, walk),
                               (uint64_t)held->stack << 32 | held->mode);
    }
    return hash;
}

/* False if more than one thread requested something while it held the lock. */
static bool hash_of(uint32_t index, uint64_t *hash)
{
    struct walk walk = walk_start(index);
    uint32_t holder = 0;
    *hash = class_of_lock(walk.lock);
    for (const struct trace_dependency *record; (record = walk_next(&walk));) {
        *hash = hash_record(*hash, record, &walk);
        if (record->lock == walk.lock)
            continue;
        if (holder && holder != record->thread)
            return false;
        holder = record->thread;
    }
    return true;
}

static bool same_record(const struct trace_dependency *a, const struct walk *of_a,
                        const struct trace_dependency *b, const struct walk *of_b)
{
    if (a->thread != b->thread || a->segment != b->segment || a->mode != b->mode ||
        a->stack != b->stack || a->held_count != b->held_count ||
        named(a->lock, of_a) != named(b->lock, of_b))
        return false;
    for (uint32_t i = 0; i < a->held_count; i++) {
        const struct trace_dependency_held *x = &a->held[i], *y = &b->held[i];
        if (named(x->lock, of_a) != named(y->lock, of_b) || x->stack != y->stack ||
            x->mode != y->mode || x->count != y->count)
            return false;
    }
    return true;
}

static bool are_twins(uint32_t index, uint32_t other)
{
    struct walk a = walk_start(index), b = walk_start(other);
    const struct trace_dependency *x, *y;
    if (class_of_lock(a.lock) != class_of_lock(b.lock))
        return false;
    do {
        x = walk_next(&a);
        y = walk_next(&b);
    } while (x && y && same_record(x, &a, y, &b));
    return !x && !y;
}

bool chain_twins_find_or_add(uint32_t lock)
{
    uint64_t hash;
    if (chain_lock_at(lock)->twin || !hash_of(lock, &hash))
        return false;
    uint32_t index = index_table_first(&twins, hash);
    for (; index; index = twin_at(index)->next) {
        if (twin_at(index)->hash == hash && are_twins(lock, twin_at(index)->lock))
            return true;
    }
    index = pool_alloc(&pool);
    if (!index)
        return false;
    *twin_at(index) = (struct twin){.lock = lock, .hash = hash};
    if (index_table_add(&twins, index))
        chain_lock_at(lock)->twin = index;
    else
        pool_free(&pool, index);
    return false;
}

void chain_twins_remove(uint32_t lock)
{
    uint32_t index = chain_lock_at(lock)->twin;
    if (!index)
        return;
    index_table_remove(&twins, index);
    pool_free(&pool, index);
    chain_lock_at(lock)->twin = 0;
}
