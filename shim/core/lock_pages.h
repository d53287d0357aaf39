/* Which pages of memory hold locks, so that free() of anything else costs a few instructions.
 *
 * A two-level bitmap answers "none here" without a lock; per page, a list of lock entries (linked
 * through lock_entry.page_next) tells which. Changes are made under the lock table's lock. */
#ifndef UNKNOT_SHIM_LOCK_PAGES_H
#define UNKNOT_SHIM_LOCK_PAGES_H

#include <stdbool.h>
#include <stdint.h>

enum { LOCK_PAGE_SHIFT = 12, LOCK_PAGE_LEAF_SHIFT = 30 };

/* A leaf has a bit for each page of 1 GiB. */
extern uint64_t **lock_page_leaves;

static inline bool lock_page_bit(uintptr_t address)
{
    uint64_t **leaves = __atomic_load_n(&lock_page_leaves, __ATOMIC_ACQUIRE);
    if (!leaves || address >> 47)
        return false;
    const uint64_t *leaf =
        __atomic_load_n(&leaves[address >> LOCK_PAGE_LEAF_SHIFT], __ATOMIC_ACQUIRE);
    if (!leaf)
        return false;
    uint64_t page = (address >> LOCK_PAGE_SHIFT) & 0x3ffff;
    return __atomic_load_n(&leaf[page / 64], __ATOMIC_RELAXED) >> (page % 64) & 1;
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
