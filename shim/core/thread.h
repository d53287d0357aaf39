/* What the shim knows of each thread of the program.
 *
 * A hook starts with thread_enter(), which is NULL when it must pass through: before start-up, for
 * code that interrupted or is called by the shim itself, and without memory. The state belongs to
 * its thread; fields another thread may touch say so. States come from a pool and are reused after
 * join, or once the kernel no longer knows the thread. */
#ifndef UNKNOT_SHIM_THREAD_H
#define UNKNOT_SHIM_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "shim/capture/stack_cache.h"
#include "shim/core/lone_requests.h"
#include "shim/core/seen_chains.h"
#include "shim/platform/inner_lock.h"
#include "shim/core/waiters.h"
#include "trace/format.h"

struct orphan;

/* Where a thread's events go (events.h). */
enum { EVENT_PASSED = 8 };
struct event_log {
    struct trace_chunk *chunk;     /* stays with the state's memory */
    struct trace_event *resumed;   /* where there is room in it from another thread */
    uint32_t piece;                /* runs of events so far */
    uint32_t lost;                 /* events, not counted in the recording yet */
    uint32_t passed[EVENT_PASSED]; /* once controls passed last, by id */
    bool is_of_survivor;           /* of a fork: may have held locks before */
};

/* Where a lock counts its events, in the lock table: the number, and behind it the lock's id. */
typedef uint32_t __attribute__((may_alias)) event_word;
enum { EVENT_COUNTERS = 64 };
struct event_counter {
    uint32_t lock; /* 0: none */
    event_word *word;
};

struct shim_thread {
    /* What every hook touches. Non-zero `busy`: this thread works on the shim's own data (the stack
     * address it entered at) or is inside a library the shim called (THREAD_CALLING_OUT); hooks
     * that find it set pass through. Only this thread and its signal handlers use it. */
    uintptr_t busy;
    /* The locks it holds, oldest first: [held, top). They lie in `live`, which lies in the
     * recording and repeats their number for others to see. `top` has room for one being
     * requested, or equals `held_end`; entries from there on have count 1 and are proved. */
    struct trace_held *top, *held, *held_end;
    /* Its next event, and the end of the room for them: NULL if it has none to write. Any thread
     * may end the events of all by lowering the end. */
    struct trace_event *event_next, *event_end;
    struct trace_live *live;
    struct trace_live *outgrown; /* list through wanted_address: given back with the state */
    struct seen_chains seen;     /* chains recorded in the current segment */
    struct {
        uint32_t lock, site_mode, chain;
    } root; /* the chain of one held lock looked up last */
    /* Lowest address of a live lock on this thread's stack, UINTPTR_MAX for none. Other threads
     * lower it (compare and swap) when they meet such a lock. */
    atomic_uintptr_t lowest_stack_lock;
    struct stack_cache stacks; /* cache lines */
    uint32_t monitors[16];     /* locks it marked LOCK_MARK_MONITOR last, by id */
    uint32_t named_waits[16]; /* what it waited for last with events and locks held, see events.c */
    struct {
        uint32_t lock, stack;
    } barriers[16]; /* it waited at last, by id, and where; only if the check for them is on */

    uintptr_t stack_low, stack_high; /* its own stack, 0 if unknown */
    uint32_t id;                     /* in the recording */
    uint32_t index;                  /* in the pool */
    uint32_t segment;                /* happens-before segment */
    uint32_t kernel_tid;
    uint32_t created_stack; /* where, its parent and the parent's segment that comes before it */
    uint32_t parent, parent_segment;
    uint32_t dependencies; /* recorded so far */
    char name[16];         /* as last recorded */
    void *(*start_routine)(void *);
    void *argument;
    size_t stack_bytes; /* as asked for */

    struct event_log log;
    struct event_counter counters[EVENT_COUNTERS]; /* of locks had lately, by id */
    struct lone_requests lone;
    struct waiter waiter; /* on a condition or at a barrier */

    /* What it is blocked on, while its live block says so (waiting.h). */
    const struct waiting *waiting;
    /* Any thread sets these: somebody waits for its end; it was cancelled; no code can run on it
     * any more; and, by exchange, the wait of its that a deadlock was told of last. */
    atomic_bool is_awaited, is_cancelled, is_leaving;
    atomic_uint told_wait;
    /* Steering (steer.h): the steps of the plan at which it stands, held back or really waiting;
     * which hold of the process it is in, 0 for none, and at which steps others have to stand for
     * it to end. Others look. */
    atomic_uint_fast64_t standing, held_until;
    atomic_uint held_back;
    const void *put_off; /* a lock that it will ask for again, and where it asked first */
    uint32_t put_off_stack;
    uint64_t held_ns;    /* in all */
    uint32_t visits[64]; /* of calls by their hash (perturb.h) */
    uint32_t runner; /* the thread it found running when it looked last (everyone.h), 0 for none */

    /* Under the thread list's lock. */
    pthread_t handle;
    bool registered; /* found by its handle */
    bool detached;
    bool ended; /* its function has returned or been unwound, or it was never ours to see end */
    UT_hash_handle by_handle;
};

enum { THREAD_CALLING_OUT = 1 };

/* `busy` for good: strict seccomp kills this thread for a system call, also for one of ours. What
 * it knows goes on, as that makes none; what is new passes through and is counted. */
#define THREAD_CONFINED UINTPTR_MAX

/* initial-exec: one move, no call, no allocation by the loader. Never NULL: a thread without a
 * state points at thread_nobody, which is all zero and never written, so that whatever a hook looks
 * up in it sends it the slow way. So does every state in a fork child: the kernel wipes them. */
extern __thread struct shim_thread *thread_self
    __attribute__((tls_model("initial-exec"), visibility("hidden")));
extern struct shim_thread thread_nobody __attribute__((visibility("hidden")));

static inline uint32_t thread_held_count(const struct shim_thread *self)
{
    return (uint32_t)(self->top - self->held);
}

/* The calling thread's state, NULL to pass through. Starts the shim, a thread's state, a fork
 * child. Hooks call it where they leave the inline path. */
struct shim_thread *thread_enter(void);

/* Between these the thread's hooks pass through; `pointer` is any address in the caller's frame.
 * The barriers order the compiler only: the other party is a signal handler on the same thread. */
static inline void thread_guard(struct shim_thread *self, uintptr_t pointer)
{
    self->busy = pointer;
    inner_quiet_keep();
    atomic_signal_fence(memory_order_seq_cst);
}

static inline void thread_unguard(struct shim_thread *self)
{
    atomic_signal_fence(memory_order_seq_cst);
    self->busy = 0;
    atomic_signal_fence(memory_order_seq_cst);
    inner_quiet_leave(); /* what was blocked meanwhile comes now */
}

/* Both in one: the guarded state, or NULL to pass through. */
static inline struct shim_thread *thread_enter_guarded(void)
{
    struct shim_thread *self = thread_enter();
    if (self)
        thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    return self;
}

/* A state for a thread about to be created by `self` (guarded), whose segment it ends; NULL
 * without memory. thread_abandon takes it back if there will be no such thread. */
struct shim_thread *thread_prepare(struct shim_thread *self, uint32_t created_stack);
void thread_abandon(struct shim_thread *child);

/* Called first thing on the new thread. */
void thread_begin(struct shim_thread *child, size_t stack_bytes);

/* Makes the thread known by its handle; creator or thread, whoever comes first. Does nothing if
 * the state is no longer that of thread `id`: it may have ended and been joined by then. */
void thread_register(struct shim_thread *child, uint32_t id, pthread_t handle);

/* The thread's function is over. Key destructors may still run and lock. */
void thread_end(struct shim_thread *self);

/* Begins the caller's next happens-before segment; guarded. Its chains count as unseen again. */
void thread_advance_segment(struct shim_thread *self);

/* The state of a thread that may be joined, or NULL. Ask before the real join: afterwards the
 * handle may be somebody else's. */
struct shim_thread *thread_find(pthread_t handle);

/* `joined` is gone: all it did happens before the next segment of `self` (guarded). Its state is
 * reclaimed. */
void thread_joined(struct shim_thread *self, struct shim_thread *joined);
void thread_detached(pthread_t handle);
void thread_renamed(struct shim_thread *self, pthread_t handle, const char *name);

/* Records the caller's name if it changed since it was last recorded; costs a system call. */
void thread_note_name(struct shim_thread *self);

/* The same for another thread, which stays as it is meanwhile: asked of /proc. */
void thread_note_name_of(const struct shim_thread *thread);

/* Writes THREAD of a parent's thread, which held a lock as this process was forked; under
 * recording_lock. */
void thread_describe_other(const struct orphan *orphan);

/* Moves the thread to another live block, whose held[] is filled in already. */
void thread_use_live(struct shim_thread *self, struct trace_live *live);

/* The stack of the caller of a hook; see stack_capture. Guarded. */
const struct known_stack *thread_capture(struct shim_thread *self, uintptr_t address,
                                         uintptr_t pointer);

/* The state with this index, to be looked at by any thread (it may be unused, or somebody else's
 * the next moment), NULL if there is none yet; the highest index so far; the index of the thread
 * with this kernel id, or 0. No lock. */
struct shim_thread *thread_at(uint32_t index);
uint32_t thread_highest(void);
uint32_t thread_of_kernel_tid(uint32_t kernel_tid);

/* The live thread whose own stack holds `address`, or NULL. The state stays valid memory, but may
 * be reused by another thread meanwhile. */
struct shim_thread *thread_of_stack(uintptr_t address);

/* Which thread holds the lock with this id, or waits for the object, and the stack where it
 * acquired or requested it; false if none is seen to. What other threads do meanwhile may be
 * missed. Guarded; looks at every thread. */
bool thread_find_holder(uint32_t lock, uint32_t *thread, uint32_t *stack);
bool thread_find_waiter(const void *object, uint32_t *thread, uint32_t *stack);

/* At exit, guarded: threads that ended and that nobody joined, for misuse_of_gone_thread. */
void thread_judge_gone(void);

/* A state for the calling thread, which no hook saw being created: the first one, or one the C
 * library started by itself. NULL without memory. */
struct shim_thread *thread_start_unannounced(void);

/* Around fork(): what the forking thread is, kept where the child still finds it. */
void thread_fork_prepare(struct shim_thread *self);
void thread_fork_parent(pid_t child); /* -1: there is none */

/* In a fork child, where only the caller is left and all states are wiped: a new state for it,
 * with what thread_fork_prepare kept (raw system calls keep nothing). Nothing is written before
 * the child has something to record. */
void thread_after_fork(void);

/* Writes THREAD of the thread that forked to the child's recording; under recording_lock. */
void thread_describe_survivor(void);

#endif
