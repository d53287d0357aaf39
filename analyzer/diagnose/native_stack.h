/* The call stacks of a target's threads, by libdwfl from their registers and its memory.
 *
 * Not thread-safe; allocates from the target's arena. Cost: each module's unwind table is read once
 * when a stack first passes through it. */
#ifndef UNKNOT_DIAGNOSE_NATIVE_STACK_H
#define UNKNOT_DIAGNOSE_NATIVE_STACK_H

#include "analyzer/diagnose/target.h"

#define NATIVE_STACK_FRAMES_MAX 256

struct native_frame {
    uint64_t address; /* where the frame goes on */
    /* The call, or the instruction it stands at: what names it. */
    uint64_t site;
};

struct native_stack {
    size_t frame_count;
    const struct native_frame *frames; /* innermost first */
    bool truncated;                    /* longer than this, or unwinding failed on the way */
};

struct native_stacks;

/* NULL when libdwfl cannot be used for this target. */
struct native_stacks *native_stacks_create(struct target *target);
void native_stacks_free(struct native_stacks *stacks);

/* The stack of a thread, from all its registers or, when those are not known, from two: then it may
 * end early. At least where it stands, unless that is unknown. */
struct native_stack native_stack_of(struct native_stacks *stacks,
                                    const struct target_thread *thread);

#endif
