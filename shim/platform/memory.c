#include "shim/platform/memory.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/platform/recording.h"

enum { CARVER_BYTES = 256 * 1024, PAGE = 4096 };
static const uintptr_t away = (uintptr_t)64 << 30;

static atomic_uintptr_t lowest; /* of our mappings; where the next one ends */

void *memory_place(size_t bytes)
{
    bytes = (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
    uintptr_t here = (uintptr_t)&lowest & ~(uintptr_t)(PAGE - 1), none = 0;
    atomic_compare_exchange_strong_explicit(&lowest, &none, here - away, memory_order_relaxed,
                                            memory_order_relaxed);
    return (void *)(atomic_fetch_sub_explicit(&lowest, bytes, memory_order_relaxed) - bytes);
}

void *memory_map(size_t bytes)
{
    void *address = mmap(memory_place(bytes), bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED) {
        recording_count_lost(TRACE_LOST_memory);
        return NULL;
    }
    return address;
}

/* Not through the hook of munmap(): no lock ever lies here. */
void memory_unmap(void *address, size_t bytes)
{
    if (address)
        syscall(SYS_munmap, address, bytes);
}

uint32_t pool_alloc(struct pool *pool)
{
    if (pool->free_head) {
        uint32_t index = pool->free_head;
        pool->free_head = *(uint32_t *)pool_at(pool, index);
        return index;
    }
    uint32_t segment = 31 - (uint32_t)__builtin_clz(pool->used / pool->first_count + 1);
    if (segment >= POOL_SEGMENTS)
        return 0;
    if (!pool->segments[segment]) {
        size_t bytes = ((size_t)pool->first_count << segment) * pool->record_bytes;
        pool->segments[segment] = memory_map(bytes);
        if (!pool->segments[segment])
            return 0;
        if (pool->wipe_on_fork)
            madvise(pool->segments[segment], bytes, MADV_WIPEONFORK);
    }
    return ++pool->used;
}

void pool_free(struct pool *pool, uint32_t index)
{
    *(uint32_t *)pool_at(pool, index) = pool->free_head;
    pool->free_head = index;
}

void *carver_alloc(struct carver *carver, size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > CARVER_BYTES / 4)
        return memory_map(bytes);
    if ((size_t)(carver->end - carver->next) < bytes) {
        char *block = memory_map(CARVER_BYTES);
        if (!block)
            return NULL;
        carver->next = block;
        carver->end = block + CARVER_BYTES;
    }
    char *address = carver->next;
    carver->next += bytes;
    return address;
}
