#include "shim/core/misuse_lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "shim/capture/module.h"
#include "shim/core/acquire.h"
#include "shim/core/lock_table.h"
#include "shim/core/past_objects.h"
#include "shim/platform/recording.h"

/* Bits of a mutex' __data.__kind (glibc's pthreadP.h; its ABI fixes them), and of a rwlock's
 * __data.__readers (glibc's pthread_rwlock_common.c). */
enum {
    KIND_TYPE = 3,
    KIND_ROBUST = 16,
    KIND_PRIORITY_INHERIT = 32,
    KIND_PRIORITY_PROTECT = 64,
    KIND_SHARED = 128,
    KIND_ELIDED = 256, /* held without a trace in the object */
    KIND_NOT_ELIDED = 512,
    KIND_ALL = KIND_TYPE | KIND_ROBUST | KIND_PRIORITY_INHERIT | KIND_PRIORITY_PROTECT |
               KIND_SHARED | KIND_ELIDED | KIND_NOT_ELIDED,
    KIND_DESTROYED = -1,
    RWLOCK_WRITE_LOCKED = 2,
    RWLOCK_READER_SHIFT = 3,
};

enum { IN_MEMORY_MOST = 16 };
#define ADDRESSES_END ((uintptr_t)1 << 47)

typedef struct misuse_judgement judge_function(enum trace_lock_kind kind, const void *object);

enum misuse_object misuse_object_of(uint16_t kind)
{
    switch (kind) {
    case TRACE_LOCK_MUTEX:
        return MISUSE_OF_MUTEX;
    case TRACE_LOCK_RWLOCK:
        return MISUSE_OF_RWLOCK;
    case TRACE_LOCK_SPIN:
        return MISUSE_OF_SPIN;
    case TRACE_LOCK_SEMAPHORE:
        return MISUSE_OF_SEMAPHORE;
    default:
        return 0;
    }
}

/* From before the fork that made this process. */
static bool is_inherited(uint32_t lock)
{
    return lock ? lock_table_is_inherited(lock) : recording_epoch != 1;
}

static bool is_handed_over(const void *object, uint32_t lock)
{
    struct lock_entry entry;
    return lock_table_get(object, lock, &entry) && entry.marks & LOCK_MARK_HANDED_OVER;
}

/* A thread that was seen acquiring the lock, as a place of a finding. */
static struct trace_misuse_place holder_of(uint32_t lock)
{
    struct trace_misuse_place place = {.role = MISUSE_PLACE_LOCKED};
    if (!lock || !thread_find_holder(lock, &place.thread, &place.stack))
        place.role = 0;
    return place;
}

/* The holder is looked for only where there is something to tell. */
static struct misuse_judgement judged(enum misuse_rule rule, uint32_t lock)
{
    struct misuse_judgement judgement = {.rule = rule};
    if (rule)
        judgement.other = holder_of(lock);
    return judgement;
}

/* Every acquisition since the start was seen. */
static bool nothing_was_missed(void)
{
    return !recording_lost(TRACE_LOST_signal) && !recording_lost(TRACE_LOST_memory);
}

static uint32_t kernel_tid_of_owner(const pthread_mutex_t *mutex)
{
    int kind = __atomic_load_n(&mutex->__data.__kind, __ATOMIC_RELAXED);
    if (kind & (KIND_ROBUST | KIND_PRIORITY_INHERIT))
        return (uint32_t)__atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED) & FUTEX_TID_MASK;
    return (uint32_t)__atomic_load_n(&mutex->__data.__owner, __ATOMIC_RELAXED);
}

static bool mutex_is_locked(const pthread_mutex_t *mutex)
{
    int kind = __atomic_load_n(&mutex->__data.__kind, __ATOMIC_RELAXED);
    if (kind & (KIND_ROBUST | KIND_PRIORITY_INHERIT))
        return kernel_tid_of_owner(mutex) != 0;
    return mutex->__data.__owner != 0 && mutex->__data.__lock != 0;
}

static bool rwlock_is_locked(const pthread_rwlock_t *rwlock)
{
    unsigned readers = __atomic_load_n(&rwlock->__data.__readers, __ATOMIC_RELAXED);
    return readers >> RWLOCK_READER_SHIFT || readers & RWLOCK_WRITE_LOCKED;
}

static bool is_locked(uint16_t kind, const void *object)
{
    if (kind == TRACE_LOCK_MUTEX)
        return mutex_is_locked(object);
    return kind != TRACE_LOCK_RWLOCK || rwlock_is_locked(object);
}

static struct misuse_judgement of_mutex_unlock(const pthread_mutex_t *mutex, uint32_t lock)
{
    int kind = __atomic_load_n(&mutex->__data.__kind, __ATOMIC_RELAXED);
    if (kind == KIND_DESTROYED)
        return judged(MISUSE_USE_DESTROYED, 0);
    if (kind & ~KIND_ALL)
        return judged(MISUSE_UNLOCK_BOGUS, 0);
    if (kind & KIND_ELIDED || kernel_tid_of_owner(mutex) == thread_self->kernel_tid)
        return judged(MISUSE_NONE, 0);
    bool is_free = __atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED) == 0;
    return judged(is_free ? MISUSE_UNLOCK_UNLOCKED : MISUSE_UNLOCK_NOT_OWNER, lock);
}

/* Readers are not named in a rwlock: a read lock may have been taken unseen. */
static struct misuse_judgement of_rwlock_unlock(const pthread_rwlock_t *rwlock, uint32_t lock)
{
    uint32_t writer = (uint32_t)__atomic_load_n(&rwlock->__data.__cur_writer, __ATOMIC_RELAXED);
    if (writer == thread_self->kernel_tid)
        return judged(MISUSE_NONE, 0);
    if (!writer && rwlock_is_locked(rwlock) && (!lock || !nothing_was_missed()))
        return judged(MISUSE_NONE, 0);
    return judged(MISUSE_RWLOCK_UNLOCK_NOT_HOLDER, lock);
}

/* A spinlock says nothing of its owner. */
static struct misuse_judgement of_spin_unlock(uint32_t lock)
{
    if (!lock || !nothing_was_missed())
        return judged(MISUSE_NONE, 0);
    struct misuse_judgement judgement = judged(MISUSE_UNLOCK_NOT_OWNER, lock);
    if (!judgement.other.role)
        judgement.rule = MISUSE_UNLOCK_UNLOCKED;
    return judgement;
}

static struct misuse_judgement judge_unlock(enum trace_lock_kind kind, const void *object)
{
    uint32_t lock = lock_table_find(object);
    if (is_inherited(lock) || is_handed_over(object, lock))
        return judged(MISUSE_NONE, 0);
    if (misuse_is_wrong_kind(kind, object))
        return judged(MISUSE_WRONG_KIND, 0);
    if (kind == TRACE_LOCK_MUTEX)
        return of_mutex_unlock(object, lock);
    return kind == TRACE_LOCK_RWLOCK ? of_rwlock_unlock(object, lock) : of_spin_unlock(lock);
}

static struct misuse_judgement guarded(judge_function *judge, enum trace_lock_kind kind,
                                       const void *object)
{
    struct misuse_judgement judgement = {.rule = MISUSE_NONE};
    int saved_errno = errno;
    struct shim_thread *self = thread_enter_guarded();
    if (!self)
        return judgement;
    judgement = judge(kind, object);
    thread_unguard(self);
    errno = saved_errno;
    return judgement;
}

struct misuse_judgement misuse_of_unlock(enum trace_lock_kind kind, const void *object)
{
    /* Most often the lock was taken unseen: that needs no look into tables. */
    if (kind == TRACE_LOCK_MUTEX && kernel_tid_of_owner(object) == thread_self->kernel_tid)
        return (struct misuse_judgement){.rule = MISUSE_NONE};
    return guarded(judge_unlock, kind, object);
}

struct misuse_judgement misuse_of_wait(const void *mutex)
{
    struct misuse_judgement judgement = misuse_of_unlock(TRACE_LOCK_MUTEX, mutex);
    if (judgement.rule && judgement.rule != MISUSE_USE_DESTROYED &&
        judgement.rule != MISUSE_WRONG_KIND)
        judgement.rule = MISUSE_WAIT_MUTEX_NOT_HELD;
    return judgement;
}

bool misuse_checks_owner(enum trace_lock_kind kind, const void *object)
{
    const pthread_mutex_t *mutex = object;
    if (kind != TRACE_LOCK_MUTEX)
        return false;
    int bits = __atomic_load_n(&mutex->__data.__kind, __ATOMIC_RELAXED), type = bits & KIND_TYPE;
    return bits & KIND_ROBUST || type == PTHREAD_MUTEX_ERRORCHECK_NP ||
           type == PTHREAD_MUTEX_RECURSIVE_NP;
}

/* Memory that a program manages by itself may serve for one lock after another, and nobody tells.
 * A mutex that still has its mark is still there (every other kind is initialised over it); what is
 * static is what it is. */
bool misuse_is_wrong_kind(enum trace_lock_kind kind, const void *object)
{
    struct lock_entry entry;
    struct module_place module;
    uint16_t known = lock_table_kind(object);
    if (!known || known == kind)
        return false;
    if (!lock_table_get(object, lock_table_find(object), &entry) || entry.kind == kind ||
        !misuse_object_of(entry.kind) || !misuse_object_of((uint16_t)kind) ||
        birth_mark_is_missing(entry.kind, object))
        return false;
    return (entry.kind == TRACE_LOCK_MUTEX && entry.marks & LOCK_MARK_BIRTH) ||
           (!(entry.flags & TRACE_LOCK_ON_STACK) && module_find((uintptr_t)object, &module));
}

static struct misuse_judgement of_mutex_destroy(const pthread_mutex_t *mutex, uint32_t lock)
{
    struct past_object past;
    int kind = __atomic_load_n(&mutex->__data.__kind, __ATOMIC_RELAXED);
    if (kind == KIND_DESTROYED && past_objects_find(mutex, &past))
        return judged(MISUSE_USE_DESTROYED, 0);
    bool held = kind & KIND_ROBUST ? mutex_is_locked(mutex) : mutex->__data.__nusers != 0;
    struct misuse_judgement judgement = judged(held ? MISUSE_DESTROY_HELD : MISUSE_NONE, lock);
    struct trace_misuse_place waiter = {.role = MISUSE_PLACE_WAITING};
    if (held && thread_find_waiter(mutex, &waiter.thread, &waiter.stack))
        judgement = (struct misuse_judgement){MISUSE_DESTROY_WAITED, waiter};
    return judgement;
}

/* glibc's struct new_sem on 64-bit machines: waiters are counted in the upper half of the value. */
static bool semaphore_is_waited_for(const void *semaphore)
{
    uint64_t value;
    memcpy(&value, semaphore, sizeof(value));
    return value >> 32 != 0;
}

static struct misuse_judgement judge_destroy(enum trace_lock_kind kind, const void *object)
{
    uint32_t lock = lock_table_find(object);
    if (is_inherited(lock))
        return judged(MISUSE_NONE, 0);
    if (misuse_is_wrong_kind(kind, object))
        return judged(MISUSE_WRONG_KIND, 0);
    switch (kind) {
    case TRACE_LOCK_MUTEX:
        return of_mutex_destroy(object, lock);
    case TRACE_LOCK_RWLOCK:
        return judged(rwlock_is_locked(object) ? MISUSE_RWLOCK_DESTROY_HELD : MISUSE_NONE, lock);
    case TRACE_LOCK_SEMAPHORE:
        return judged(semaphore_is_waited_for(object) ? MISUSE_SEM_DESTROY_WAITED : MISUSE_NONE, 0);
    default:
        break;
    }
    struct misuse_judgement judgement = judged(MISUSE_DESTROY_HELD, lock);
    if (!judgement.other.role || is_handed_over(object, lock))
        judgement.rule = MISUSE_NONE;
    return judgement;
}

struct misuse_judgement misuse_of_destroy(enum trace_lock_kind kind, const void *object)
{
    return guarded(judge_destroy, kind, object);
}

/* Memory that was put to another use in between holds anything: a thread must have been seen
 * acquiring the lock, or waiting for it. */
static struct misuse_judgement judge_init(enum trace_lock_kind kind, const void *object)
{
    struct lock_entry entry;
    uint32_t lock = lock_table_find(object);
    struct trace_misuse_place waiter = {.role = MISUSE_PLACE_WAITING};
    if (!lock || is_inherited(lock) || !lock_table_get(object, lock, &entry) ||
        entry.kind != kind || entry.marks & (TRACE_MARK_OTHER_THREAD | LOCK_MARK_HANDED_OVER))
        return judged(MISUSE_NONE, 0);
    if (kind == TRACE_LOCK_SEMAPHORE) {
        if (thread_find_waiter(object, &waiter.thread, &waiter.stack))
            return (struct misuse_judgement){MISUSE_INIT_WAITED, waiter};
        return judged(entry.init_stack ? MISUSE_SEM_INIT_AGAIN : MISUSE_NONE, 0);
    }
    struct misuse_judgement judgement =
        judged(is_locked(entry.kind, object) ? MISUSE_INIT_HELD : MISUSE_NONE, lock);
    if (!judgement.other.role)
        judgement.rule = MISUSE_NONE;
    return judgement;
}

struct misuse_judgement misuse_of_init(enum trace_lock_kind kind, const void *object)
{
    return guarded(judge_init, kind, object);
}

void misuse_tell_judgement(const struct misuse_judgement *judgement, enum misuse_object object,
                           const void *place, const char *function, int result, uintptr_t address,
                           uintptr_t pointer)
{
    const struct misuse misuse = {
        .rule = judgement->rule,
        .object = object,
        .place = place,
        .function = function,
        .result = result,
        .flags = result ? TRACE_MISUSE_IF_IGNORED : 0,
        .address = address,
        .pointer = pointer,
        .other = judgement->other,
    };
    misuse_tell(&misuse);
}

/* Semaphores are given back by others, and what is no pthread object has rules of its own. */
static bool is_judged_when_held(const struct lock_entry *entry)
{
    return (entry->kind == TRACE_LOCK_MUTEX || entry->kind == TRACE_LOCK_RWLOCK ||
            entry->kind == TRACE_LOCK_SPIN) &&
           !(entry->marks & (TRACE_MARK_OTHER_THREAD | LOCK_MARK_HANDED_OVER)) &&
           !is_inherited(entry->id);
}

static bool is_held_in_memory(const struct shim_thread *self, const struct lock_entry *entry,
                              bool readable, struct trace_misuse_place *holder)
{
    const void *object = (const void *)(uintptr_t)entry->address;
    if (!is_judged_when_held(entry))
        return false;
    if (readable && !is_locked(entry->kind, object))
        return false;
    if (!readable && !acquire_holds(object))
        return false;
    *holder = holder_of(entry->id);
    return holder->role && (readable || holder->thread == self->id);
}

void misuse_of_memory(struct shim_thread *self, uintptr_t start, uintptr_t end, bool readable,
                      const char *function, uintptr_t address, uintptr_t pointer)
{
    struct lock_entry inside[IN_MEMORY_MOST];
    struct trace_misuse_place holder;
    if (!misuse_is_on(MISUSE_FREE_HELD))
        return;
    uint32_t count = lock_table_inside(start, end, inside, IN_MEMORY_MOST);
    for (uint32_t i = 0; i < count; i++) {
        if (!is_held_in_memory(self, &inside[i], readable, &holder))
            continue;
        const struct misuse misuse = {.rule = MISUSE_FREE_HELD,
                                      .object = misuse_object_of(inside[i].kind),
                                      .place = (const void *)(uintptr_t)inside[i].address,
                                      .function = function,
                                      .other = holder};
        const struct known_stack *stack = thread_capture(self, address, pointer);
        misuse_tell_of(self->id, stack ? stack->id : 0, &misuse);
    }
}

/* What lies on its own stack went with it. */
void misuse_of_gone_thread(const struct shim_thread *gone)
{
    struct lock_entry entry;
    for (const struct trace_held *held = gone->held; held != gone->top; held++) {
        const void *object = (const void *)(uintptr_t)held->address;
        if (!lock_table_get(object, held->lock, &entry) || !is_judged_when_held(&entry) ||
            entry.flags & TRACE_LOCK_ROBUST ||
            (entry.flags & TRACE_LOCK_ON_STACK && entry.stack_owner == gone->id))
            continue;
        const struct misuse misuse = {.rule = MISUSE_EXIT_HOLDING,
                                      .object = misuse_object_of(entry.kind),
                                      .place = object,
                                      .function = "",
                                      .role = MISUSE_PLACE_LOCKED};
        misuse_tell_of(gone->id, held->stack, &misuse);
    }
}

/* The innermost lock the thread holds but for `except`; NULL if there is none. Guarded. */
static const struct trace_held *innermost(const struct shim_thread *self, const void *except,
                                          struct lock_entry *entry)
{
    for (const struct trace_held *held = self->top; held-- != self->held;) {
        const void *object = (const void *)(uintptr_t)held->address;
        if (object != except && lock_table_get(object, held->lock, entry) &&
            misuse_object_of(entry->kind))
            return held;
    }
    return NULL;
}

void misuse_of_held(enum misuse_rule rule, const void *except, const char *function,
                    uintptr_t address, uintptr_t pointer)
{
    struct lock_entry entry;
    struct shim_thread *self = thread_self;
    int saved_errno = errno;
    if (!misuse_is_on(rule) || self->top == self->held || !(self = thread_enter_guarded()))
        return;
    const struct trace_held *held = innermost(self, except, &entry);
    struct misuse misuse = {.rule = rule, .function = function};
    if (held) {
        const struct known_stack *stack = thread_capture(self, address, pointer);
        misuse.object = misuse_object_of(entry.kind);
        misuse.place = (const void *)(uintptr_t)held->address;
        misuse.other = (struct trace_misuse_place){
            .role = MISUSE_PLACE_LOCKED, .thread = self->id, .stack = held->stack};
        misuse_tell_of(self->id, stack ? stack->id : 0, &misuse);
    }
    thread_unguard(self);
    errno = saved_errno;
}

void misuse_of_undestroyed(struct shim_thread *self)
{
    struct lock_entry entry;
    if (!misuse_is_on(MISUSE_NOT_DESTROYED_AT_EXIT))
        return;
    for (uintptr_t at = lock_table_lowest(0, ADDRESSES_END); at != UINTPTR_MAX;
         at = lock_table_lowest(at + 1, ADDRESSES_END)) {
        if (!lock_table_inside(at, at + 1, &entry, 1) || !misuse_object_of(entry.kind) ||
            !entry.init_stack || entry.opens)
            continue;
        const struct misuse misuse = {.rule = MISUSE_NOT_DESTROYED_AT_EXIT,
                                      .object = misuse_object_of(entry.kind),
                                      .place = (const void *)at,
                                      .function = "",
                                      .role = MISUSE_PLACE_CREATED};
        misuse_tell_of(self->id, entry.init_stack, &misuse);
    }
}
