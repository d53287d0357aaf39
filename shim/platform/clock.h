/* The time in recordings: the monotonic clock of the machine, which all its processes share, as
 * coarse as its timer. Any thread; no system call. */
#ifndef UNKNOT_SHIM_CLOCK_H
#define UNKNOT_SHIM_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_coarse_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
