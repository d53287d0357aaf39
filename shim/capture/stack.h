/* Call stacks: captured once, interned, written to the recording when something refers to them.
 *
 * stack_capture is the slow way behind stack_cache_find: it looks among the stacks all threads
 * know and unwinds only for one never seen. It never takes the loader's lock and never allocates
 * from the program's heap, so it may run under any lock of the program; it takes the shim's own
 * stack lock. The caller is guarded. Cost: some ten ns for a known stack, 1 to 2 µs per frame for
 * a new one. Stacks of signal handlers are not in the cache: signal_hazard.h wants to
 * see each request they make. */
#ifndef UNKNOT_SHIM_STACK_H
#define UNKNOT_SHIM_STACK_H

#include "shim/capture/stack_cache.h"

/* The stack of a hook's caller: it returns to `address`, which lies at `pointer`; the calling
 * thread's own stack is [stack_low, stack_high). NULL only without memory. Fills the cache. */
const struct known_stack *stack_capture(struct stack_cache *cache, uintptr_t stack_low,
                                        uintptr_t stack_high, uintptr_t address, uintptr_t pointer);

/* Writes the stack to the recording unless it is there; under recording_lock. Returns its id, 0
 * for NULL. */
uint32_t stack_record(const struct known_stack *stack);

/* The known stack with this id, NULL for 0. Any thread. */
const struct known_stack *stack_by_id(uint32_t id);

void stack_start(void);
void stack_after_fork(void);

/* Between these no other thread unwinds with the library: its internal lock must be free in a
 * child.
 */
void stack_fork_prepare(void);
void stack_fork_parent(void);

#endif
