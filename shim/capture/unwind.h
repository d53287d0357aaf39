/* Walks a call stack with libunwind's remote interface.
 *
 * The stock local unwinder opens pipes, takes the loader's lock and allocates; the remote one does
 * only what its callbacks do, and ours read this thread's own stack and the unwind tables of the
 * modules on it. The library is opened privately at start-up, never linked: it exports _Unwind_*
 * and would take over the program's exceptions. Without it a stack is its innermost frame.
 *
 * Not re-entrant; the caller holds the stack lock. */
#ifndef UNKNOT_SHIM_UNWIND_H
#define UNKNOT_SHIM_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unwind_frame {
    uintptr_t address; /* return address */
    uintptr_t slot;    /* where on the stack it lies */
};

/* Loads the library. */
void unwind_start(void);
bool unwind_available(void);

enum unwind_end {
    UNWIND_COMPLETE,
    UNWIND_CUT,    /* there were more frames */
    UNWIND_SIGNAL, /* the last one is a signal frame: above its slot lies the ucontext */
};

/* Fills frames[] with the callers of the frame whose return address `address` lies at `pointer`,
 * innermost (that one) first. Reads nothing but the stack in use, below stack_high, and the
 * tables of the modules on it.
 * Leaves out frames of the shim itself (a hook that called the program back, as pthread_once does),
 * and all from a thread's first frame on. Stops at what a signal handler interrupted and at the end.
 * Returns the number of frames, at least 1. */
size_t unwind_stack(uintptr_t address, uintptr_t pointer, uintptr_t stack_high,
                    struct unwind_frame *frames, size_t capacity, enum unwind_end *end);

#endif
