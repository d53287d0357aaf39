#include "analyzer/diagnose/holder.h"

#include <linux/futex.h>
#include <pthread.h>
#include "analyzer/diagnose/glibc_layout.h"

#define SCANNED_WORDS 128 /* of the stack of glibc's own functions */

static uint32_t futex_command(const struct wait *wait)
{
    return (uint32_t)wait->thread->arguments[1] & FUTEX_CMD_MASK;
}

static uint32_t expected_value(const struct wait *wait)
{
    return (uint32_t)wait->thread->arguments[2];
}

static void set_holder(const struct subject *subject, struct wait *wait, uint32_t tid, bool shared)
{
    wait->holder_tid = tid;
    if (tid == 0 || tid == GLIBC_MUTEX_NO_OWNER) {
        wait->holder = HOLDER_UNKNOWN;
    } else if (target_find_thread(subject->target, tid) != NULL) {
        wait->holder = HOLDER_THREAD;
    } else {
        wait->holder = shared ? HOLDER_ELSEWHERE : HOLDER_GONE;
    }
}

static bool is_owner_in_word(const pthread_mutex_t *mutex)
{
    return (mutex->__data.__kind & (GLIBC_MUTEX_ROBUST | GLIBC_MUTEX_INHERIT)) != 0;
}

static uint32_t mutex_owner(const pthread_mutex_t *mutex)
{
    return is_owner_in_word(mutex) ? (uint32_t)mutex->__data.__lock & FUTEX_TID_MASK
                                   : (uint32_t)mutex->__data.__owner;
}

/* What a mutex that a thread sleeps on looks like. */
static bool is_waited_mutex(const struct wait *wait, const pthread_mutex_t *mutex)
{
    uint32_t expected = expected_value(wait);
    if ((mutex->__data.__kind & ~GLIBC_MUTEX_KINDS) != 0) {
        return false;
    }
    if (futex_command(wait) == FUTEX_LOCK_PI || futex_command(wait) == FUTEX_LOCK_PI2) {
        return (mutex->__data.__kind & GLIBC_MUTEX_INHERIT) != 0;
    }
    if ((mutex->__data.__kind & GLIBC_MUTEX_ROBUST) != 0) {
        return (expected & FUTEX_WAITERS) != 0;
    }
    /* With a ceiling the word holds that too, above bit 18. */
    uint32_t word = (mutex->__data.__kind & GLIBC_MUTEX_PROTECT) != 0
                        ? expected & ((1u << GLIBC_MUTEX_CEILING_SHIFT) - 1)
                        : expected;
    return word == GLIBC_MUTEX_WAITED;
}

bool holder_take_mutex(struct subject *subject, struct wait *wait)
{
    pthread_mutex_t mutex;
    if (!target_read(subject->target, wait->futex, &mutex, sizeof mutex) ||
        !is_waited_mutex(wait, &mutex)) {
        return false;
    }
    wait->object = wait->futex;
    set_holder(subject, wait, mutex_owner(&mutex), (mutex.__data.__kind & GLIBC_MUTEX_SHARED) != 0);
    return true;
}

/* Whether a held priority-inheriting mutex lies there. */
static bool take_inheriting(struct subject *subject, struct wait *wait, uint64_t address)
{
    pthread_mutex_t mutex;
    if (address % sizeof(void *) != 0 ||
        !target_read(subject->target, address, &mutex, sizeof mutex) ||
        (mutex.__data.__kind & ~GLIBC_MUTEX_KINDS) != 0 ||
        (mutex.__data.__kind & GLIBC_MUTEX_INHERIT) == 0 ||
        target_find_thread(subject->target, mutex_owner(&mutex)) == NULL) {
        return false;
    }
    wait->object = address;
    set_holder(subject, wait, mutex_owner(&mutex), false);
    return true;
}

/* glibc keeps the address of the mutex, or only that of its kind. */
static bool take_near(struct subject *subject, struct wait *wait, uint64_t address)
{
    const uint64_t kind = offsetof(pthread_mutex_t, __data.__kind);
    return take_inheriting(subject, wait, address) ||
           (address >= kind && take_inheriting(subject, wait, address - kind));
}

bool holder_take_paused_mutex(struct subject *subject, struct wait *wait)
{
    static const int saved[] = {TARGET_RBX, TARGET_RBP, 12, 13, 14, 15};
    const struct target_thread *thread = wait->thread;
    uint64_t words[SCANNED_WORDS];
    if (expected_value(wait) != 0 || !thread->has_registers) {
        return false;
    }
    for (size_t i = 0; i < sizeof saved / sizeof saved[0]; i++) {
        if (take_near(subject, wait, thread->registers[saved[i]])) {
            return true;
        }
    }
    if (!target_read(subject->target, thread->stack_pointer, words, sizeof words)) {
        return false;
    }
    for (size_t i = 0; i < SCANNED_WORDS; i++) {
        if (take_near(subject, wait, words[i])) {
            return true;
        }
    }
    return false;
}

/* How far into a rwlock the word lies that a thread sleeps on: a reader waits for the writers'
 * phase to end or, behind a queued writer, on the count of readers; a writer for the other writers
 * and then for its phase. */
static size_t rwlock_word(const struct wait *wait)
{
    uint32_t expected = expected_value(wait);
    if ((wait->flags & WAIT_READS) != 0) {
        return expected == GLIBC_RWLOCK_WAIT_FOR_0
                   ? offsetof(pthread_rwlock_t, __data.__wrphase_futex)
                   : offsetof(pthread_rwlock_t, __data.__readers);
    }
    return expected == GLIBC_RWLOCK_WAIT_FOR_0 ? offsetof(pthread_rwlock_t, __data.__writers_futex)
                                               : offsetof(pthread_rwlock_t, __data.__wrphase_futex);
}

bool holder_take_rwlock(struct subject *subject, struct wait *wait)
{
    pthread_rwlock_t lock;
    size_t offset = rwlock_word(wait);
    if (futex_command(wait) == FUTEX_LOCK_PI || wait->futex < offset ||
        !target_read(subject->target, wait->futex - offset, &lock, sizeof lock) ||
        (lock.__data.__shared != 0 && lock.__data.__shared != 1) ||
        lock.__data.__flags > PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) {
        return false;
    }
    wait->object = wait->futex - offset;
    set_holder(subject, wait, (uint32_t)lock.__data.__cur_writer, lock.__data.__shared == 1);
    if (wait->holder == HOLDER_UNKNOWN &&
        (lock.__data.__readers & GLIBC_RWLOCK_WRITER_PHASE) == 0) {
        wait->readers = lock.__data.__readers >> GLIBC_RWLOCK_READERS_SHIFT;
    }
    return true;
}

bool holder_take_stream(struct subject *subject, struct wait *wait)
{
    int32_t count;
    uint64_t owner;
    if (expected_value(wait) != GLIBC_MUTEX_WAITED ||
        !target_read(subject->target, wait->futex + GLIBC_STREAM_COUNT, &count, sizeof count) ||
        !target_read(subject->target, wait->futex + GLIBC_STREAM_OWNER, &owner, sizeof owner) ||
        count <= 0) {
        return false;
    }
    const struct target_thread *thread = target_find_pthread(subject->target, owner);
    if (thread == NULL) {
        return false;
    }
    wait->object = wait->futex;
    set_holder(subject, wait, thread->tid, false);
    return true;
}

bool holder_take_join(struct subject *subject, struct wait *wait)
{
    uint64_t self;
    if (wait->futex < GLIBC_PTHREAD_TID) {
        return false;
    }
    uint64_t pthread = wait->futex - GLIBC_PTHREAD_TID;
    if (expected_value(wait) == 0 ||
        !target_read(subject->target, pthread + GLIBC_PTHREAD_SELF, &self, sizeof self) ||
        self != pthread) {
        return false;
    }
    wait->object = pthread;
    set_holder(subject, wait, expected_value(wait), false);
    return true;
}

/* Every robust mutex has the bit, shared or not. */
static bool is_shared(int kind)
{
    return (kind & (GLIBC_MUTEX_SHARED | GLIBC_MUTEX_ROBUST)) == GLIBC_MUTEX_SHARED;
}

static uint32_t mutex_flags(int kind)
{
    static const uint32_t types[] = {0, TRACE_LOCK_RECURSIVE, TRACE_LOCK_ERRORCHECK,
                                     TRACE_LOCK_ADAPTIVE};
    return types[kind & GLIBC_MUTEX_TYPE] | (kind & GLIBC_MUTEX_ROBUST ? TRACE_LOCK_ROBUST : 0) |
           (kind & (GLIBC_MUTEX_INHERIT | GLIBC_MUTEX_PROTECT) ? TRACE_LOCK_PRIORITY : 0) |
           (is_shared(kind) ? TRACE_LOCK_SHARED : 0);
}

uint32_t holder_lock_flags(struct subject *subject, const struct wait *wait)
{
    pthread_mutex_t mutex;
    pthread_rwlock_t rwlock;
    if (wait->kind == WAIT_MUTEX &&
        target_read(subject->target, wait->object, &mutex, sizeof mutex)) {
        return mutex_flags(mutex.__data.__kind);
    }
    if (wait->kind == WAIT_RWLOCK &&
        target_read(subject->target, wait->object, &rwlock, sizeof rwlock)) {
        return (rwlock.__data.__shared != 0 ? TRACE_LOCK_SHARED : 0) |
               (rwlock.__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP
                    ? TRACE_LOCK_WRITER_QUEUES
                    : 0);
    }
    return 0;
}
