/* Where glibc (2.31 and later, x86-64) keeps what tells who holds a lock. The public types have
 * these fields in bits/struct_mutex.h, bits/struct_rwlock.h and bits/pthreadtypes.h; the rest is
 * its own, and checked against what else is known before it is believed. */
#ifndef UNKNOT_DIAGNOSE_GLIBC_LAYOUT_H
#define UNKNOT_DIAGNOSE_GLIBC_LAYOUT_H

#include <pthread.h>
#include <stddef.h>

/* struct pthread: its own address, and its thread's number (0 once that has ended). */
#define GLIBC_PTHREAD_SELF 0x10
#define GLIBC_PTHREAD_TID  0x2d0

/* pthread_mutex_t.__data.__kind */
#define GLIBC_MUTEX_TYPE          0x3
#define GLIBC_MUTEX_ROBUST        0x10
#define GLIBC_MUTEX_INHERIT       0x20
#define GLIBC_MUTEX_PROTECT       0x40
#define GLIBC_MUTEX_SHARED        0x80
#define GLIBC_MUTEX_KINDS         0x3ff /* every bit there is, those of elision too */
#define GLIBC_MUTEX_WAITED        2 /* what the lock word of a plain one shows while threads wait */
#define GLIBC_MUTEX_CEILING_SHIFT 19 /* the lock word of one with a ceiling has that above */
#define GLIBC_MUTEX_NO_OWNER      0x7fffffff /* of a robust one that was lost for good */

/* pthread_rwlock_t.__data.__readers: the number of readers from bit 3 on. */
#define GLIBC_RWLOCK_READERS_SHIFT 3
#define GLIBC_RWLOCK_WRITER_PHASE  1u
/* What a word that threads sleep on shows while they wait for it to become 0. */
#define GLIBC_RWLOCK_WAIT_FOR_0 3u

/* pthread_cond_t: a waiter sleeps on one of two words. */
#define GLIBC_COND_SIGNALS offsetof(pthread_cond_t, __data.__g_signals)

/* pthread_spinlock_t while it is free; held, it is less. */
#define GLIBC_SPIN_FREE 1

/* pthread_barrier_t: the round that is slept on. */
#define GLIBC_BARRIER_ROUND 4

/* The lock of a FILE: the word, how often it is held, the owner's pthread_t. */
#define GLIBC_STREAM_COUNT 4
#define GLIBC_STREAM_OWNER 8

#endif
