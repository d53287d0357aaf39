/* A lock is requested, acquired, released: the path every hook takes.
 *
 * Order of a blocking acquisition: the request (before the thread can block, so that a real
 * deadlock does not lose its own evidence), the real function, acquire_done. A try form does all
 * of it after it succeeded. A request made while other locks are held is a dependency; it is
 * recorded once per chain of locks, modes and call sites in each happens-before segment.
 *
 * Three levels of "seen": the thread's own seen_chains; the chain table all threads share; the
 * slow path that captures stacks and writes the record. The inline functions make no system call,
 * take no lock, allocate nothing and write only to the thread's own memory. They run without a
 * guard: a signal handler that interrupts them leaves whole entries behind (see seen_chains.h,
 * stack_cache.h), and if it overwrites the entry being written, acquire_done notices: an entry that
 * is no longer held has no address. Until acquire_done has seen to it, a *gap* is counted among the
 * held locks, and handlers that find one pass through. Every instruction counts here: the atomic
 * operations of the real functions before and after hide nothing. */
#ifndef UNKNOT_SHIM_ACQUIRE_H
#define UNKNOT_SHIM_ACQUIRE_H

#include "shim/core/events.h"
#include "shim/core/held_time.h"
#include "shim/core/lock_table.h"
#include "shim/core/standin.h"
#include "shim/core/thread.h"
#include "shim/platform/birth_mark.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* How a lock is asked for: its kind and the TRACE_MODE_* of the request. */
struct manner {
    uint16_t kind, mode;
};

/* Who asks: the hook's return address and the slot it lies in. */
#define CALLER_ADDRESS ((uintptr_t)__builtin_return_address(0))
#define CALLER_POINTER ((uintptr_t)__builtin_dwarf_cfa() - sizeof(uintptr_t))
#define CALLER         CALLER_ADDRESS, CALLER_POINTER

enum acquire_result {
    ACQUIRE_NEW,    /* go on, and call acquire_done when the lock is had */
    ACQUIRE_HELD,   /* the thread holds it already: call acquire_again when it is had once more */
    ACQUIRE_UNSEEN, /* pass through: the shim is not there, or was interrupted at its own work */
};

/* The slow way: looks further, starts the shim or the thread's state if need be, records what is
 * new. */
enum acquire_result acquire_request_slow(const void *object, struct manner manner,
                                         uintptr_t address, uintptr_t pointer);
/* The same for what is had already: nobody is held back or delayed. */
enum acquire_result acquire_request_late(const void *object, struct manner manner,
                                         uintptr_t address, uintptr_t pointer);
void acquire_redo(const void *object, struct manner manner, uintptr_t address, uintptr_t pointer);
bool acquire_release_slow(const void *object);

/* The chain that ends in the held `last`, 0 if it must be worked out. That of the first held lock
 * is not looked up when it is acquired, as most locks are held alone. */
static ALWAYS_INLINE uint32_t acquire_chain(const struct shim_thread *self,
                                            const struct trace_held *last)
{
    if (last == self->held && last->lock == self->root.lock &&
        last->site_mode == self->root.site_mode)
        return self->root.chain;
    return last->chain;
}

/* The first look is inline and knows the first place of each table; what it does not find there,
 * and locks that need more attention (LOCK_ID_SPECIAL), are for the second. */
enum acquire_look { LOOK_FIRST, LOOK_FURTHER };

/* True if the thread has recorded all there is to this request of `lock`; its entry is then ready
 * above the held ones. */
static ALWAYS_INLINE bool acquire_stage(struct shim_thread *self, const void *object, uint32_t lock,
                                        const struct stack_cache_entry *caller, uint32_t mode,
                                        uintptr_t pointer, enum acquire_look look)
{
    struct trace_held *entry = self->top;
    if (__builtin_expect(
            pointer >= atomic_load_explicit(&self->lowest_stack_lock, memory_order_relaxed), 0))
        return false;
    uint32_t site_mode = caller->site_bits | mode, chain = 0;
    if (entry != self->held) {
        uint32_t parent = acquire_chain(self, entry - 1);
        if (__builtin_expect(!parent || entry == self->held_end, 0))
            return false;
        chain = look == LOOK_FIRST ? seen_chains_find_first(&self->seen, parent, lock, site_mode)
                                   : seen_chains_find(&self->seen, parent, lock, site_mode);
        if (__builtin_expect(!chain, 0))
            return false;
    } else if (look == LOOK_FURTHER && lock & LOCK_ID_RECORD_ALWAYS) {
        chain = seen_chains_find(&self->seen, 0, lock, site_mode);
        if (!chain)
            return false;
    }
    entry->address = (uintptr_t)object;
    atomic_signal_fence(memory_order_seq_cst);
    entry->lock = lock;
    entry->stack = caller->id;
    entry->site_mode = site_mode;
    entry->chain = chain;
    return true;
}

static ALWAYS_INLINE bool acquire_is_seen(struct shim_thread *self, const void *object,
                                          struct manner manner, uintptr_t address,
                                          uintptr_t pointer)
{
    const struct stack_cache_entry *caller = stack_cache_find(&self->stacks, address, pointer);
    if (__builtin_expect(!caller, 0))
        return false;
    uint32_t lock = lock_table_find_first(object);
    if (__builtin_expect((int32_t)lock <= 0, 0))
        return false;
    return acquire_stage(self, object, lock, caller, manner.mode, pointer, LOOK_FIRST);
}

static inline enum acquire_result acquire_request(const void *object, struct manner manner,
                                                  uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(acquire_is_seen(thread_self, object, manner, address, pointer), 1))
        return ACQUIRE_NEW;
    return acquire_request_slow(object, manner, address, pointer);
}

/* One instruction where there is one: a handler that interrupts the inline path may move the
 * entries to a larger block. Then the count written may be the old block's for once. */
static ALWAYS_INLINE void acquire_move_top(struct shim_thread *self, int by)
{
#ifdef __x86_64__
    __asm__("addq %1, %0"
            : "+m"(self->top)
            : "er"((int64_t)by * (int64_t)sizeof(struct trace_held))
            : "cc");
#else
    self->top += by;
#endif
    atomic_signal_fence(memory_order_seq_cst);
    __atomic_store_n(&self->live->held_count, thread_held_count(self), __ATOMIC_RELEASE);
}

/* The lock is had: the entry its request wrote counts. */
static ALWAYS_INLINE void acquire_done(struct shim_thread *self, const void *object,
                                       struct manner manner, uintptr_t address, uintptr_t pointer)
{
    acquire_move_top(self, 1);
    if (__builtin_expect(self->top[-1].address != (uintptr_t)object, 0))
        acquire_redo(object, manner, address, pointer);
}

/* A lock the thread holds was acquired once more. */
void acquire_again(const void *object);

/* The lock is had and birth_mark_is_missing: it gets its mark, and if it was given one before, it
 * is another lock than the one known here. */
void acquire_new_object(const void *object, struct manner manner, uintptr_t address,
                        uintptr_t pointer);

/* A new request's lock is had. */
static ALWAYS_INLINE void acquire_had_new(const void *object, struct manner manner,
                                          uintptr_t address, uintptr_t pointer)
{
    acquire_done(thread_self, object, manner, address, pointer);
    if (__builtin_expect(birth_mark_is_missing(manner.kind, object), 0))
        acquire_new_object(object, manner, address, pointer);
    held_time_begin(object, manner.kind);
    events_acquired(thread_self, manner.kind, object);
}

/* One that the thread holds already. */
static inline void acquire_had_again(const void *object, struct manner manner, uintptr_t address,
                                     uintptr_t pointer)
{
    acquire_again(object);
    if (__builtin_expect(standin_on, 0))
        standin_note_again(object);
    if (manner.kind == TRACE_LOCK_RWLOCK)
        events_read_again(thread_self, object, manner.mode, address, pointer);
}

/* What acquire_request said, once the lock is had. */
static inline void acquire_had(enum acquire_result requested, const void *object,
                               struct manner manner, uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(requested == ACQUIRE_NEW, 1))
        acquire_had_new(object, manner, address, pointer);
    else if (requested == ACQUIRE_HELD)
        acquire_had_again(object, manner, address, pointer);
}

/* Held once, and nothing is to be done but to take it out: both fields in one look. */
static ALWAYS_INLINE bool acquire_is_plain(const struct trace_held *held)
{
    uint64_t both;
    _Static_assert(offsetof(struct trace_held, attention) ==
                       offsetof(struct trace_held, count) + sizeof(held->count),
                   "one look");
    memcpy(&both, (const char *)held + offsetof(struct trace_held, count), sizeof(both));
    return both == 1;
}

static ALWAYS_INLINE bool acquire_is_last(const struct shim_thread *self, const void *object)
{
    const struct trace_held *top = self->top;
    return __builtin_expect(
        top && top[-1].address == (uintptr_t)object && acquire_is_plain(&top[-1]), 1);
}

static ALWAYS_INLINE void acquire_drop_last(struct shim_thread *self)
{
    self->top[-1].address = 0;
    acquire_move_top(self, -1);
}

/* A lock that counts its events in the lock table is given back, before the real release, so that
 * nobody sees us hold what another has acquired. False if the thread did not hold it: call
 * acquire_released_foreign if the real release succeeds. */
static inline bool acquire_release(const void *object)
{
    struct shim_thread *self = thread_self;
    if (!acquire_is_last(self, object))
        return acquire_release_slow(object);
    if (events_are_on(self))
        events_table_release(self);
    acquire_drop_last(self);
    return true;
}

/* What the thread (guarded) holds and waits for is about to be of interest to other processes: from
 * now on it is written where they can look. */
void acquire_show_others(struct shim_thread *self);

/* Its entry among the locks the thread holds, NULL if there is none; is there one? And out of them,
 * whatever it was (guarded). */
struct trace_held *acquire_find_held(const struct shim_thread *self, const void *object);
bool acquire_holds(const void *object);
void acquire_forget(struct shim_thread *self, const void *object);

void acquire_released_foreign(const void *object, uintptr_t address, uintptr_t pointer);

/* The real release failed after all: it is held as before. */
void acquire_restore(const void *object, struct manner manner, uintptr_t address,
                     uintptr_t pointer);

/* For a lock that is requested in one call and had in another, with locks taken and released in
 * between: the entry the request wrote, and its way in. */
struct acquire_pending {
    const void *object; /* NULL: none */
    struct trace_held entry;
    const struct trace_held *place;
    enum acquire_result requested;
};
void acquire_request_pending(const void *object, struct manner manner, uintptr_t address,
                             uintptr_t pointer, struct acquire_pending *pending);
void acquire_pending_had(const struct acquire_pending *pending);

/* A condition is signalled: the locks held meanwhile guard what it tells. They, and those that a
 * thread waited on a condition with, are monitors. */
void acquire_note_signal(void);

/* True if the thread (guarded) holds a monitor: what it does next may depend on what another thread
 * told it under that lock. */
bool acquire_holds_monitor(const struct shim_thread *self);

/* A condition wait: the mutex leaves the held ones as a whole or by one level, and the request to
 * get it back is recorded before the thread waits. */
struct acquire_wait {
    const void *mutex;
    enum trace_lock_kind kind;
    struct trace_held entry;
    enum acquire_result requested;
    bool was_held, was_released;
};
void acquire_wait_begin(const void *mutex, uintptr_t address, uintptr_t pointer,
                        struct acquire_wait *wait);
/* The same for a lock of another kind, held for reading or writing. */
void acquire_wait_begin_as(const void *lock, enum trace_lock_kind kind, uintptr_t address,
                           uintptr_t pointer, struct acquire_wait *wait);
void acquire_wait_end(const struct acquire_wait *wait);

#endif
