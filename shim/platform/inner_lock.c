#include "shim/platform/inner_lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SPINS = 100 };

/* As the kernel has it: bit n - 1 is signal n. A fault of ours on the program's memory is its
 * handler's business, as it would be in the real function. */
#define SIGNAL_BIT(number) ((uint64_t)1 << ((number)-1))
static const uint64_t all_but_faults =
    ~(SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGILL) |
      SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGSYS));

bool inner_quiet_needed;
__thread struct inner_quiet inner_quiet __attribute__((tls_model("initial-exec")));
static __thread uint64_t mask_before __attribute__((tls_model("initial-exec")));

/* Raw calls: the C library's would leave out the signals it cancels threads with. */
void inner_quiet_block(void)
{
    uint64_t before;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all_but_faults, &before, sizeof(before));
    mask_before = before;
    inner_quiet.is_blocked = true;
}

void inner_quiet_unblock(void)
{
    uint64_t before = mask_before;
    inner_quiet.is_blocked = false;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof(before));
}

uint64_t inner_quiet_mask(void)
{
    uint64_t now = mask_before;
    if (!inner_quiet.is_blocked)
        syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now, sizeof(now));
    return now;
}

void inner_lock_wait(struct inner_lock *lock)
{
    for (int i = 0; i < SPINS; i++) {
        unsigned expected = 0;
        if (atomic_compare_exchange_weak_explicit(&lock->state, &expected, 1, memory_order_acquire,
                                                  memory_order_relaxed))
            return;
        __builtin_ia32_pause();
    }
    /* A wait that is not needed any more fails: not every caller looks after errno. */
    int saved_errno = errno;
    while (atomic_exchange_explicit(&lock->state, 2, memory_order_acquire) != 0)
        syscall(SYS_futex, &lock->state, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
    errno = saved_errno;
}

void inner_lock_wake(struct inner_lock *lock)
{
    syscall(SYS_futex, &lock->state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
