#include "shim/core/chain_table.h"

#include <stddef.h>

#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "trace/format.h"

/* uthash on the shim's own memory, and without its exit on failure. */
static bool out_of_memory;
#define uthash_malloc(bytes)         memory_map(bytes)
#define uthash_free(address, bytes)  memory_unmap(address, bytes)
#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) (out_of_memory = true)
#include <uthash.h>

struct chain_key {
    uint32_t parent, lock, site_mode;
};

struct chain {
    uint32_t pool_link; /* the pool's, while free */
    uint32_t index;     /* its own, in the pool */
    struct chain_key key;
    uint32_t id;
    uint32_t parent;                     /* index, 0 for none */
    uint32_t first_child;                /* chains longer by one lock... */
    uint32_t next_sibling, last_sibling; /* ...and their list */
    uint32_t next_of_lock, last_of_lock; /* the list of chains that end in the same lock */
    UT_hash_handle by_key, by_id;
};

/* The chains that end in one lock. */
struct lock_chains {
    uint32_t pool_link;
    uint32_t index;
    uint32_t lock;
    uint32_t first;
    UT_hash_handle by_lock;
};

/* Everything here is under `lock`. */
static struct inner_lock lock;
static struct pool chains = POOL_INIT(struct chain, 256);
static struct pool lists = POOL_INIT(struct lock_chains, 256);
static struct chain *by_key, *by_id;
static struct lock_chains *by_lock;
static uint32_t last_id;

static struct chain *chain_at(uint32_t index)
{
    return index ? pool_at(&chains, index) : NULL;
}

static struct chain *find(const struct chain_key *key)
{
    struct chain *chain;
    HASH_FIND(by_key, by_key, key, sizeof(*key), chain);
    return chain;
}

static struct chain *find_id(uint32_t id)
{
    struct chain *chain;
    HASH_FIND(by_id, by_id, &id, sizeof(id), chain);
    return chain;
}

static struct lock_chains *find_list(uint32_t lock_id)
{
    struct lock_chains *list;
    HASH_FIND(by_lock, by_lock, &lock_id, sizeof(lock_id), list);
    return list;
}

static struct lock_chains *make_list(uint32_t lock_id)
{
    struct lock_chains *list = find_list(lock_id);
    uint32_t index = list ? 0 : pool_alloc(&lists);
    if (!index)
        return list;
    list = pool_at(&lists, index);
    *list = (struct lock_chains){.index = index, .lock = lock_id};
    out_of_memory = false;
    HASH_ADD(by_lock, by_lock, lock, sizeof(list->lock), list);
    if (!out_of_memory)
        return list;
    pool_free(&lists, index);
    return NULL;
}

static bool add_to_hashes(struct chain *chain)
{
    out_of_memory = false;
    HASH_ADD(by_key, by_key, key, sizeof(chain->key), chain);
    if (out_of_memory)
        return false;
    HASH_ADD(by_id, by_id, id, sizeof(chain->id), chain);
    if (out_of_memory)
        HASH_DELETE(by_key, by_key, chain);
    return !out_of_memory;
}

static void link_chain(struct chain *chain, struct chain *parent, struct lock_chains *list)
{
    chain->next_of_lock = list->first;
    if (list->first)
        chain_at(list->first)->last_of_lock = chain->index;
    list->first = chain->index;
    if (!parent)
        return;
    chain->parent = parent->index;
    chain->next_sibling = parent->first_child;
    if (parent->first_child)
        chain_at(parent->first_child)->last_sibling = chain->index;
    parent->first_child = chain->index;
}

static void unlink_chain(struct chain *chain)
{
    if (chain->next_of_lock)
        chain_at(chain->next_of_lock)->last_of_lock = chain->last_of_lock;
    if (chain->last_of_lock)
        chain_at(chain->last_of_lock)->next_of_lock = chain->next_of_lock;
    else
        find_list(chain->key.lock)->first = chain->next_of_lock;
    if (chain->next_sibling)
        chain_at(chain->next_sibling)->last_sibling = chain->last_sibling;
    if (chain->last_sibling)
        chain_at(chain->last_sibling)->next_sibling = chain->next_sibling;
    else if (chain->parent)
        chain_at(chain->parent)->first_child = chain->next_sibling;
}

static uint32_t add(const struct chain_key *key)
{
    struct chain *parent = key->parent ? find_id(key->parent) : NULL;
    struct lock_chains *list = !key->parent || parent ? make_list(key->lock) : NULL;
    uint32_t index = list ? pool_alloc(&chains) : 0;
    if (!index)
        return 0;
    struct chain *chain = chain_at(index);
    *chain = (struct chain){.index = index, .key = *key, .id = last_id + 1};
    if (!add_to_hashes(chain)) {
        pool_free(&chains, index);
        return 0;
    }
    link_chain(chain, parent, list);
    return ++last_id;
}

uint32_t chain_table_enter(uint32_t parent, uint32_t lock_id, uint32_t site_mode)
{
    struct chain_key key = {parent, lock_id, site_mode};
    inner_lock_acquire(&lock);
    const struct chain *chain = find(&key);
    uint32_t id = chain ? chain->id : add(&key);
    inner_lock_release(&lock);
    return id;
}

bool chain_table_is_live(const struct seen_chain *entry)
{
    struct chain_key key = {(uint32_t)(entry->parent_lock >> 32), (uint32_t)entry->parent_lock,
                            entry->site_mode};
    inner_lock_acquire(&lock);
    const struct chain *chain = find(&key);
    bool live = chain && chain->id == entry->chain;
    inner_lock_release(&lock);
    return live;
}

static void remove_chain(struct chain *chain)
{
    unlink_chain(chain);
    HASH_DELETE(by_key, by_key, chain);
    HASH_DELETE(by_id, by_id, chain);
    pool_free(&chains, chain->index);
}

/* A chain and all that begin with it, longest first. */
static void remove_tree(struct chain *root)
{
    for (struct chain *chain = root;;) {
        while (chain->first_child)
            chain = chain_at(chain->first_child);
        struct chain *parent = chain == root ? NULL : chain_at(chain->parent);
        remove_chain(chain);
        if (!parent)
            return;
        chain = parent;
    }
}

void chain_table_drop(uint32_t lock_id)
{
    inner_lock_acquire(&lock);
    struct lock_chains *list = find_list(lock_id);
    if (list) {
        while (list->first)
            remove_tree(chain_at(list->first));
        HASH_DELETE(by_lock, by_lock, list);
        pool_free(&lists, list->index);
    }
    inner_lock_release(&lock);
}

void chain_table_each_edge(void (*edge)(uint32_t held, uint32_t requested, void *context),
                           void *context)
{
    inner_lock_acquire(&lock);
    for (const struct chain *chain = by_key; chain; chain = chain->by_key.next) {
        if (chain->key.site_mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED))
            continue;
        for (const struct chain *held = chain_at(chain->parent); held;
             held = chain_at(held->parent))
            edge(held->key.lock, chain->key.lock, context);
    }
    inner_lock_release(&lock);
}

void chain_table_after_fork(void)
{
    inner_lock_reset(&lock);
}
