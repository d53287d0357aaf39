/* The process's threads as the kernel sees them: /proc/self. For the rare moment when all of them
 * seem to be blocked.
 *
 * Raw system calls: no cancellation point, none of the program's functions. Any thread; may change
 * errno. A file opened and read for each thread, some microseconds. */
#ifndef UNKNOT_SHIM_TASK_H
#define UNKNOT_SHIM_TASK_H

#include <stdbool.h>
#include <stdint.h>

struct task {
    uint32_t kernel_tid;
    bool is_asleep_on_futex;
    bool is_private; /* the futex: no other process can wake it */
    uint64_t futex;  /* its address */
};

/* Calls `look` with each until it says false. False if it did, or if nothing can be read. */
bool task_each(bool (*look)(const struct task *task, void *context), void *context);

/* The signals that the process handles, as bits from 0 for signal 1. False if unknown. */
bool task_caught_signals(uint64_t *signals);

void task_sleep(uint64_t time_ns);

#endif
