/* The C library's spinlock, taken and given back in place: what glibc's own functions do on x86,
 * without the calls. plain_spin_start tries it against the real functions; where anything differs,
 * plain_spin_free stays a value no free lock has, and both functions always answer "no". */
#ifndef UNKNOT_SHIM_PLAIN_SPIN_H
#define UNKNOT_SHIM_PLAIN_SPIN_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

enum { PLAIN_SPIN_FREE = 1, PLAIN_SPIN_NONE = INT_MAX };

extern int plain_spin_free __attribute__((visibility("hidden")));

void plain_spin_start(void);

/* Takes the lock if it is free. */
static inline __attribute__((always_inline)) bool plain_spin_take(pthread_spinlock_t *spin)
{
    int expected = plain_spin_free;
    return __atomic_compare_exchange_n(spin, &expected, 0, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static inline __attribute__((always_inline)) bool plain_spin_give_back(pthread_spinlock_t *spin)
{
    if (__builtin_expect(plain_spin_free != PLAIN_SPIN_FREE, 0))
        return false;
    __atomic_store_n(spin, PLAIN_SPIN_FREE, __ATOMIC_RELEASE);
    return true;
}

#endif
