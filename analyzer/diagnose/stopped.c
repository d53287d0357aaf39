#include "analyzer/diagnose/stopped.h"

#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#define STOP_NS_MAX      200000000 /* one in an uninterruptible wait may not stop at all */
#define STOP_NAP_NS      20000
#define STOP_SPINS       50 /* most stop before one nap would be over */
#define EVENT_OF(status) ((status) >> 16)

/* Whether it stopped; *status is what waitpid says. */
static bool await_stop(pid_t tid, int *status)
{
    const struct timespec nap = {0, STOP_NAP_NS};
    for (long waited = 0, spins = 0; waited < STOP_NS_MAX; spins++) {
        pid_t changed = waitpid(tid, status, __WALL | WNOHANG);
        if (changed == tid) {
            return WIFSTOPPED(*status);
        }
        if (changed < 0) {
            return false;
        }
        if (spins < STOP_SPINS) {
            sched_yield();
        } else {
            nanosleep(&nap, NULL);
            waited += STOP_NAP_NS;
        }
    }
    return false;
}

/* A signal may have stopped it first: that one is its own, and delivered when it goes on. */
static int own_signal(int status)
{
    return EVENT_OF(status) == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
}

bool stopped_get_registers(uint32_t thread, struct user_regs_struct *registers)
{
    pid_t tid = (pid_t)thread;
    int status = 0;
    if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0) {
        return false;
    }
    /* Whoever does not stop is let go by the kernel when this process ends. */
    if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) != 0 || !await_stop(tid, &status)) {
        return false;
    }
    bool read = ptrace(PTRACE_GETREGS, tid, NULL, registers) == 0;
    ptrace(PTRACE_DETACH, tid, NULL, (void *)(uintptr_t)own_signal(status));
    return read;
}
