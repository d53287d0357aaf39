/* Memory of one run of the analyzer: allocate, never free one thing, destroy all at once.
 * Allocation cannot fail for the caller: at the cap or without memory the command ends with one
 * line and exit status 2. Not thread-safe. Memory is zeroed and 16-byte aligned. */
#ifndef UNKNOT_BASE_ARENA_H
#define UNKNOT_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;
struct arena {
    struct arena_block *blocks;
    size_t used_bytes, cap_bytes;
};

void arena_init(struct arena *arena, size_t cap_bytes);
void arena_destroy(struct arena *arena);
__attribute__((malloc, returns_nonnull)) void *arena_alloc(struct arena *arena, size_t count,
                                                           size_t size_bytes);
/* Moves everything that was allocated in `from`, which is empty then, into `arena`. */
void arena_take_over(struct arena *arena, struct arena *from);
char *arena_strdup(struct arena *arena, const char *text);
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *arena, const char *format,
                                                         ...);

#endif
