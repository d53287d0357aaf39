#include "shim/core/stack_ranges.h"

#include <string.h>

#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"

enum { FIRST_CAPACITY = 256 };

struct range {
    uintptr_t low, high;
    uint32_t thread_index;
};

static struct inner_lock lock;
static struct {
    struct range *items; /* by low */
    uint32_t count, capacity;
} ranges;

/* The first range that starts above `address`. */
static uint32_t upper_bound(uintptr_t address)
{
    uint32_t low = 0, high = ranges.count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (ranges.items[middle].low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int make_room(void)
{
    if (ranges.count < ranges.capacity)
        return 1;
    uint32_t capacity = ranges.capacity ? ranges.capacity * 2 : FIRST_CAPACITY;
    struct range *items = memory_map(capacity * sizeof(*items));
    if (!items)
        return 0;
    if (ranges.count)
        memcpy(items, ranges.items, ranges.count * sizeof(*items));
    memory_unmap(ranges.items, ranges.capacity * sizeof(*items));
    ranges.items = items;
    ranges.capacity = capacity;
    return 1;
}

static void remove_at(uint32_t at)
{
    memmove(&ranges.items[at], &ranges.items[at + 1],
            (ranges.count - at - 1) * sizeof(ranges.items[0]));
    ranges.count--;
}

void stack_ranges_add(uintptr_t low, uintptr_t high, uint32_t thread_index)
{
    inner_lock_acquire(&lock);
    /* A thread that ended unnoticed may have left its range where this stack now lies. */
    while (ranges.count) {
        uint32_t before = upper_bound(high - 1);
        if (!before || ranges.items[before - 1].high <= low)
            break;
        remove_at(before - 1);
    }
    if (make_room()) {
        uint32_t at = upper_bound(low);
        memmove(&ranges.items[at + 1], &ranges.items[at],
                (ranges.count - at) * sizeof(ranges.items[0]));
        ranges.items[at] = (struct range){low, high, thread_index};
        ranges.count++;
    }
    inner_lock_release(&lock);
}

void stack_ranges_remove(uintptr_t low, uint32_t thread_index)
{
    inner_lock_acquire(&lock);
    uint32_t at = upper_bound(low);
    if (at && ranges.items[at - 1].low == low && ranges.items[at - 1].thread_index == thread_index)
        remove_at(at - 1);
    inner_lock_release(&lock);
}

uint32_t stack_ranges_find(uintptr_t address)
{
    uint32_t found = 0;
    inner_lock_acquire(&lock);
    uint32_t at = upper_bound(address);
    if (at && address < ranges.items[at - 1].high)
        found = ranges.items[at - 1].thread_index;
    inner_lock_release(&lock);
    return found;
}

void stack_ranges_after_fork(void)
{
    inner_lock_reset(&lock);
    ranges.count = 0;
}
