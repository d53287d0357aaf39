/* Which known call stack is this? Answered without unwinding.
 *
 * A captured stack is kept with the place of every return address in it. The same call site at
 * the same stack depth is the same stack exactly when those places hold the same addresses, so a
 * hit re-reads each: two callers of one wrapper never get each other's stack. Known stacks are
 * shared by all threads, keyed by (return address, depth below the thread's first frame), because
 * threads that run the same code have the same layout; in front of that each thread has a small
 * cache of its own keyed by (return address, stack pointer).
 *
 * Where one wrapper is called from several places at the same depth, the first of its stacks has
 * the entry of that key, and the return addresses above say where the others lie: behind an entry
 * that differs in the n-th of its slots is the one for what the stack has there.
 *
 * Find costs one cache line and a load and compare per frame, and as much for each further entry;
 * no lock, no allocation. */
#ifndef UNKNOT_SHIM_STACK_CACHE_H
#define UNKNOT_SHIM_STACK_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/format.h"

struct stack_frame {
    uintptr_t address; /* the return address */
    uint32_t offset;   /* of the slot that holds it, in bytes above the caller's stack pointer */
    uint32_t module;   /* module id, 0 unknown */
};

/* One known stack. Immutable once published, never freed, except `written`. */
struct known_stack {
    struct known_stack *next; /* in its bucket */
    uintptr_t depth;          /* distance to the thread's stack end; 0: first frame only */
    uint32_t id;
    uint32_t site;    /* the id shared by stacks with the same innermost frames */
    uint32_t written; /* recording_epoch of the recording it was written to */
    uint16_t count;
    uint16_t checked; /* frames to re-read: the outermost in the C library never change */
    uint32_t flags;   /* TRACE_STACK_* */
    bool in_handler;  /* the outermost is a signal frame */
    struct stack_frame frames[]; /* innermost first; frames[0].offset is 0 and not checked */
};

enum { STACK_SITE_SHIFT = 4, STACK_CACHE_SETS = 128, STACK_CACHE_SLOTS = 3 };

/* One cache line. The first slots are repeated here, so that the usual check takes one load behind
 * the entry's own: the return addresses expected and how many words above `pointer` they lie. A
 * slot a short stack does not need repeats `address` itself, 0 words above. */
struct stack_cache_entry {
    uintptr_t address, pointer; /* 0: free */
    uintptr_t slots[STACK_CACHE_SLOTS];
    const struct known_stack *rest; /* NULL if the slots here are all there is to check */
    uint32_t id;                    /* the stack's */
    uint32_t site_bits;             /* its site, shifted to leave room for a mode */
    uint16_t words[STACK_CACHE_SLOTS];
} __attribute__((aligned(64)));

struct stack_cache {
    struct stack_cache_entry entries[STACK_CACHE_SETS];
};

static inline size_t stack_cache_index(uintptr_t address, uintptr_t pointer)
{
    return (address ^ pointer >> 3) % STACK_CACHE_SETS;
}

/* True if the stack at `pointer` (where the hook's return address lies) is `stack`, as far as its
 * frames from `first` on tell. */
static inline bool known_stack_matches(const struct known_stack *stack, uintptr_t pointer,
                                       uint32_t first)
{
    for (uint32_t i = first; i < stack->checked; i++) {
        if (*(const uintptr_t *)(pointer + stack->frames[i].offset) != stack->frames[i].address)
            return false;
    }
    return true;
}

/* The stack of a caller that returns to `address` from the slot at `pointer`, or NULL. */
static inline __attribute__((always_inline)) const struct stack_cache_entry *
stack_cache_find_at(const struct stack_cache *cache, size_t index, uintptr_t address,
                    uintptr_t pointer)
{
    const struct stack_cache_entry *entry = &cache->entries[index];
    if (__builtin_expect(entry->address != address || entry->pointer != pointer, 0))
        return NULL;
    const uintptr_t *stack = (const uintptr_t *)pointer;
    uintptr_t differences = (stack[entry->words[0]] ^ entry->slots[0]) |
                            (stack[entry->words[1]] ^ entry->slots[1]) |
                            (stack[entry->words[2]] ^ entry->slots[2]);
    if (__builtin_expect(differences != 0, 0))
        return NULL;
    if (entry->rest && !known_stack_matches(entry->rest, pointer, 1))
        return NULL;
    return entry;
}

static inline __attribute__((always_inline)) const struct stack_cache_entry *
stack_cache_find(const struct stack_cache *cache, uintptr_t address, uintptr_t pointer)
{
    return stack_cache_find_at(cache, stack_cache_index(address, pointer), address, pointer);
}

/* Where it may lie if the entry at `index`, which has the key, is another stack's; `found` is what
 * the stack has where that entry's next slot lies. */
static inline size_t stack_cache_behind(size_t index, uintptr_t found)
{
    return (index + 1 + (found * 0x9e3779b97f4a7c15u >> 32)) % STACK_CACHE_SETS;
}

/* The same as stack_cache_find, with those behind the first. */
const struct stack_cache_entry *stack_cache_find_further(const struct stack_cache *cache,
                                                         uintptr_t address, uintptr_t pointer);

/* The entry found so comes first, as it is in use now. Guarded. */
const struct stack_cache_entry *stack_cache_promote(struct stack_cache *cache,
                                                    const struct stack_cache_entry *found);

#endif
