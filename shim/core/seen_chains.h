/* The chains of held locks one thread has already recorded in its current segment: an exact,
 * growing hash set in front of the shared chain table, private to its thread.
 *
 * A chain is a sequence of held locks, each with mode and call site, known by an id that is never
 * reused; an entry says "chain `parent`, then this lock in this mode at this site, is chain
 * `chain`, and its dependency is recorded". Ids make one comparison compare the whole chain.
 * A signal handler may add entries in the middle of a lookup of the thread it interrupts: tables
 * that are outgrown stay mapped, and a table is only ever changed in place by whole entries.
 * Lookup costs one multiplication and usually one cache line; no lock, no allocation. */
#ifndef UNKNOT_SHIM_SEEN_CHAINS_H
#define UNKNOT_SHIM_SEEN_CHAINS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct seen_chain {
    uint64_t parent_lock; /* parent << 32 | lock */
    uint32_t site_mode;
    uint32_t chain; /* 0: free */
};

struct seen_chains {
    struct seen_chain *entries; /* always free ones until the first insertion */
    uint64_t shift;             /* 64 - log2 of the number of entries; stored after `entries` */
    uint32_t used;
};

static inline uint64_t seen_chains_hash(uint64_t parent_lock, uint32_t site_mode)
{
    return (parent_lock ^ (uint64_t)site_mode << 20) * 0x9e3779b97f4a7c15u;
}

/* The chain, or 0. One that is found moves to its first place, so that what is in use now is found
 * there next time. */
uint32_t seen_chains_find(struct seen_chains *seen, uint32_t parent, uint32_t lock,
                          uint32_t site_mode);

/* The same for an entry in its first place; 0 also if it lies further on. */
static inline __attribute__((always_inline)) uint32_t
seen_chains_find_first(const struct seen_chains *seen, uint32_t parent, uint32_t lock,
                       uint32_t site_mode)
{
    uint64_t parent_lock = (uint64_t)parent << 32 | lock, shift = seen->shift;
    atomic_signal_fence(memory_order_seq_cst);
    const struct seen_chain *entry =
        &seen->entries[seen_chains_hash(parent_lock, site_mode) >> shift];
    if (entry->parent_lock != parent_lock || entry->site_mode != site_mode)
        return 0;
    uint32_t chain = entry->chain;
    atomic_signal_fence(memory_order_seq_cst); /* a signal handler's lookup may have moved it */
    return entry->parent_lock == parent_lock ? chain : 0;
}

void seen_chains_init(struct seen_chains *seen);

/* Adds a chain that is not there. `is_live` tells chains that still exist from those of dead
 * locks, which a growing table leaves behind. False without memory. */
bool seen_chains_add(struct seen_chains *seen, uint32_t parent, uint32_t lock, uint32_t site_mode,
                     uint32_t chain, bool (*is_live)(const struct seen_chain *entry));

/* Forgets all entries; the table stays. */
void seen_chains_clear(struct seen_chains *seen);
void seen_chains_destroy(struct seen_chains *seen);

#endif
