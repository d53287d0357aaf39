/* The time in recordings: the monotonic clock of the machine, which all its processes share, as
 * coarse as its timer or, for who can wait for it, exact. Any thread; no system call, but for the
 * exact one where the machine's counter is no clock. */
#ifndef UNKNOT_SHIM_CLOCK_H
#define UNKNOT_SHIM_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_read_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t clock_coarse_ns(void)
{
    return clock_read_ns(CLOCK_MONOTONIC_COARSE);
}

static inline uint64_t clock_exact_ns(void)
{
    return clock_read_ns(CLOCK_MONOTONIC);
}

#endif
