/* The C library's plain mutex (normal or adaptive, private, none of the protocols), taken and given
 * back in place when nobody else wants it: what glibc's own functions do to it, without the calls.
 * Adaptive ones differ only while somebody waits.
 *
 * The fields are part of glibc's ABI: static initialisers and <bits/struct_mutex.h> fix where they
 * lie, and programs of any age share a mutex with any glibc. plain_mutex_start tries it all the
 * same, on a mutex of its own and against the real functions, and where anything differs, or the
 * real functions are not glibc's, plain_mutex_kind stays a kind no mutex has and both functions
 * always answer "no". Anything but the simplest case is left to the real functions: another
 * kind, a mutex that is not free, one that somebody waits for. */
#ifndef UNKNOT_SHIM_PLAIN_MUTEX_H
#define UNKNOT_SHIM_PLAIN_MUTEX_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Kinds: glibc marks a mutex that was made normal by an attribute, also by mtx_init, as one not to
 * be elided. */
enum {
    PLAIN_MUTEX_NONE = INT_MIN,
    PLAIN_MUTEX_ADAPTIVE = 3,
    PLAIN_MUTEX_NOT_ELIDED = 512,
};

/* That of a static initialiser, or of no mutex. */
extern int plain_mutex_kind __attribute__((visibility("hidden")));

static inline __attribute__((always_inline)) bool plain_mutex_is(const pthread_mutex_t *mutex)
{
    int kind = mutex->__data.__kind, usual = plain_mutex_kind;
    return __builtin_expect(kind == usual, 1) ||
           ((kind == PLAIN_MUTEX_ADAPTIVE || kind == PLAIN_MUTEX_NOT_ELIDED) &&
            usual != PLAIN_MUTEX_NONE);
}

/* Before the first thread is created, not earlier: alone, the real functions do without atomic
 * operations. */
void plain_mutex_start(void);

/* Takes the mutex if it is plain and free; `kernel_tid` is the caller's. */
static inline __attribute__((always_inline)) bool plain_mutex_take(pthread_mutex_t *mutex,
                                                                   uint32_t kernel_tid)
{
    int unlocked = 0;
    if (__builtin_expect(!plain_mutex_is(mutex), 0) ||
        !__builtin_expect(__atomic_compare_exchange_n(&mutex->__data.__lock, &unlocked, 1, false,
                                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED),
                          1))
        return false;
    mutex->__data.__owner = (int)kernel_tid;
    mutex->__data.__nusers++;
    return true;
}

/* Gives the mutex back if it is plain and nobody waits; the caller holds it. */
static inline __attribute__((always_inline)) bool plain_mutex_give_back(pthread_mutex_t *mutex)
{
    int locked = 1, owner = mutex->__data.__owner;
    if (__builtin_expect(!plain_mutex_is(mutex), 0) ||
        __builtin_expect(__atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED) != locked, 0))
        return false;
    mutex->__data.__owner = 0;
    mutex->__data.__nusers--;
    if (__builtin_expect(__atomic_compare_exchange_n(&mutex->__data.__lock, &locked, 0, false,
                                                     __ATOMIC_RELEASE, __ATOMIC_RELAXED),
                         1))
        return true;
    mutex->__data.__owner = owner; /* a waiter came: still ours */
    mutex->__data.__nusers++;
    return false;
}

#endif
