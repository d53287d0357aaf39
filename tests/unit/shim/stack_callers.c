#include "tests/unit/shim/stack_callers.h"

#define NOINLINE __attribute__((noinline))

/* Each call is followed by an instruction of its own, so that it is neither the function's last act
 * nor the same code as another's. */
#define WAY(name, number, parameters, call)                                                        \
    static NOINLINE uint32_t name parameters                                                       \
    {                                                                                              \
        uint32_t id = call;                                                                        \
        __asm__ volatile("nopl %c0(%%rax)" ::"i"(number) : "memory");                              \
        return id;                                                                                 \
    }

WAY(wrapper, 0, (stack_hook hook), hook())
WAY(caller_0, 1, (stack_hook hook), wrapper(hook))
WAY(caller_1, 2, (stack_hook hook), wrapper(hook))
WAY(caller_2, 3, (stack_hook hook), wrapper(hook))
WAY(caller_3, 4, (stack_hook hook), wrapper(hook))
WAY(caller_4, 5, (stack_hook hook), wrapper(hook))
WAY(caller_5, 6, (stack_hook hook), wrapper(hook))

static uint32_t (*const callers[STACK_CALLERS])(stack_hook) = {caller_0, caller_1, caller_2,
                                                               caller_3, caller_4, caller_5};

WAY(choose, 7, (stack_hook hook, unsigned caller), callers[caller](hook))
WAY(deeper_0, 8, (stack_hook hook, unsigned caller), choose(hook, caller))
WAY(deeper_1, 9, (stack_hook hook, unsigned caller), choose(hook, caller))

static uint32_t (*const deeper_ones[STACK_CALLERS_DEEPER])(stack_hook, unsigned) = {deeper_0,
                                                                                    deeper_1};

WAY(call, 10, (stack_hook hook, unsigned deeper, unsigned caller),
    deeper_ones[deeper](hook, caller))

uint32_t stack_call(stack_hook hook, unsigned deeper, unsigned caller)
{
    return call(hook, deeper, caller);
}
