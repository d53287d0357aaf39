/* Exceptions out of an initialiser, pthread_exit and cancellation pass through the frame of
 * once_run, and the control must be given back on their way. A handler registered there as C code
 * does would stay registered when an exception passes, and compiled cleanup needs libgcc_s; so the
 * frame names a personality routine of our own, which does the work and lets the unwinder go on. */
#include "shim/hook/once.h"

#include <unwind.h>

static const struct manner initialising = {TRACE_LOCK_ONCE, 0};

static __thread struct once_call *waiting, *running __attribute__((tls_model("initial-exec")));

bool once_begin_slow(struct once_call *once, uintptr_t address, uintptr_t pointer)
{
    bool done = __atomic_load_n(once->control, __ATOMIC_ACQUIRE) & ONCE_DONE;
    if (done && !lock_table_find(once->control))
        return false;
    once->requested = acquire_request(once->control, initialising, address, pointer);
    if (done)
        events_once_passed(once->control, address, pointer);
    if (done || once->requested == ACQUIRE_UNSEEN)
        return false;
    const struct waiting_for target = {.object = (uintptr_t)once->control,
                                       .lock = lock_table_find(once->control),
                                       .kind = initialising.kind};
    steer_request(&target, address, pointer);
    once->address = address;
    once->pointer = pointer;
    once->is_innermost = false;
    once->next = waiting;
    waiting = once;
    waiting_begin(&once->waiting, once->control, initialising, address, pointer);
    return true;
}

static void begin_running(void)
{
    struct once_call *once = waiting;
    waiting = once->next;
    once->next = running;
    running = once;
    waiting_end(&once->waiting);
    once->dependencies = thread_self->dependencies;
    acquire_had(once->requested, once->control, initialising, once->address, once->pointer);
}

static void end_running(void)
{
    struct once_call *once = running;
    running = once->next;
    once->is_innermost = once->dependencies == thread_self->dependencies;
    acquire_release(once->control);
}

/* The unwinder leaves once_run, for the first time in its search for a handler. */
__attribute__((used, visibility("hidden"))) _Unwind_Reason_Code
once_unwound(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
             struct _Unwind_Exception *exception, struct _Unwind_Context *context);

_Unwind_Reason_Code once_unwound(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
                                 struct _Unwind_Exception *exception,
                                 struct _Unwind_Context *context)
{
    (void)version, (void)class, (void)exception, (void)context;
    if (actions & _UA_CLEANUP_PHASE)
        end_running();
    return _URC_CONTINUE_UNWIND;
}

/* 27: the routine's place relative to where it is named, in four bytes. */
__attribute__((noinline, noclone)) void once_run(void)
{
    __asm__ volatile(".cfi_personality 27, once_unwound");
    begin_running();
    running->initialise();
    end_running();
}

/* Nothing can follow from a control whose initialiser requested nothing: it need not be known. */
void once_end(struct once_call *once)
{
    if (waiting == once) { /* another thread's call had run it */
        waiting = once->next;
        waiting_end(&once->waiting);
        events_once_passed(once->control, once->address, once->pointer);
    } else if (once->is_innermost) {
        hook_destroyed(once->control);
    }
}

EXPORTED int pthread_once(pthread_once_t *control, void (*initialise)(void))
{
    struct once_call once;
    if (!once_begin(&once, control, initialise, CALLER))
        return REAL_GET(pthread_once)(control, initialise);
    int result = REAL_GET(pthread_once)(control, once_run);
    once_end(&once);
    return result;
}

EXPORTED_ALIAS(pthread_once);
