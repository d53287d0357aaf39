/* Whose stack is this? The stacks of the live threads, sorted. Any guarded thread; own lock.
 * Cost: a binary search to find, a memory move to add or remove. */
#ifndef UNKNOT_SHIM_STACK_RANGES_H
#define UNKNOT_SHIM_STACK_RANGES_H

#include <stdint.h>

void stack_ranges_add(uintptr_t low, uintptr_t high, uint32_t thread_index);
void stack_ranges_remove(uintptr_t low, uint32_t thread_index);

/* The index given for the stack that holds `address`, 0 if none. */
uint32_t stack_ranges_find(uintptr_t address);

/* In a fork child: none is left. */
void stack_ranges_after_fork(void);

#endif
