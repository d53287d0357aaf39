/* How large a block of the heap is that the program gives back.
 *
 * glibc's malloc says so in the word before the block, which free() reads anyway;
 * malloc_usable_size also reads the next block's, often the only miss of the call. block_size_start
 * compares the two for blocks of its own; where they differ, or the allocator is another, the
 * function is asked. */
#ifndef UNKNOT_SHIM_BLOCK_SIZE_H
#define UNKNOT_SHIM_BLOCK_SIZE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "shim/platform/real.h"

extern bool block_size_is_before __attribute__((visibility("hidden")));

/* Allocates; not inside the allocator. */
void block_size_start(void);

enum { BLOCK_MAPPED = 2, BLOCK_FLAGS = 7 };

/* The size as it is said, without its flags: it counts one word around the block, or two if the
 * block was mapped by itself. */
static inline size_t block_size_word(const void *memory)
{
    return ((const size_t *)memory)[-1] & ~(size_t)BLOCK_FLAGS;
}

static inline size_t block_size_before(const void *memory)
{
    size_t words_around = ((const size_t *)memory)[-1] & BLOCK_MAPPED ? 2 : 1;
    return block_size_word(memory) - words_around * sizeof(size_t);
}

/* True if the block, with the word that says so, may be larger than `bytes`. */
static inline __attribute__((always_inline)) bool block_size_exceeds(const void *memory,
                                                                     size_t bytes)
{
    return ((const size_t *)memory)[-1] > (bytes | BLOCK_FLAGS);
}

/* Where the allocator does not say, the smallest block that can hold a mutex. */
static inline size_t block_size(void *memory)
{
    if (__builtin_expect(block_size_is_before, 1))
        return block_size_before(memory);
    return REAL(malloc_usable_size) ? REAL(malloc_usable_size)(memory) : sizeof(pthread_mutex_t);
}

#endif
