/* What is mapped at an address: the place in a file or shared memory object by which processes
 * that map the same one can be told to mean the same memory. Read from /proc/self/maps.
 *
 * Guarded callers only; own lock. Allocates nothing. A look-up costs a search of a few remembered
 * mappings; an unknown one costs reading the list of mappings up to it, and for that moment a
 * descriptor, so this is for the slow path. */
#ifndef UNKNOT_SHIM_MAPPING_H
#define UNKNOT_SHIM_MAPPING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct mapping_place {
    uint64_t device, inode, offset;
};

enum mapping_answer {
    MAPPING_SHARED,  /* MAP_SHARED, of a file or not: there is a place */
    MAPPING_PRIVATE, /* this process's own */
    MAPPING_UNKNOWN, /* the list of mappings cannot be read */
};

enum mapping_answer mapping_find(uintptr_t address, struct mapping_place *place);

/* The same for another process, asked of the kernel each time, if it has mapped the file with
 * `inode`, too: a process with the same number that has not is another one. */
enum mapping_answer mapping_find_in(uint32_t pid, uint64_t inode, uintptr_t address,
                                    struct mapping_place *place);

/* Something else may lie at [start, end) soon. Nothing to do unless mapping_any_known. */
void mapping_forget(uintptr_t start, uintptr_t end);

extern atomic_uint mapping_known_count __attribute__((visibility("hidden")));

static inline bool mapping_any_known(void)
{
    return atomic_load_explicit(&mapping_known_count, memory_order_relaxed) != 0;
}

/* In a fork child: not every mapping may have come along. */
void mapping_after_fork(void);

#endif
