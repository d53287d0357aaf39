/* Which pages of memory hold locks, so that free() of anything else costs a few instructions. These
 * pages are smaller than the system's, lest every free() beside a lock look for it.
 *
 * Counters answer "none near" for a small block, a two-level bitmap for any range, both without a
 * lock; per page, a list of lock entries (linked through lock_entry.page_next) tells which. Changes
 * are made under the lock table's lock. */
#ifndef UNKNOT_SHIM_LOCK_PAGES_H
#define UNKNOT_SHIM_LOCK_PAGES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LOCK_PAGE_SHIFT = 10,
    LOCK_PAGE_BYTES = 1 << LOCK_PAGE_SHIFT,
    LOCK_PAGE_LEAF_SHIFT = 30,
    LOCK_PAGES_IN_LEAF = 1 << (LOCK_PAGE_LEAF_SHIFT - LOCK_PAGE_SHIFT),
};

/* How many pages with locks a block that starts in this page, and reaches no further than the next,
 * may touch; pages a GiB apart share a counter, and one that is full stays so. What free() asks. */
extern uint8_t lock_page_counts[LOCK_PAGES_IN_LEAF] __attribute__((visibility("hidden")));

static inline __attribute__((always_inline)) bool lock_pages_none_near(uintptr_t address)
{
    uintptr_t page = (address >> LOCK_PAGE_SHIFT) % LOCK_PAGES_IN_LEAF;
    return __atomic_load_n(&lock_page_counts[page], __ATOMIC_RELAXED) == 0;
}

/* The same for each lock by itself and lines of 64 bytes: is there surely none in [start, end)? A
 * GiB of lines shares the counters of 64 MiB. */
enum { LOCK_LINE_SHIFT = 6, LOCK_LINES = LOCK_PAGES_IN_LEAF };
bool lock_pages_none_inside(uintptr_t start, uintptr_t end);
void lock_pages_count(uintptr_t address, int by);

/* The first page at or after `address`, below `end`, that holds locks; `end` if none. */
uintptr_t lock_pages_next(uintptr_t address, uintptr_t end);

/* Where the list of the page's entries starts (0: empty); NULL if the page has none or, for
 * _make, without memory. */
uint32_t *lock_pages_find(uintptr_t address);
uint32_t *lock_pages_make(uintptr_t address);

/* Forgets the page, whose list is empty. */
void lock_pages_clear(uintptr_t address);

#endif
