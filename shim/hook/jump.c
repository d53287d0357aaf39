/* longjmp and its kin, and the context functions: a signal handler that interrupted a wait may
 * leave it with them, and then the thread no longer waits. Whether it stays inside the handler and
 * goes back to the wait is not asked: then a deadlock in it is not found.
 *
 * swapcontext saves the context of its caller, so it must be entered by a jump, not by a call: the
 * compiler makes one of a call that is the last thing done. */
#include "shim/hook/hook.h"

#include <setjmp.h>
#include <ucontext.h>

void __longjmp_chk(struct __jmp_buf_tag target[1], int value) __attribute__((noreturn));

#define JUMP(name)                                                                                 \
    EXPORTED void name(struct __jmp_buf_tag target[1], int value)                                  \
    {                                                                                              \
        waiting_may_be_left();                                                                     \
        REAL_GET(name)(target, value);                                                             \
        __builtin_unreachable();                                                                   \
    }

JUMP(longjmp)
JUMP(_longjmp)
JUMP(siglongjmp)
JUMP(__longjmp_chk)

EXPORTED int setcontext(const ucontext_t *target)
{
    waiting_may_be_left();
    return REAL_GET(setcontext)(target);
}

EXPORTED int swapcontext(ucontext_t *left, const ucontext_t *target)
{
    waiting_may_be_left();
    return REAL_GET(swapcontext)(left, target);
}
