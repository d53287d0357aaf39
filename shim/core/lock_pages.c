#include "shim/core/lock_pages.h"

#include <stddef.h>

#include "shim/platform/memory.h"

enum {
    LEAVES = 1 << (47 - LOCK_PAGE_LEAF_SHIFT),
    LEAF_BYTES = LOCK_PAGES_IN_LEAF / 8,
    FIRST_LOG = 10
};

/* A leaf has a bit for each page of 1 GiB; one is made with the first lock in it. */
static uint64_t *lock_page_leaves[LEAVES];

uint8_t lock_page_counts[LOCK_PAGES_IN_LEAF];
static uint8_t line_counts[LOCK_LINES];

/* Open addressing with linear probing; key 0 is free, so keys are page number + 1. */
struct page_slot {
    uint64_t key;
    uint32_t head;
    uint32_t reserved;
};

static struct {
    struct page_slot *slots;
    uint32_t shift, used;
} table;

static uint64_t key_of(uintptr_t address)
{
    return (address >> LOCK_PAGE_SHIFT) + 1;
}

static uint64_t home_of(uint64_t key)
{
    return (key * 0x9e3779b97f4a7c15u) >> table.shift;
}

static uint64_t mask_of(void)
{
    return ((uint64_t)1 << (64 - table.shift)) - 1;
}

static struct page_slot *probe(uint64_t key)
{
    uint64_t at = home_of(key);
    while (table.slots[at].key && table.slots[at].key != key)
        at = (at + 1) & mask_of();
    return &table.slots[at];
}

static bool grow(void)
{
    struct page_slot *old = table.slots;
    uint64_t count = old ? mask_of() + 1 : 0;
    uint32_t log = old ? 64 - table.shift + 1 : FIRST_LOG;
    struct page_slot *slots = memory_map(sizeof(*slots) << log);
    if (!slots)
        return false;
    table.slots = slots;
    table.shift = 64 - log;
    for (uint64_t i = 0; i < count; i++) {
        if (old[i].key)
            *probe(old[i].key) = old[i];
    }
    memory_unmap(old, count * sizeof(*old));
    return true;
}

static uint64_t *leaf_of(uintptr_t address)
{
    uint64_t **leaf = &lock_page_leaves[address >> LOCK_PAGE_LEAF_SHIFT];
    if (!*leaf)
        __atomic_store_n(leaf, memory_map(LEAF_BYTES), __ATOMIC_RELEASE);
    return *leaf;
}

static void count(uint8_t *counter, int by)
{
    if (*counter != UINT8_MAX)
        __atomic_store_n(counter, (uint8_t)(*counter + by), __ATOMIC_RELEASE);
}

/* A block that reaches into the page starts in it or in the one before. */
static void count_near(uintptr_t address, int by)
{
    uintptr_t page = address >> LOCK_PAGE_SHIFT;
    count(&lock_page_counts[page % LOCK_PAGES_IN_LEAF], by);
    count(&lock_page_counts[(page - 1) % LOCK_PAGES_IN_LEAF], by);
}

void lock_pages_count(uintptr_t address, int by)
{
    count(&line_counts[(address >> LOCK_LINE_SHIFT) % LOCK_LINES], by);
}

bool lock_pages_none_inside(uintptr_t start, uintptr_t end)
{
    uintptr_t line = start >> LOCK_LINE_SHIFT, last = (end - 1) >> LOCK_LINE_SHIFT;
    if (last - line >= LOCK_LINES)
        return false;
    while (line <= last && !__atomic_load_n(&line_counts[line % LOCK_LINES], __ATOMIC_ACQUIRE))
        line++;
    return line > last;
}

uint32_t *lock_pages_find(uintptr_t address)
{
    if (!table.slots)
        return NULL;
    struct page_slot *slot = probe(key_of(address));
    return slot->key ? &slot->head : NULL;
}

uint32_t *lock_pages_make(uintptr_t address)
{
    uint32_t *head = lock_pages_find(address);
    if (head)
        return head;
    uint64_t *leaf = address >> 47 ? NULL : leaf_of(address);
    if (!leaf)
        return NULL;
    if ((!table.slots || table.used * 2 > mask_of()) && !grow())
        return NULL;
    struct page_slot *slot = probe(key_of(address));
    *slot = (struct page_slot){.key = key_of(address)};
    table.used++;
    uint64_t page = (address >> LOCK_PAGE_SHIFT) % LOCK_PAGES_IN_LEAF;
    __atomic_fetch_or(&leaf[page / 64], (uint64_t)1 << (page % 64), __ATOMIC_RELEASE);
    count_near(address, 1);
    return &slot->head;
}

void lock_pages_clear(uintptr_t address)
{
    if (!lock_pages_find(address))
        return;
    uint64_t *leaf = leaf_of(address), page = (address >> LOCK_PAGE_SHIFT) % LOCK_PAGES_IN_LEAF;
    __atomic_fetch_and(&leaf[page / 64], ~((uint64_t)1 << (page % 64)), __ATOMIC_RELAXED);
    count_near(address, -1);
    uint64_t hole = (uint64_t)(probe(key_of(address)) - table.slots);
    for (uint64_t at = (hole + 1) & mask_of(); table.slots[at].key; at = (at + 1) & mask_of()) {
        uint64_t home = home_of(table.slots[at].key);
        if (((at - home) & mask_of()) >= ((at - hole) & mask_of())) {
            table.slots[hole] = table.slots[at];
            hole = at;
        }
    }
    table.slots[hole].key = 0;
    table.used--;
}

static uintptr_t next_in_leaf(const uint64_t *leaf, uintptr_t address, uintptr_t end)
{
    while (address < end) {
        uint64_t page = (address >> LOCK_PAGE_SHIFT) % LOCK_PAGES_IN_LEAF;
        uint64_t word = __atomic_load_n(&leaf[page / 64], __ATOMIC_RELAXED) >> (page % 64);
        if (word) {
            uintptr_t found = ((address >> LOCK_PAGE_SHIFT) + (uintptr_t)__builtin_ctzll(word))
                              << LOCK_PAGE_SHIFT;
            return found < end ? found : end;
        }
        address = ((address >> LOCK_PAGE_SHIFT) - page % 64 + 64) << LOCK_PAGE_SHIFT;
    }
    return end;
}

uintptr_t lock_pages_next(uintptr_t address, uintptr_t end)
{
    address &= ~(((uintptr_t)1 << LOCK_PAGE_SHIFT) - 1);
    while (address < end && !(address >> 47)) {
        uintptr_t leaf_end = ((address >> LOCK_PAGE_LEAF_SHIFT) + 1) << LOCK_PAGE_LEAF_SHIFT;
        uintptr_t stop = leaf_end < end ? leaf_end : end;
        const uint64_t *leaf =
            __atomic_load_n(&lock_page_leaves[address >> LOCK_PAGE_LEAF_SHIFT], __ATOMIC_ACQUIRE);
        if (leaf) {
            uintptr_t found = next_in_leaf(leaf, address, stop);
            if (found < stop)
                return found;
        }
        address = stop;
    }
    return end;
}
