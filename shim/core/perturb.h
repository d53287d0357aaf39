/* Option perturb=SEED: now and then a thread is delayed before it acquires a lock or after it gave
 * one back: it yields, sleeps 10 us to 1 ms, seldom 10 ms. Finds schedules that a test suite never
 * meets by itself.
 *
 * Where, is decided by a hash of the seed, the call (module and offset) and how often the thread
 * was there, so the same seed chooses the same places in every run in which threads do the same. A
 * call that is made very often is delayed ever less: a program that locks a million times loses no
 * minutes. Any thread; changes neither errno nor cancellation. */
#ifndef UNKNOT_SHIM_PERTURB_H
#define UNKNOT_SHIM_PERTURB_H

#include <stdbool.h>
#include <stdint.h>

/* Constant after start-up. */
extern bool perturb_is_on __attribute__((visibility("hidden")));

void perturb_start(uint32_t seed);

/* At the call of a hook that returns to `address`. */
void perturb_here_slowly(uintptr_t address);
static inline void perturb_here(uintptr_t address)
{
    if (__builtin_expect(perturb_is_on, 0))
        perturb_here_slowly(address);
}

#endif
