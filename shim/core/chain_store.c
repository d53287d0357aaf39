#include "shim/core/chain_store.h"

#include <stddef.h>

#include "shim/platform/index_table.h"
#include "shim/platform/memory.h"

struct inner_lock chain_store_lock;

static struct pool chains = POOL_INIT(struct chain, 256);
static struct pool locks = POOL_INIT(struct chain_lock, 256);
static struct pool notes = POOL_INIT(struct chain_note, 256);
static uint32_t last_id;

struct chain *chain_at(uint32_t index)
{
    return pool_at(&chains, index);
}

uint32_t chain_last(void)
{
    return chains.used;
}

struct chain_note *chain_note_at(uint32_t index)
{
    return pool_at(&notes, index);
}

struct chain_lock *chain_lock_at(uint32_t index)
{
    return pool_at(&locks, index);
}

static uint64_t hash_key(uint32_t parent, uint32_t lock, uint32_t site_mode)
{
    return index_table_mix((uint64_t)parent << 32 | lock, site_mode);
}

static uint32_t *key_link(uint32_t index)
{
    return &chain_at(index)->next_by_key;
}

static uint64_t key_hash(uint32_t index)
{
    const struct chain *chain = chain_at(index);
    return hash_key(chain->parent, chain->lock, chain->site_mode);
}

static uint32_t *id_link(uint32_t index)
{
    return &chain_at(index)->next_by_id;
}

static uint64_t id_hash(uint32_t index)
{
    return index_table_mix(chain_at(index)->id, 0);
}

static uint32_t *lock_link(uint32_t index)
{
    return &chain_lock_at(index)->next_by_lock;
}

static uint64_t lock_hash(uint32_t index)
{
    return index_table_mix(chain_lock_at(index)->lock, 0);
}

static struct index_table by_key = INDEX_TABLE_INIT(key_link, key_hash);
static struct index_table by_id = INDEX_TABLE_INIT(id_link, id_hash);
static struct index_table by_lock = INDEX_TABLE_INIT(lock_link, lock_hash);

uint32_t chain_find(uint32_t parent, uint32_t lock, uint32_t site_mode)
{
    uint32_t index = index_table_first(&by_key, hash_key(parent, lock, site_mode));
    for (; index; index = chain_at(index)->next_by_key) {
        const struct chain *chain = chain_at(index);
        if (chain->parent == parent && chain->lock == lock && chain->site_mode == site_mode)
            break;
    }
    return index;
}

uint32_t chain_find_id(uint32_t id)
{
    uint32_t index = index_table_first(&by_id, index_table_mix(id, 0));
    while (index && chain_at(index)->id != id)
        index = chain_at(index)->next_by_id;
    return index;
}

uint32_t chain_lock_find(uint32_t lock)
{
    uint32_t index = index_table_first(&by_lock, index_table_mix(lock, 0));
    while (index && chain_lock_at(index)->lock != lock)
        index = chain_lock_at(index)->next_by_lock;
    return index;
}

static uint32_t make_lock(uint32_t lock)
{
    uint32_t index = chain_lock_find(lock);
    if (index)
        return index;
    index = pool_alloc(&locks);
    if (!index)
        return 0;
    *chain_lock_at(index) = (struct chain_lock){.lock = lock};
    if (index_table_add(&by_lock, index))
        return index;
    pool_free(&locks, index);
    return 0;
}

static bool add_to_tables(uint32_t index)
{
    if (!index_table_add(&by_key, index))
        return false;
    if (index_table_add(&by_id, index))
        return true;
    index_table_remove(&by_key, index);
    return false;
}

static void link_chain(uint32_t index, struct chain_lock *lock)
{
    struct chain *chain = chain_at(index);
    chain->next_of_lock = lock->first;
    if (lock->first)
        chain_at(lock->first)->last_of_lock = index;
    lock->first = index;
    if (!chain->parent)
        return;
    struct chain *parent = chain_at(chain->parent);
    chain->next_sibling = parent->first_child;
    if (parent->first_child)
        chain_at(parent->first_child)->last_sibling = index;
    parent->first_child = index;
}

static void unlink_chain(const struct chain *chain)
{
    if (chain->next_of_lock)
        chain_at(chain->next_of_lock)->last_of_lock = chain->last_of_lock;
    if (chain->last_of_lock)
        chain_at(chain->last_of_lock)->next_of_lock = chain->next_of_lock;
    else
        chain_lock_at(chain_lock_find(chain->lock))->first = chain->next_of_lock;
    if (chain->next_sibling)
        chain_at(chain->next_sibling)->last_sibling = chain->last_sibling;
    if (chain->last_sibling)
        chain_at(chain->last_sibling)->next_sibling = chain->next_sibling;
    else if (chain->parent)
        chain_at(chain->parent)->first_child = chain->next_sibling;
}

uint32_t chain_add(uint32_t parent, uint32_t lock, uint32_t site_mode)
{
    uint32_t end = make_lock(lock);
    uint32_t index = end ? pool_alloc(&chains) : 0;
    if (!index)
        return 0;
    *chain_at(index) = (struct chain){.id = last_id + 1,
                                      .parent = parent,
                                      .lock = lock,
                                      .site_mode = site_mode,
                                      .relevant = parent ? chain_at(parent)->relevant + 1 : 0};
    if (!add_to_tables(index)) {
        pool_free(&chains, index);
        return 0;
    }
    link_chain(index, chain_lock_at(end));
    last_id++;
    return index;
}

void chain_remove(uint32_t index)
{
    unlink_chain(chain_at(index));
    index_table_remove(&by_key, index);
    index_table_remove(&by_id, index);
    chain_at(index)->lock = 0;
    pool_free(&chains, index);
}

void chain_lock_remove(uint32_t index)
{
    index_table_remove(&by_lock, index);
    pool_free(&locks, index);
}

bool chain_note_add(uint32_t chain, struct trace_dependency *record, uint32_t epoch)
{
    uint32_t index = pool_alloc(&notes);
    if (!index)
        return false;
    *chain_note_at(index) =
        (struct chain_note){.next = chain_at(chain)->notes, .epoch = epoch, .record = record};
    chain_at(chain)->notes = index;
    return true;
}

void chain_note_remove_first(uint32_t chain)
{
    uint32_t index = chain_at(chain)->notes;
    chain_at(chain)->notes = chain_note_at(index)->next;
    pool_free(&notes, index);
}

uint32_t chain_next_below(uint32_t root, uint32_t index)
{
    if (chain_at(index)->first_child)
        return chain_at(index)->first_child;
    while (index != root && !chain_at(index)->next_sibling)
        index = chain_at(index)->parent;
    return index == root ? 0 : chain_at(index)->next_sibling;
}
