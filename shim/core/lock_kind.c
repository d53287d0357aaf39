#include "shim/core/lock_kind.h"

#include <pthread.h>
#include <string.h>

/* Bits of __data.__kind beside the type; glibc's pthreadP.h names them, its ABI fixes them. The
 * elision bits (256, 512) are of no interest here. */
enum {
    KIND_TYPE = 3,
    KIND_ROBUST = 16,
    KIND_PRIORITY_INHERIT = 32,
    KIND_PRIORITY_PROTECT = 64,
    KIND_SHARED = 128,
};

static uint16_t mutex_flags(const pthread_mutex_t *mutex)
{
    int kind = __atomic_load_n(&mutex->__data.__kind, __ATOMIC_RELAXED);
    uint16_t flags = 0;
    switch (kind & KIND_TYPE) {
    case PTHREAD_MUTEX_RECURSIVE_NP:
        flags |= TRACE_LOCK_RECURSIVE;
        break;
    case PTHREAD_MUTEX_ERRORCHECK_NP:
        flags |= TRACE_LOCK_ERRORCHECK;
        break;
    case PTHREAD_MUTEX_ADAPTIVE_NP:
        flags |= TRACE_LOCK_ADAPTIVE;
        break;
    }
    if (kind & KIND_ROBUST)
        flags |= TRACE_LOCK_ROBUST;
    if (kind & (KIND_PRIORITY_INHERIT | KIND_PRIORITY_PROTECT))
        flags |= TRACE_LOCK_PRIORITY;
    if (kind & KIND_SHARED)
        flags |= TRACE_LOCK_SHARED;
    return flags;
}

/* PREFER_WRITER_NP behaves like reader preference; only the nonrecursive kind queues readers. */
static uint16_t rwlock_flags(const pthread_rwlock_t *rwlock)
{
    uint16_t flags = 0;
    if (rwlock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP)
        flags |= TRACE_LOCK_WRITER_QUEUES;
    if (rwlock->__data.__shared)
        flags |= TRACE_LOCK_SHARED;
    return flags;
}

/* glibc's struct new_sem on 64-bit machines: the value and the number of waiters share the first
 * eight bytes, then comes what is not zero if the semaphore is shared, by sem_open too. */
static uint16_t semaphore_flags(const char *semaphore)
{
    int shared;
    memcpy(&shared, semaphore + sizeof(uint64_t), sizeof(shared));
    return shared ? TRACE_LOCK_SHARED : 0;
}

/* The lowest bit of glibc's count of waiters (2.25 and later). */
static uint16_t condition_flags(const pthread_cond_t *condition)
{
    uint32_t waiters = __atomic_load_n(&condition->__data.__wrefs, __ATOMIC_RELAXED);
    return waiters & 1 ? TRACE_LOCK_SHARED : 0;
}

uint16_t lock_kind_flags(enum trace_lock_kind kind, const void *object)
{
    switch (kind) {
    case TRACE_LOCK_MUTEX:
        return mutex_flags(object);
    case TRACE_LOCK_RWLOCK:
        return rwlock_flags(object);
    case TRACE_LOCK_SEMAPHORE:
        return semaphore_flags(object);
    case TRACE_LOCK_CONDITION:
        return condition_flags(object);
    case TRACE_LOCK_GRECMUTEX:
    case TRACE_LOCK_OPENMP_NEST:
    case TRACE_LOCK_QRECURSIVEMUTEX:
    case TRACE_LOCK_STREAM:
        return TRACE_LOCK_RECURSIVE;
    case TRACE_LOCK_QREADWRITELOCK:
        return TRACE_LOCK_WRITER_QUEUES;
    default:
        return 0;
    }
}

uint32_t lock_kind_owner(enum trace_lock_kind kind, const void *object)
{
    const pthread_mutex_t *mutex = object;
    const pthread_rwlock_t *rwlock = object;
    if (kind == TRACE_LOCK_MUTEX)
        return (uint32_t)__atomic_load_n(&mutex->__data.__owner, __ATOMIC_RELAXED);
    return (uint32_t)__atomic_load_n(&rwlock->__data.__cur_writer, __ATOMIC_RELAXED);
}

enum lock_owned lock_kind_owned(enum trace_lock_kind kind, const void *object, uint32_t kernel_tid)
{
    if (kind != TRACE_LOCK_MUTEX && kind != TRACE_LOCK_RWLOCK)
        return LOCK_OWNER_UNKNOWN;
    uint32_t owner = lock_kind_owner(kind, object);
    if (kind == TRACE_LOCK_RWLOCK && !owner)
        return LOCK_OWNER_UNKNOWN;
    return owner == kernel_tid ? LOCK_OWNED : LOCK_NOT_OWNED;
}

bool lock_kind_is_held(enum trace_lock_kind kind, const void *object)
{
    const pthread_mutex_t *mutex = object;
    const pthread_rwlock_t *rwlock = object;
    const pthread_spinlock_t *spin = object;
    enum {
        WRITE_LOCKED = 2,
        READER_SHIFT = 3,
        SPIN_FREE = 1
    }; /* of glibc's, as its ABI has them */
    unsigned readers;
    switch (kind) {
    case TRACE_LOCK_MUTEX:
        return __atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED) != 0;
    case TRACE_LOCK_RWLOCK:
        readers = __atomic_load_n(&rwlock->__data.__readers, __ATOMIC_RELAXED);
        return readers & WRITE_LOCKED || readers >> READER_SHIFT;
    case TRACE_LOCK_SPIN:
        return *spin != SPIN_FREE;
    default:
        return false;
    }
}
