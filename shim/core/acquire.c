#include "shim/core/acquire.h"

#include <errno.h>
#include <string.h>

#include "shim/capture/stack.h"
#include "shim/core/chain_table.h"
#include "shim/core/dependency.h"
#include "shim/core/lifecycle.h"
#include "shim/core/lock_kind.h"
#include "shim/core/misuse_lock.h"
#include "shim/core/perturb.h"
#include "shim/core/signal_hazard.h"
#include "shim/core/waiting.h"
#include "shim/platform/recording.h"

/* A request as the slow path hands it on. */
struct request {
    const void *object;
    struct manner manner;
    uintptr_t address, pointer;
};

/* Locks on the part of its own stack that the thread has left are gone. */
static void retire_left_stack(struct shim_thread *self, uintptr_t pointer)
{
    if (pointer < self->stack_low || pointer >= self->stack_high)
        return;
    lock_table_retire_range(self->stack_low, pointer);
    atomic_store_explicit(&self->lowest_stack_lock, lock_table_lowest(pointer, self->stack_high),
                          memory_order_relaxed);
}

struct trace_held *acquire_find_held(const struct shim_thread *self, const void *object)
{
    for (struct trace_held *held = self->top; held != self->held;) {
        if ((--held)->address == (uintptr_t)object)
            return held;
    }
    return NULL;
}

/* Takes one entry out; what was acquired after it is no longer the same chain. */
static void remove_held(struct shim_thread *self, struct trace_held *held)
{
    struct trace_held *last = self->top - 1;
    memmove(held, held + 1, (size_t)(last - held) * sizeof(*held));
    last->count = 1;
    last->attention = 0;
    last->address = 0;
    acquire_move_top(self, -1);
    for (; held < last; held++)
        held->chain = 0;
}

/* Not because the thread gives it back. */
static void drop_held(struct shim_thread *self, struct trace_held *held)
{
    events_dropped(self, held);
    remove_held(self, held);
}

/* Counted by code that a signal handler interrupted before it saw that a handler had overwritten
 * the entry; nobody knows here what that code has. */
static bool has_gap(const struct shim_thread *self)
{
    for (const struct trace_held *held = self->top; held != self->held;) {
        if (!(--held)->address)
            return true;
    }
    return false;
}

/* To another live block. The old one stays the thread's: code that a handler with this call
 * interrupted may still write to it. */
static void move_to(struct shim_thread *self, struct trace_live *grown)
{
    struct trace_live *old = self->live;
    struct trace_live head = *old;
    head.capacity = grown->capacity;
    head.held_count = thread_held_count(self);
    *grown = head;
    memcpy(grown->held, old->held, grown->held_count * sizeof(old->held[0]));
    thread_use_live(self, grown);
    old->thread = old->held_count = 0;
    old->wait += 2 + (old->wait & 1); /* a wait about to be published there notices */
    old->wanted_address = (uintptr_t)self->outgrown;
    self->outgrown = old;
}

/* Room for one more entry: a block twice the size when this one is full. */
static bool make_room(struct shim_thread *self)
{
    if (self->top != self->held_end)
        return true;
    struct trace_live *grown = recording_live_alloc(self->id, self->live->capacity * 2);
    if (!grown)
        return false;
    move_to(self, grown);
    return true;
}

/* The entry counts, if there is room. A handler that comes in the middle writes above it, and
 * passes through. */
static void push(struct shim_thread *self, const struct trace_held *entry)
{
    if (!make_room(self)) {
        recording_count_lost(TRACE_LOST_memory);
        return;
    }
    self->top->address = 0;
    acquire_move_top(self, 1);
    struct trace_held *pushed = self->top - 1;
    pushed->lock = entry->lock;
    pushed->stack = entry->stack;
    pushed->site_mode = entry->site_mode;
    pushed->chain = entry->chain;
    pushed->count = entry->count;
    pushed->attention = entry->attention;
    atomic_signal_fence(memory_order_seq_cst);
    pushed->address = entry->address;
}

/* The live block of a thread that forked was made before its recording was. */
void acquire_show_others(struct shim_thread *self)
{
    if (recording_live_is_in_file(self->live))
        return;
    recording_open_now();
    struct trace_live *shown = recording_live_alloc(self->id, self->live->capacity);
    if (shown && recording_live_is_in_file(shown))
        move_to(self, shown);
    else if (shown)
        recording_live_free(shown);
}

static bool is_shared(const struct request *request)
{
    return lock_kind_flags(request->manner.kind, request->object) & TRACE_LOCK_SHARED;
}

/* If this process is killed while it holds the lock, others tell by this where it took it. */
static void record_for_others(const struct trace_held *entry)
{
    recording_lock();
    lock_table_record((const void *)(uintptr_t)entry->address, entry->lock);
    stack_record(stack_by_id(entry->stack));
    recording_unlock();
}

/* Works out the chain of everything held, 0 without memory. The thread's own set learns only the
 * first link: it holds chains whose dependency is recorded, and that one has none. */
static uint32_t chain_of_held(struct shim_thread *self)
{
    uint32_t chain = 0;
    for (struct trace_held *held = self->held; held != self->top; held++) {
        bool below_known = held == self->held || chain;
        if (!held->chain && below_known)
            held->chain = chain_table_enter(chain, held->lock, held->site_mode);
        chain = held->chain;
    }
    if (thread_held_count(self) == 1) {
        self->root.lock = self->held[0].lock;
        self->root.site_mode = self->held[0].site_mode;
        self->root.chain = chain;
    }
    return chain;
}

/* The chain that `entry` would make of the held ones; its dependency recorded unless it is. */
static void find_chain(struct shim_thread *self, struct trace_held *entry)
{
    uint32_t parent = chain_of_held(self);
    bool is_first = self->top == self->held;
    if (!is_first && !parent) {
        recording_count_lost(TRACE_LOST_memory);
        return;
    }
    entry->chain = seen_chains_find(&self->seen, parent, entry->lock, entry->site_mode);
    if (entry->chain)
        return;
    entry->chain = chain_table_enter(parent, entry->lock, entry->site_mode);
    if (!entry->chain) {
        recording_count_lost(TRACE_LOST_memory);
        return;
    }
    if (!is_first || !(entry->site_mode & TRACE_MODE_READ))
        dependency_record(self, entry);
    seen_chains_add(&self->seen, parent, entry->lock, entry->site_mode, entry->chain,
                    chain_table_is_live);
}

/* A lock that has been constructed anew lost the mark it had. */
static bool is_another_object(const struct request *request, uint32_t lock)
{
    struct lock_entry entry;
    return birth_mark_is_missing(request->manner.kind, request->object) &&
           lock_table_get(request->object, lock, &entry) && entry.marks & LOCK_MARK_BIRTH;
}

/* The instance at the object, 0 if there is none, or the one there was is gone. */
static uint32_t known_instance(const struct request *request)
{
    uint32_t lock = lock_table_find(request->object);
    if (!lock || !is_another_object(request, lock))
        return lock;
    lock_table_retire(request->object);
    return 0;
}

static void judge_kind(const struct shim_thread *self, const struct request *request,
                       const struct known_stack *stack)
{
    const struct misuse misuse = {.rule = MISUSE_WRONG_KIND,
                                  .object = misuse_object_of(request->manner.kind),
                                  .place = request->object,
                                  .function = ""};
    if (misuse_is_wrong_kind(request->manner.kind, request->object))
        misuse_tell_of(self->id, stack ? stack->id : 0, &misuse);
}

static void identify(struct shim_thread *self, const struct request *request,
                     struct trace_held *entry)
{
    const struct known_stack *stack = thread_capture(self, request->address, request->pointer);
    judge_kind(self, request, stack);
    *entry = (struct trace_held){
        .address = (uintptr_t)request->object,
        .lock = known_instance(request),
        .stack = stack ? stack->id : 0,
        .site_mode = (stack ? stack->site : 0) << 4 | request->manner.mode,
        .count = 1,
    };
    if (!entry->lock || lock_id_is_signal(entry->lock)) {
        struct lock_birth birth = {.kind = request->manner.kind,
                                   .flags = lock_kind_flags(request->manner.kind, request->object),
                                   .stack = entry->stack,
                                   .thread = self->id};
        entry->lock = lock_table_enter(request->object, &birth);
    }
}

/* What the object does not tell of itself was said when it was made. */
static bool is_recursive(const struct request *request, uint32_t lock)
{
    struct lock_entry entry;
    return lock_kind_flags(request->manner.kind, request->object) & TRACE_LOCK_RECURSIVE ||
           (lock_table_get(request->object, lock, &entry) && entry.flags & TRACE_LOCK_RECURSIVE);
}

/* Held already? A lock another thread released for us is not, whatever our list says. */
static bool is_held(struct shim_thread *self, const struct request *request)
{
    struct trace_held *held = acquire_find_held(self, request->object);
    if (!held)
        return false;
    bool had_by_try = request->manner.mode & TRACE_MODE_TRY;
    bool may_repeat = is_recursive(request, held->lock) || held->site_mode & TRACE_MODE_READ;
    bool stale = had_by_try ? !may_repeat
                            : lock_kind_owned(request->manner.kind, request->object,
                                              self->kernel_tid) == LOCK_NOT_OWNED;
    if (stale)
        drop_held(self, held);
    return !stale;
}

/* Locks whose memory the thread freed or left while it held them: chains through them are dropped
 * and would be missing below every later one. */
static void drop_ended(struct shim_thread *self)
{
    for (struct trace_held *held = self->top; held-- != self->held;) {
        if (held->address &&
            !lock_table_is_live((const void *)(uintptr_t)held->address, held->lock))
            drop_held(self, held);
    }
}

/* Makes the entry that belongs above the held ones; false without room for it. */
static bool prepare_entry(struct shim_thread *self, const struct request *request,
                          struct trace_held *entry)
{
    drop_ended(self);
    if (!make_room(self)) {
        recording_count_lost(TRACE_LOST_memory);
        return false;
    }
    bool shared = is_shared(request);
    if (shared)
        acquire_show_others(self);
    identify(self, request, entry);
    if (shared && entry->lock)
        record_for_others(entry);
    signal_hazard_note(self, entry, request->pointer);
    if (!entry->lock)
        recording_count_lost(TRACE_LOST_memory);
    else if (self->top != self->held || entry->lock & LOCK_ID_RECORD_ALWAYS)
        find_chain(self, entry);
    else
        lone_requests_note(self, entry);
    return true;
}

static void prepare_and_push(struct shim_thread *self, const struct request *request)
{
    struct trace_held entry;
    if (prepare_entry(self, request, &entry))
        push(self, &entry);
}

/* What a request is answered with, for a thread that is guarded. */
static enum acquire_result request_guarded(struct shim_thread *self, const struct request *request,
                                           struct trace_held *entry)
{
    if (has_gap(self)) {
        recording_count_lost(TRACE_LOST_signal);
        return ACQUIRE_UNSEEN;
    }
    if (request->pointer >= atomic_load_explicit(&self->lowest_stack_lock, memory_order_relaxed))
        retire_left_stack(self, request->pointer);
    if (is_held(self, request))
        return ACQUIRE_HELD;
    return prepare_entry(self, request, entry) ? ACQUIRE_NEW : ACQUIRE_UNSEEN;
}

/* The first look did not find the caller's stack, or something else. */
static const struct stack_cache_entry *find_caller(struct shim_thread *self, uintptr_t address,
                                                   uintptr_t pointer)
{
    const struct stack_cache_entry *caller = stack_cache_find(&self->stacks, address, pointer);
    if (caller)
        return caller;
    caller = stack_cache_find_further(&self->stacks, address, pointer);
    if (!caller || self->busy)
        return caller;
    thread_guard(self, pointer);
    caller = stack_cache_promote(&self->stacks, caller);
    thread_unguard(self);
    return caller;
}

static bool is_seen_further(const void *object, struct manner manner, uintptr_t address,
                            uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    const struct stack_cache_entry *caller = find_caller(self, address, pointer);
    uint32_t lock = caller ? lock_table_find(object) : 0;
    return lock && !lock_id_is_signal(lock) && !signal_hazard_wants(object, lock, caller->id) &&
           acquire_stage(self, object, lock, caller, manner.mode, pointer, LOOK_FURTHER);
}

enum acquire_result acquire_request_late(const void *object, struct manner manner,
                                         uintptr_t address, uintptr_t pointer)
{
    if (is_seen_further(object, manner, address, pointer))
        return ACQUIRE_NEW;
    lifecycle_start_early(address);
    struct shim_thread *self = thread_enter();
    if (!self)
        return ACQUIRE_UNSEEN;
    const struct request request = {object, manner, address, pointer};
    struct trace_held entry;
    int saved_errno = errno;
    thread_guard(self, pointer);
    enum acquire_result result = request_guarded(self, &request, &entry);
    if (result == ACQUIRE_NEW)
        *self->top = entry;
    thread_unguard(self);
    errno = saved_errno;
    return result;
}

/* It makes the request of what it will hold, or of a rwlock that it holds: behind writers that
 * wait, that may never end. The end of a thread and a once control have their own way. */
static void steer(enum acquire_result requested, const void *object, struct manner manner,
                  uintptr_t address, uintptr_t pointer)
{
    const struct trace_held *entry = thread_self->top;
    bool is_new = requested == ACQUIRE_NEW && entry->address == (uintptr_t)object;
    if (manner.kind == TRACE_LOCK_THREAD || manner.kind == TRACE_LOCK_ONCE ||
        !(is_new || (requested == ACQUIRE_HELD && manner.kind == TRACE_LOCK_RWLOCK)))
        return;
    const struct waiting_for target = {.object = (uintptr_t)object,
                                       .lock = is_new ? entry->lock : lock_table_find(object),
                                       .stack = is_new ? entry->stack : 0,
                                       .kind = manner.kind,
                                       .mode = manner.mode};
    steer_request(&target, address, pointer);
}

/* Its release then takes the way on which it may be delayed. */
static void delay(enum acquire_result requested, struct manner manner, uintptr_t address)
{
    if (requested == ACQUIRE_NEW)
        thread_self->top->attention = 1;
    if (!(manner.mode & TRACE_MODE_TRY))
        perturb_here(address);
}

enum acquire_result acquire_request_slow(const void *object, struct manner manner,
                                         uintptr_t address, uintptr_t pointer)
{
    enum acquire_result result = acquire_request_late(object, manner, address, pointer);
    if (result == ACQUIRE_UNSEEN || manner.mode & TRACE_MODE_WAIT)
        return result;
    if (__builtin_expect(perturb_is_on, 0))
        delay(result, manner, address);
    if (__builtin_expect(steer_is_on, 0))
        steer(result, object, manner, address, pointer);
    return result;
}

void acquire_new_object(const void *object, struct manner manner, uintptr_t address,
                        uintptr_t pointer)
{
    struct shim_thread *self = thread_enter();
    const struct request request = {object, manner, address, pointer};
    if (!self)
        return;
    int saved_errno = errno;
    thread_guard(self, pointer);
    struct trace_held *held = acquire_find_held(self, object);
    if (held && is_another_object(&request, held->lock)) {
        remove_held(self, held); /* of which there is no event yet */
        prepare_and_push(self, &request);
    }
    struct lock_entry before;
    if (held) {
        events_mark_birth(self, manner.kind, object);
        lock_table_mark(object, LOCK_MARK_BIRTH, &before);
    }
    thread_unguard(self);
    errno = saved_errno;
}

/* A signal handler overwrote the entry. In a handler that interrupted the shim itself the lock
 * passes through. */
void acquire_redo(const void *object, struct manner manner, uintptr_t address, uintptr_t pointer)
{
    const struct request request = {object, manner, address, pointer};
    int saved_errno = errno;
    struct shim_thread *self = thread_enter();
    if (!self) {
        acquire_move_top(thread_self, -1);
        return;
    }
    thread_guard(self, pointer);
    acquire_move_top(self, -1);
    if (!has_gap(self))
        prepare_and_push(self, &request);
    thread_unguard(self);
    errno = saved_errno;
}

bool acquire_holds(const void *object)
{
    return acquire_find_held(thread_self, object) != NULL;
}

void acquire_forget(struct shim_thread *self, const void *object)
{
    struct trace_held *held = acquire_find_held(self, object);
    if (held)
        remove_held(self, held);
}

void acquire_again(const void *object)
{
    struct trace_held *held = acquire_find_held(thread_self, object);
    if (held)
        held->count++;
}

/* Out of the held ones, before the real release. */
static void release_held(struct shim_thread *self, struct trace_held *held)
{
    events_release_slow(self, 0, held, held->site_mode & EVENTS_RELEASE_MODE);
    remove_held(self, held);
}

/* Passing through counts as held, and so does a gap: whether it was is not known, and nothing
 * follows from it. */
bool acquire_release_slow(const void *object)
{
    struct shim_thread *self = thread_enter();
    if (!self)
        return true;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    struct trace_held *held = acquire_find_held(self, object);
    if (held && held->count > 1) {
        events_given_back_once(self, held);
        held->count--;
    } else if (held) {
        release_held(self, held);
    }
    bool counts_as_held = held || has_gap(self);
    thread_unguard(self);
    return counts_as_held;
}

/* In a fork child, locks from before the fork may have been held by threads of the parent or by
 * the forking one inside its atfork handlers: giving them back is in order. So is giving back what
 * was handed over. */
static bool may_release(const void *object)
{
    struct lock_entry entry;
    uint32_t lock = lock_table_find(object);
    return lock_table_is_inherited(lock) ||
           (lock_table_get(object, lock, &entry) && entry.marks & LOCK_MARK_HANDED_OVER);
}

void acquire_released_foreign(const void *object, uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_enter();
    if (!self || may_release(object))
        return;
    int saved_errno = errno;
    thread_guard(self, pointer);
    recording_count_unlock_by_other();
    const struct known_stack *stack = thread_capture(self, address, pointer);
    dependency_mark(self, object, TRACE_MARK_OTHER_THREAD, MARK_ALWAYS, stack ? stack->id : 0);
    thread_unguard(self);
    errno = saved_errno;
}

void acquire_restore(const void *object, struct manner manner, uintptr_t address, uintptr_t pointer)
{
    const struct request request = {object, manner, address, pointer};
    int saved_errno = errno;
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    thread_guard(self, pointer);
    struct trace_held *held = acquire_find_held(self, object);
    if (held)
        held->count++;
    else if (!has_gap(self))
        prepare_and_push(self, &request);
    if (!held && manner.kind != TRACE_LOCK_SEMAPHORE)
        events_acquired(self, manner.kind, object);
    thread_unguard(self);
    errno = saved_errno;
}

/* A request whose entry is kept aside, as handlers overwrite what lies above the held ones. */
static enum acquire_result request_aside(const void *object, struct manner manner,
                                         uintptr_t address, uintptr_t pointer,
                                         struct trace_held *entry)
{
    enum acquire_result result = acquire_request(object, manner, address, pointer);
    struct shim_thread *self = thread_self;
    if (result != ACQUIRE_NEW)
        return result;
    *entry = *self->top;
    atomic_signal_fence(memory_order_seq_cst);
    if (entry->address == (uintptr_t)object && self->top->address == (uintptr_t)object)
        return result;
    const struct request request = {object, manner, address, pointer};
    int saved_errno = errno;
    if (!(self = thread_enter()))
        return ACQUIRE_UNSEEN;
    thread_guard(self, pointer);
    result = request_guarded(self, &request, entry);
    thread_unguard(self);
    errno = saved_errno;
    return result;
}

void acquire_request_pending(const void *object, struct manner manner, uintptr_t address,
                             uintptr_t pointer, struct acquire_pending *pending)
{
    *pending = (struct acquire_pending){.object = object};
    pending->requested = request_aside(object, manner, address, pointer, &pending->entry);
    pending->place = thread_self->top;
}

/* Above other locks than at the request, it is another chain: to be worked out when needed. */
void acquire_pending_had(const struct acquire_pending *pending)
{
    struct shim_thread *self = thread_enter();
    int saved_errno = errno;
    if (!self)
        return;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    if (pending->requested == ACQUIRE_HELD) {
        acquire_again(pending->object);
    } else if (pending->requested == ACQUIRE_NEW) {
        struct trace_held entry = pending->entry;
        if (self->top != pending->place)
            entry.chain = 0;
        push(self, &entry);
        events_acquired(self, 0, pending->object);
    }
    thread_unguard(self);
    errno = saved_errno;
}

static void note_monitor(struct shim_thread *self, const struct trace_held *held)
{
    struct lock_entry before;
    const size_t places = sizeof(self->monitors) / sizeof(self->monitors[0]);
    uint32_t *known = &self->monitors[held->lock % places];
    if (*known == held->lock)
        return;
    *known = held->lock;
    lock_table_mark((const void *)(uintptr_t)held->address, LOCK_MARK_MONITOR, &before);
}

void acquire_note_signal(void)
{
    struct shim_thread *self = thread_self;
    if (self->top == self->held || !(self = thread_enter()))
        return;
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    for (const struct trace_held *held = self->held; held != self->top; held++)
        note_monitor(self, held);
    thread_unguard(self);
    errno = saved_errno;
}

bool acquire_holds_monitor(const struct shim_thread *self)
{
    struct lock_entry lock;
    for (const struct trace_held *held = self->held; held != self->top; held++) {
        if (lock_table_get((const void *)(uintptr_t)held->address, held->lock, &lock) &&
            lock.marks & LOCK_MARK_MONITOR)
            return true;
    }
    return false;
}

void acquire_wait_begin(const void *mutex, uintptr_t address, uintptr_t pointer,
                        struct acquire_wait *wait)
{
    acquire_wait_begin_as(mutex, TRACE_LOCK_MUTEX, address, pointer, wait);
}

static void release_into_wait(struct shim_thread *self, struct trace_held *held,
                              enum trace_lock_kind kind)
{
    struct trace_held entry = *held;
    events_release_slow(self, kind, &entry, (held->site_mode & EVENTS_MODE) | TRACE_MODE_WAIT);
    remove_held(self, held);
}

void acquire_wait_begin_as(const void *mutex, enum trace_lock_kind kind, uintptr_t address,
                           uintptr_t pointer, struct acquire_wait *wait)
{
    struct manner manner = {(uint16_t)kind, TRACE_MODE_WAIT};
    struct shim_thread *self = thread_enter();
    *wait = (struct acquire_wait){.mutex = mutex, .kind = kind};
    if (!self)
        return;
    thread_guard(self, pointer);
    struct trace_held *held = acquire_find_held(self, mutex);
    wait->was_held = held != NULL;
    wait->was_released = held && held->count == 1;
    if (held) {
        manner.mode |= held->site_mode & TRACE_MODE_READ;
        note_monitor(self, held);
    }
    if (wait->was_released)
        release_into_wait(self, held, kind);
    else if (held)
        held->count--;
    thread_unguard(self);
    if (wait->was_released)
        wait->requested = request_aside(mutex, manner, address, pointer, &wait->entry);
}

void acquire_wait_end(const struct acquire_wait *wait)
{
    struct shim_thread *self = thread_self;
    if (wait->was_released && wait->requested == ACQUIRE_NEW) {
        thread_guard(self, (uintptr_t)__builtin_frame_address(0));
        push(self, &wait->entry);
        events_acquired(self, wait->kind, wait->mutex);
        thread_unguard(self);
        held_time_begin(wait->mutex, wait->kind);
    } else if (wait->was_held && !wait->was_released) {
        acquire_again(wait->mutex);
    }
}
