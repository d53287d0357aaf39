#include "shim/core/seen_chains.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "shim/platform/memory.h"

enum { FIRST_LOG = 7, KEEP_BYTES = 64 * 1024 };

/* Where a set without a table looks: always free. */
static struct seen_chain nothing[2];

void seen_chains_init(struct seen_chains *seen)
{
    *seen = (struct seen_chains){.entries = nothing, .shift = 63};
}

/* Changes a used entry. Whoever interrupts sees it whole or free; taking it for free, he records
 * a dependency once more. */
static void replace(struct seen_chain *entry, const struct seen_chain *by)
{
    entry->chain = 0;
    atomic_signal_fence(memory_order_seq_cst);
    entry->parent_lock = by->parent_lock;
    entry->site_mode = by->site_mode;
    atomic_signal_fence(memory_order_seq_cst);
    entry->chain = by->chain;
}

/* Both lie in one run of used entries, and `home` is where a lookup of `found` begins: each is
 * still found. */
static void move_home(struct seen_chain *found, struct seen_chain *home)
{
    const struct seen_chain displaced = *home, wanted = *found;
    replace(home, &wanted);
    replace(found, &displaced);
}

uint32_t seen_chains_find(struct seen_chains *seen, uint32_t parent, uint32_t lock,
                          uint32_t site_mode)
{
    uint64_t parent_lock = (uint64_t)parent << 32 | lock;
    uint64_t shift = seen->shift, mask = UINT64_MAX >> shift;
    uint64_t home = seen_chains_hash(parent_lock, site_mode) >> shift;
    atomic_signal_fence(memory_order_seq_cst);
    struct seen_chain *entries = seen->entries;
    for (uint64_t at = home;; at = (at + 1) & mask) {
        uint32_t chain = entries[at].chain;
        if (!chain)
            return 0;
        if (entries[at].parent_lock == parent_lock && entries[at].site_mode == site_mode) {
            atomic_signal_fence(memory_order_seq_cst);
            chain =
                entries[at].chain; /* what was there before, a handler's look-up may have moved */
            if (at != home)
                move_home(&entries[at], &entries[home]);
            return chain;
        }
    }
}

static uint64_t capacity_of(const struct seen_chains *seen)
{
    return seen->entries == nothing ? 0 : (uint64_t)1 << (64 - seen->shift);
}

static void insert(struct seen_chains *seen, const struct seen_chain *entry)
{
    uint64_t mask = UINT64_MAX >> seen->shift;
    uint64_t at = seen_chains_hash(entry->parent_lock, entry->site_mode) >> seen->shift;
    while (seen->entries[at].chain)
        at = (at + 1) & mask;
    seen->entries[at] = *entry;
    seen->used++;
}

void seen_chains_destroy(struct seen_chains *seen)
{
    uint64_t capacity = capacity_of(seen);
    if (capacity)
        memory_unmap(seen->entries, capacity * sizeof(struct seen_chain));
    seen_chains_init(seen);
}

static uint32_t drop_dead(struct seen_chains *seen, bool (*is_live)(const struct seen_chain *entry))
{
    uint32_t live = 0;
    for (uint64_t i = 0; i < capacity_of(seen); i++) {
        struct seen_chain *entry = &seen->entries[i];
        if (entry->chain && !is_live(entry))
            *entry = (struct seen_chain){0};
        live += entry->chain != 0;
    }
    return live;
}

/* Takes all entries out and puts them back, so that none is behind a gap. */
static void rehash(struct seen_chains *seen, const struct seen_chain *entries, uint64_t count)
{
    seen->used = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (entries[i].chain)
            insert(seen, &entries[i]);
    }
}

/* Leaves dead chains behind; grows if what is left fills more than a third. An outgrown table is
 * emptied but stays mapped: an interrupted lookup may still be in it. */
static bool make_room(struct seen_chains *seen, bool (*is_live)(const struct seen_chain *entry))
{
    uint64_t capacity = capacity_of(seen);
    uint32_t live = drop_dead(seen, is_live);
    uint32_t log = capacity ? 64 - (uint32_t)seen->shift : FIRST_LOG;
    while ((uint64_t)live * 3 > (uint64_t)1 << log)
        log++;
    struct seen_chain *old = seen->entries, *entries = memory_map(sizeof(*entries) << log);
    if (!entries)
        return false;
    if (capacity == (uint64_t)1 << log) {
        memcpy(entries, old, capacity * sizeof(*old));
        memset(old, 0, capacity * sizeof(*old));
        rehash(seen, entries, capacity);
        memory_unmap(entries, capacity * sizeof(*entries));
        return true;
    }
    seen->entries = entries;
    atomic_signal_fence(memory_order_seq_cst);
    seen->shift = 64 - log;
    rehash(seen, old, capacity);
    if (capacity)
        madvise(old, capacity * sizeof(*old), MADV_DONTNEED);
    return true;
}

bool seen_chains_add(struct seen_chains *seen, uint32_t parent, uint32_t lock, uint32_t site_mode,
                     uint32_t chain, bool (*is_live)(const struct seen_chain *entry))
{
    if ((uint64_t)seen->used * 2 >= capacity_of(seen) && !make_room(seen, is_live))
        return false;
    insert(seen, &(struct seen_chain){(uint64_t)parent << 32 | lock, site_mode, chain});
    return true;
}

void seen_chains_clear(struct seen_chains *seen)
{
    uint64_t bytes = capacity_of(seen) * sizeof(struct seen_chain);
    if (!seen->used)
        return;
    if (bytes > KEEP_BYTES)
        madvise(seen->entries, bytes, MADV_DONTNEED);
    else
        memset(seen->entries, 0, bytes);
    seen->used = 0;
}
