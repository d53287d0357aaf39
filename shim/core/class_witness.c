#include "shim/core/class_witness.h"

#include "shim/capture/stack.h"
#include "shim/core/chain_store.h"
#include "shim/platform/index_table.h"
#include "shim/platform/recording.h"

struct class_witness {
    const struct trace_dependency *record;
    const uint64_t *classes; /* of the held locks, then the requested one */
    uint64_t hash;
    uint32_t next, epoch;
};

static uint32_t *witness_link(uint32_t index);
static uint64_t witness_hash(uint32_t index);
static struct pool pool = POOL_INIT(struct class_witness, 256);
static struct carver classes;
static struct index_table witnesses = INDEX_TABLE_INIT(witness_link, witness_hash);

static struct class_witness *witness_at(uint32_t index)
{
    return pool_at(&pool, index);
}

static uint32_t *witness_link(uint32_t index)
{
    return &witness_at(index)->next;
}

static uint64_t witness_hash(uint32_t index)
{
    return witness_at(index)->hash;
}

static uint64_t site_of(uint32_t stack)
{
    const struct known_stack *known = stack_by_id(stack);
    return known ? known->site : 0;
}

/* A static place has a module in its upper 16 bits; the others are told apart below them. */
uint64_t class_of_lock(uint32_t id)
{
    enum { BY_INIT = 1, BY_FIRST_USE, BY_ID };
    const struct chain_lock *lock = chain_lock_at(chain_lock_find(id));
    const struct trace_lock *record = lock->record;
    if (!record || lock->epoch != recording_epoch)
        return (uint64_t)BY_ID << 32 | id;
    if (record->location)
        return record->location;
    if (record->init_stack)
        return (uint64_t)BY_INIT << 32 | site_of(record->init_stack);
    return (uint64_t)BY_FIRST_USE << 32 | site_of(record->first_stack);
}

static uint64_t hash_of(const struct trace_dependency *record)
{
    uint64_t hash = index_table_mix((uint64_t)record->thread << 32 | record->segment, record->mode);
    hash = index_table_mix(hash ^ class_of_lock(record->lock), site_of(record->stack));
    for (uint32_t i = 0; i < record->held_count; i++) {
        const struct trace_dependency_held *held = &record->held[i];
        hash = index_table_mix(hash ^ class_of_lock(held->lock),
                               site_of(held->stack) << 4 | held->mode);
    }
    return hash;
}

static bool same_class_chain(const struct class_witness *witness,
                             const struct trace_dependency *record)
{
    const struct trace_dependency *known = witness->record;
    uint32_t count = record->held_count;
    if (known->thread != record->thread || known->segment != record->segment ||
        known->mode != record->mode || known->held_count != count ||
        site_of(known->stack) != site_of(record->stack) ||
        witness->classes[count] != class_of_lock(record->lock))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct trace_dependency_held *a = &known->held[i], *b = &record->held[i];
        if (witness->classes[i] != class_of_lock(b->lock) || a->mode != b->mode ||
            site_of(a->stack) != site_of(b->stack))
            return false;
    }
    return true;
}

static void add(const struct trace_dependency *record, uint64_t hash)
{
    uint32_t count = record->held_count;
    uint64_t *own = carver_alloc(&classes, (count + 1) * sizeof(*own));
    uint32_t index = own ? pool_alloc(&pool) : 0;
    if (!index)
        return;
    for (uint32_t i = 0; i < count; i++)
        own[i] = class_of_lock(record->held[i].lock);
    own[count] = class_of_lock(record->lock);
    *witness_at(index) = (struct class_witness){
        .record = record, .classes = own, .hash = hash, .epoch = recording_epoch};
    if (!index_table_add(&witnesses, index))
        pool_free(&pool, index);
}

bool class_witness_keep(const struct trace_dependency *record)
{
    uint64_t hash = hash_of(record);
    uint32_t index = index_table_first(&witnesses, hash);
    for (; index; index = witness_at(index)->next) {
        const struct class_witness *witness = witness_at(index);
        if (witness->hash == hash && witness->epoch == recording_epoch &&
            same_class_chain(witness, record))
            return false;
    }
    add(record, hash);
    return true;
}
