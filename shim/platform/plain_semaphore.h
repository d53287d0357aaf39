/* The C library's semaphore, taken and given back in place when nobody waits: what glibc's own
 * functions do to it, without the calls.
 *
 * Where value and waiters lie is part of glibc's ABI on 64-bit machines (programs of any age share
 * a semaphore with any glibc since 2.21). plain_semaphore_start tries it all the same, as
 * plain_mutex.h does; where anything differs both functions always answer "no", and the caller
 * asks the real ones. Neither touches errno. */
#ifndef UNKNOT_SHIM_PLAIN_SEMAPHORE_H
#define UNKNOT_SHIM_PLAIN_SEMAPHORE_H

#include <limits.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

extern bool plain_semaphore_works __attribute__((visibility("hidden")));

/* At start-up, after real_resolve. */
void plain_semaphore_start(void);

/* The value in the low half, the number of waiters in the high one. */
static inline uint64_t *plain_semaphore_data(sem_t *semaphore)
{
    return (uint64_t *)(void *)semaphore;
}

static inline __attribute__((always_inline)) bool plain_semaphore_take(sem_t *semaphore)
{
    uint64_t data = __atomic_load_n(plain_semaphore_data(semaphore), __ATOMIC_RELAXED);
    return __builtin_expect(plain_semaphore_works && (uint32_t)data != 0, 1) &&
           __builtin_expect(__atomic_compare_exchange_n(plain_semaphore_data(semaphore), &data,
                                                        data - 1, false, __ATOMIC_ACQUIRE,
                                                        __ATOMIC_RELAXED),
                            1);
}

/* No to a semaphore somebody waits for, or whose value is the largest there is. */
static inline __attribute__((always_inline)) bool plain_semaphore_give_back(sem_t *semaphore)
{
    uint64_t data = __atomic_load_n(plain_semaphore_data(semaphore), __ATOMIC_RELAXED);
    return __builtin_expect(plain_semaphore_works && data < INT_MAX, 1) &&
           __builtin_expect(__atomic_compare_exchange_n(plain_semaphore_data(semaphore), &data,
                                                        data + 1, false, __ATOMIC_RELEASE,
                                                        __ATOMIC_RELAXED),
                            1);
}

#endif
