/* The registers of a thread of another process: it is stopped, read and let go on. PTRACE_SEIZE
 * sends it no signal, so that its parent and its debugger see nothing; a system call that it waits
 * in goes on, except for those few that the kernel ends with EINTR after any stop (epoll_wait and
 * others of signal(7)): such a thread must not be stopped.
 *
 * Not thread-safe. Cost: the thread stands still for some tens of microseconds. */
#ifndef UNKNOT_DIAGNOSE_STOPPED_H
#define UNKNOT_DIAGNOSE_STOPPED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/user.h>

/* False when it may not be traced, has ended, or does not stop soon. */
__attribute__((warn_unused_result)) bool stopped_get_registers(uint32_t tid,
                                                               struct user_regs_struct *registers);

#endif
