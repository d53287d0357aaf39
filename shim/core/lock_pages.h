/* Which pages of memory hold locks, so that free() of anything else costs a few instructions. These
 * pages are smaller than the system's, lest every free() beside a lock look for it.
 *
 * A two-level bitmap answers "none here" without a lock; per page, a list of lock entries (linked
 * through lock_entry.page_next) tells which. Changes are made under the lock table's lock. */
#ifndef UNKNOT_SHIM_LOCK_PAGES_H
#define UNKNOT_SHIM_LOCK_PAGES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LOCK_PAGE_SHIFT = 10,
    LOCK_PAGE_LEAF_SHIFT = 30,
    LOCK_PAGES_IN_LEAF = 1 << (LOCK_PAGE_LEAF_SHIFT - LOCK_PAGE_SHIFT),
};

/* A leaf has a bit for each page of 1 GiB; one is made with the first lock in it. */
extern uint64_t *lock_page_leaves[1 << (47 - LOCK_PAGE_LEAF_SHIFT)]
    __attribute__((visibility("hidden")));

/* Addresses whose bits lie in one word. */
enum { LOCK_PAGE_WORD_SHIFT = LOCK_PAGE_SHIFT + 6 };

/* The bits of the pages around `address`, which is below 1 << 47. */
static inline __attribute__((always_inline)) uint64_t lock_pages_word(uintptr_t address)
{
    const uint64_t *leaf =
        __atomic_load_n(&lock_page_leaves[address >> LOCK_PAGE_LEAF_SHIFT], __ATOMIC_ACQUIRE);
    if (!leaf)
        return 0;
    uint64_t word = (address >> LOCK_PAGE_WORD_SHIFT) % (LOCK_PAGES_IN_LEAF / 64);
    return __atomic_load_n(&leaf[word], __ATOMIC_RELAXED);
}

/* The first page at or after `address`, below `end`, that holds locks; `end` if none. */
uintptr_t lock_pages_next(uintptr_t address, uintptr_t end);

/* Where the list of the page's entries starts (0: empty); NULL if the page has none or, for
 * _make, without memory. */
uint32_t *lock_pages_find(uintptr_t address);
uint32_t *lock_pages_make(uintptr_t address);

/* Forgets the page, whose list is empty. */
void lock_pages_clear(uintptr_t address);

#endif
