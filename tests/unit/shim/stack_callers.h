/* Code outside the module that holds the shim, whose own frames no stack shows: a wrapper that
 * calls `hook`, and ways to it whose frames are alike but for the return addresses. One thread. */
#ifndef TESTS_UNIT_SHIM_STACK_CALLERS_H
#define TESTS_UNIT_SHIM_STACK_CALLERS_H

#include <stdint.h>

enum { STACK_CALLERS = 6, STACK_CALLERS_DEEPER = 2 };

typedef uint32_t (*stack_hook)(void);

/* By way of one of the wrapper's callers, called by one of theirs. */
__attribute__((visibility("default"))) uint32_t stack_call(stack_hook hook, unsigned deeper,
                                                           unsigned caller);

#endif
