/* The shim's memory: its own anonymous mappings, never the program's malloc.
 *
 * memory_map and memory_unmap are thin and thread-safe. A pool hands out fixed-size records by
 * 1-based index from segments that double in size and never move, so a lock-free reader may look
 * at a record that has since been reused ("type-stable") but never at unmapped memory. Pools are
 * not thread-safe: the owner's lock covers every call but pool_at, which any thread may use on an
 * index it got from a published place. A carver hands out variable-size blocks that are never
 * given back. */
#ifndef UNKNOT_SHIM_MEMORY_H
#define UNKNOT_SHIM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where to map `bytes` (a hint for mmap): far below this library, so that our mappings do not fill
 * the gaps the program leaves, which it may want to fill itself. */
void *memory_place(size_t bytes);

/* Zeroed pages, or NULL (then TRACE_LOST_memory is counted). */
void *memory_map(size_t bytes);
void memory_unmap(void *address, size_t bytes);

enum { POOL_SEGMENTS = 24 };

struct pool {
    uint32_t record_bytes; /* at least 4: a free record holds the next free index */
    uint32_t first_count;  /* records in segment 0, a power of two; segment k has first << k */
    uint32_t used;         /* indexes ever handed out */
    uint32_t free_head;    /* 0: none */
    bool wipe_on_fork;     /* a fork child finds zeros in its records */
    void *segments[POOL_SEGMENTS];
};

#define POOL_INIT(type, count)                                                                     \
    {                                                                                              \
        .record_bytes = sizeof(type), .first_count = (count)                                       \
    }

/* A record's index, or 0 without memory. Fresh records are zero; reused ones keep their bytes. */
uint32_t pool_alloc(struct pool *pool);
void pool_free(struct pool *pool, uint32_t index);

/* The same with the sizes from `known`, a constant: no division. */
static inline void *pool_at_like(const struct pool *pool, const struct pool *known, uint32_t index)
{
    uint32_t ordinal = index - 1;
    uint32_t segment = 31 - (uint32_t)__builtin_clz(ordinal / known->first_count + 1);
    uint32_t first = known->first_count * ((1u << segment) - 1);
    return (char *)pool->segments[segment] + (size_t)(ordinal - first) * known->record_bytes;
}

static inline void *pool_at(const struct pool *pool, uint32_t index)
{
    return pool_at_like(pool, pool, index);
}

struct carver {
    char *next, *end;
};

/* 16-byte aligned zeroed bytes, or NULL without memory. */
void *carver_alloc(struct carver *carver, size_t bytes);

#endif
