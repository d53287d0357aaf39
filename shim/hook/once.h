/* pthread_once and call_once, whose control is locked while its initialiser runs.
 *
 * The hook passes once_run in the initialiser's place, so that it learns from the real function who
 * runs it; once_begin and once_end stand around that call, in the hook's own frame. A control that
 * is done costs a load and a branch, more only if its initialiser took locks and the caller holds
 * some: it did not wait this time, but had it come earlier, it would have. */
#ifndef UNKNOT_SHIM_HOOK_ONCE_H
#define UNKNOT_SHIM_HOOK_ONCE_H

#include <pthread.h>

#include "shim/hook/hook.h"

struct once_call {
    pthread_once_t *control;
    void (*initialise)(void);
    uintptr_t address, pointer;
    enum acquire_result requested;
    struct waiting waiting; /* until it runs, or another thread's call has */
    uint32_t dependencies;  /* the thread had recorded when the initialiser began */
    bool is_innermost;      /* it returned, and had requested nothing */
    struct once_call *next; /* of those the thread waits in, or runs */
};

/* False: make the real call with the program's own initialiser. */
bool once_begin_slow(struct once_call *once, uintptr_t address, uintptr_t pointer);

/* glibc's mark of a control that is done; elsewhere a wrong guess costs time only. */
enum { ONCE_DONE = 2 };

static ALWAYS_INLINE bool once_begin(struct once_call *once, pthread_once_t *control,
                                     void (*initialise)(void), uintptr_t address, uintptr_t pointer)
{
    const struct shim_thread *self = thread_self;
    if (__builtin_expect(__atomic_load_n(control, __ATOMIC_RELAXED) & ONCE_DONE, 1) &&
        self->top == self->held) {
        if (events_are_on(self))
            events_once_passed(control, address, pointer);
        return false;
    }
    once->control = control;
    once->initialise = initialise;
    return once_begin_slow(once, address, pointer);
}

void once_run(void);
void once_end(struct once_call *once);

#endif
