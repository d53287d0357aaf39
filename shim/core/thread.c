#define HASH_NONFATAL_OOM 1
#include "shim/platform/memory.h"
#define uthash_malloc(bytes)         memory_map(bytes)
#define uthash_free(address, bytes)  memory_unmap(address, bytes)
#define uthash_nonfatal_oom(element) ((element)->registered = false)
#include "shim/core/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/capture/module.h"
#include "shim/capture/stack.h"
#include "shim/core/events.h"
#include "shim/core/lifecycle.h"
#include "shim/core/lock_table.h"
#include "shim/core/misuse_lock.h"
#include "shim/core/orphan.h"
#include "shim/core/stack_ranges.h"
#include "shim/core/tid_index.h"
#include "shim/core/waiters.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/recording.h"
#include "shim/platform/text.h"

enum { REAP_FEWEST = 64, LIVE_CAPACITY = 32 };

struct shim_thread thread_nobody;
__thread struct shim_thread *thread_self __attribute__((tls_model("initial-exec"))) =
    &thread_nobody;

/* Protects the pool, the table of handles, and the fields so marked in struct shim_thread. */
static struct inner_lock lock;
static struct pool threads = {
    .record_bytes = sizeof(struct shim_thread), .first_count = 8, .wipe_on_fork = true};
static struct shim_thread *by_handle;
static uint32_t last_id;
static uint32_t maybe_gone;          /* threads that ended, detached, since they were looked for */
static struct shim_thread *survivor; /* of a fork, while it lives */

static void set_kernel_tid(struct shim_thread *state, uint32_t kernel_tid)
{
    state->kernel_tid = kernel_tid;
    state->live->kernel_tid = kernel_tid;
    inner_lock_acquire(&lock);
    tid_index_set(kernel_tid, state->index);
    inner_lock_release(&lock);
}

uint32_t thread_of_kernel_tid(uint32_t kernel_tid)
{
    uint32_t index = tid_index_find(kernel_tid);
    const struct shim_thread *state = index ? thread_at(index) : NULL;
    return state && state->kernel_tid == kernel_tid ? index : 0;
}

uint32_t thread_highest(void)
{
    return __atomic_load_n(&threads.used, __ATOMIC_ACQUIRE);
}

struct shim_thread *thread_at(uint32_t index)
{
    return index && index <= thread_highest() ? pool_at(&threads, index) : NULL;
}

void thread_use_live(struct shim_thread *self, struct trace_live *live)
{
    for (uint32_t i = live->held_count; i < live->capacity; i++) {
        live->held[i].count = 1;
        live->held[i].attention = 0;
    }
    self->live = live;
    self->held = live->held;
    self->top = live->held + live->held_count;
    self->held_end = live->held + live->capacity;
}

static struct shim_thread *state_alloc(void)
{
    inner_lock_acquire(&lock);
    uint32_t index = pool_alloc(&threads);
    struct shim_thread *state = index ? pool_at(&threads, index) : NULL;
    if (state) {
        struct event_log log = state->log;
        memset(state, 0, sizeof(*state));
        state->log = events_log_begin(state, log);
        state->index = index;
        state->id = ++last_id;
        seen_chains_init(&state->seen);
    }
    inner_lock_release(&lock);
    if (!state)
        return NULL;
    atomic_store_explicit(&state->lowest_stack_lock, UINTPTR_MAX, memory_order_relaxed);
    struct trace_live *live = recording_live_alloc(state->id, LIVE_CAPACITY);
    if (!live) {
        thread_abandon(state);
        return NULL;
    }
    thread_use_live(state, live);
    return state;
}

static void forget_handle(struct shim_thread *state)
{
    if (state->registered)
        HASH_DELETE(by_handle, by_handle, state);
    state->registered = false;
}

/* Others look at states without a lock: this one is nobody's before its live block is another's. */
void thread_abandon(struct shim_thread *state)
{
    struct trace_live *live = state->live;
    __atomic_store_n(&state->id, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&state->live, NULL, __ATOMIC_SEQ_CST);
    if (live)
        recording_live_free(live);
    while (state->outgrown) {
        struct trace_live *outgrown = state->outgrown;
        state->outgrown = (struct trace_live *)(uintptr_t)outgrown->wanted_address;
        recording_live_free(outgrown);
    }
    events_log_leave(state);
    seen_chains_destroy(&state->seen);
    waiters_leave(&state->waiter);
    inner_lock_acquire(&lock);
    forget_handle(state);
    tid_index_forget(state->kernel_tid, state->index);
    if (survivor == state)
        survivor = NULL;
    pool_free(&threads, state->index);
    inner_lock_release(&lock);
}

/* The thread no longer exists: its stack, the locks on it, and its state are free for others. */
static void reclaim(struct shim_thread *state)
{
    if (thread_held_count(state))
        misuse_of_gone_thread(state);
    if (state->live->held_count && !state->is_leaving)
        orphan_add_all_of(state);
    if (state->stack_high) {
        if (stack_ranges_find(state->stack_low) == state->index)
            lock_table_retire_range(state->stack_low, state->stack_high);
        stack_ranges_remove(state->stack_low, state->index);
    }
    thread_abandon(state);
}

/* A thread's entries change under our eyes: one that is read may be a lock just given back. */
static const struct trace_held *held_by(const struct shim_thread *state, uint32_t lock_id)
{
    const struct trace_live *live = state->live;
    uint32_t count = live ? __atomic_load_n(&live->held_count, __ATOMIC_ACQUIRE) : 0;
    for (uint32_t i = 0; i < count && i < live->capacity; i++) {
        if (live->held[i].lock == lock_id)
            return &live->held[i];
    }
    return NULL;
}

bool thread_find_holder(uint32_t lock_id, uint32_t *thread, uint32_t *stack)
{
    struct shim_thread *state = NULL, *next = NULL;
    const struct trace_held *held = NULL;
    inner_lock_acquire(&lock);
    HASH_ITER(by_handle, by_handle, state, next)
    {
        if ((held = held_by(state, lock_id))) {
            *thread = state->id;
            *stack = held->stack;
            break;
        }
    }
    inner_lock_release(&lock);
    return held != NULL;
}

bool thread_find_waiter(const void *object, uint32_t *thread, uint32_t *stack)
{
    struct shim_thread *state = NULL, *next = NULL;
    bool found = false;
    inner_lock_acquire(&lock);
    HASH_ITER(by_handle, by_handle, state, next)
    {
        const struct trace_live *live = state->live;
        found = live && __atomic_load_n(&live->wait, __ATOMIC_ACQUIRE) & 1 &&
                live->wanted_address == (uintptr_t)object;
        if (found) {
            *thread = state->id;
            *stack = live->wanted_stack;
            break;
        }
    }
    inner_lock_release(&lock);
    return found;
}

/* The kernel does not know it any more: its key destructors have run, too. */
static bool is_gone(const struct shim_thread *state)
{
    return state->ended && syscall(SYS_tgkill, getpid(), state->kernel_tid, 0) != 0 &&
           errno == ESRCH;
}

/* Judged outside the lock, which finding a holder takes. */
void thread_judge_gone(void)
{
    struct shim_thread *state = NULL, *next = NULL, *gone = NULL;
    inner_lock_acquire(&lock);
    HASH_ITER(by_handle, by_handle, state, next)
    {
        if (thread_held_count(state) && is_gone(state)) {
            state->argument = gone;
            gone = state;
        }
    }
    inner_lock_release(&lock);
    for (; gone; gone = gone->argument)
        misuse_of_gone_thread(gone);
}

/* Threads nobody joins leave no sign when they are gone but that the kernel does not know them.
 * Looked for when there are so many that the look at all threads is worth it. */
static void reap_detached(void)
{
    struct shim_thread *state = NULL, *next = NULL, *gone = NULL;
    inner_lock_acquire(&lock);
    if (maybe_gone < REAP_FEWEST || maybe_gone < HASH_CNT(by_handle, by_handle) / 4) {
        inner_lock_release(&lock);
        return;
    }
    maybe_gone = 0;
    HASH_ITER(by_handle, by_handle, state, next)
    {
        if (state->detached && is_gone(state)) {
            forget_handle(state);
            state->argument = gone;
            gone = state;
        }
    }
    inner_lock_release(&lock);
    while (gone) {
        next = gone->argument;
        reclaim(gone);
        gone = next;
    }
}

struct shim_thread *thread_prepare(struct shim_thread *self, uint32_t created_stack)
{
    struct shim_thread *child = state_alloc();
    if (!child)
        return NULL;
    reap_detached();
    child->parent = self->id;
    child->parent_segment = self->segment;
    child->created_stack = created_stack;
    events_of_thread(self, TRACE_EVENT_CREATE, 0, child->id, created_stack);
    thread_advance_segment(self);
    return child;
}

void thread_register(struct shim_thread *child, uint32_t id, pthread_t handle)
{
    inner_lock_acquire(&lock);
    if (child->id == id && !child->registered) {
        /* A detached thread that ended may not have been reaped before its handle came back. */
        struct shim_thread *old;
        HASH_FIND(by_handle, by_handle, &handle, sizeof(handle), old);
        if (old)
            forget_handle(old);
        child->handle = handle;
        child->registered = true;
        HASH_ADD(by_handle, by_handle, handle, sizeof(child->handle), child);
    }
    inner_lock_release(&lock);
}

static trace_code_t record_start(void *(*start_routine)(void *))
{
    struct module_place place;
    uintptr_t start = (uintptr_t)start_routine;
    uint32_t module = start && module_find(start, &place) ? module_intern(&place) : 0;
    return module_record(module, start);
}

static void write_thread(const struct shim_thread *state)
{
    trace_code_t start_code = record_start(state->start_routine);
    uint32_t created_stack = stack_record(stack_by_id(state->created_stack));
    struct trace_thread *record = recording_reserve(sizeof(*record));
    if (!record)
        return;
    record->id = state->id;
    record->kernel_tid = state->kernel_tid;
    record->parent = state->parent;
    record->parent_segment = state->parent_segment;
    record->created_stack = created_stack;
    record->start_routine = start_code;
    recording_publish(record, TRACE_THREAD, sizeof(*record));
}

static void write_segment(uint32_t thread, uint32_t segment, enum trace_segment_cause cause,
                          uint32_t other)
{
    struct trace_segment *record = recording_reserve(sizeof(*record));
    if (!record)
        return;
    record->thread = thread;
    record->segment = segment;
    record->cause = cause;
    record->other = other;
    recording_publish(record, TRACE_SEGMENT, sizeof(*record));
}

/* Events name stacks without a look at whether they are written. */
static void record_for_events(const struct known_stack *stack)
{
    if (stack->written == recording_epoch || !recording_is_open())
        return;
    recording_lock();
    stack_record(stack);
    recording_unlock();
}

const struct known_stack *thread_capture(struct shim_thread *self, uintptr_t address,
                                         uintptr_t pointer)
{
    uintptr_t guard = self->busy;
    self->busy = THREAD_CALLING_OUT;
    const struct known_stack *stack =
        stack_capture(&self->stacks, self->stack_low, self->stack_high, address, pointer);
    if (stack && events_are_on(self))
        record_for_events(stack);
    self->busy = guard;
    return stack;
}

static void announce(struct shim_thread *state)
{
    recording_lock();
    write_thread(state);
    if (state->parent)
        write_segment(state->parent, state->parent_segment + 1, TRACE_SEGMENT_CREATE, state->id);
    recording_unlock();
    recording_count_seen(1, 0, 0);
    thread_note_name(state);
}

/* glibc puts the thread's control block at the top of its stack. */
static void find_stack(struct shim_thread *state, size_t stack_bytes)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t high = (uintptr_t)__builtin_thread_pointer();
    if (high < here || high - here > stack_bytes)
        return;
    state->stack_high = high;
    state->stack_low = high - stack_bytes;
    lock_table_retire_range(state->stack_low, here);
    stack_ranges_add(state->stack_low, state->stack_high, state->index);
}

void thread_begin(struct shim_thread *child, size_t stack_bytes)
{
    set_kernel_tid(child, (uint32_t)syscall(SYS_gettid));
    find_stack(child, stack_bytes);
    announce(child);
    events_of_thread(child, TRACE_EVENT_BEGIN, 0, child->id, 0);
}

void thread_end(struct shim_thread *self)
{
    events_of_thread(self, TRACE_EVENT_END, 0, self->id, 0);
    events_log_end(self);
    recording_lock();
    write_segment(self->id, ++self->segment, TRACE_SEGMENT_EXIT, 0);
    recording_unlock();
    seen_chains_clear(&self->seen);
    if (thread_held_count(self))
        atomic_store_explicit(&orphan_may_exist, true, memory_order_seq_cst);
    inner_lock_acquire(&lock);
    __atomic_store_n(&self->ended, true, __ATOMIC_RELEASE);
    maybe_gone += self->detached;
    inner_lock_release(&lock);
}

void thread_advance_segment(struct shim_thread *self)
{
    self->segment++;
    seen_chains_clear(&self->seen);
    self->root.lock = 0;
}

struct shim_thread *thread_find(pthread_t handle)
{
    struct shim_thread *state;
    inner_lock_acquire(&lock);
    HASH_FIND(by_handle, by_handle, &handle, sizeof(handle), state);
    inner_lock_release(&lock);
    return state;
}

void thread_joined(struct shim_thread *self, struct shim_thread *joined)
{
    thread_advance_segment(self);
    recording_lock();
    write_segment(self->id, self->segment, TRACE_SEGMENT_JOIN, joined->id);
    recording_unlock();
    events_of_thread(self, TRACE_EVENT_JOIN, 0, joined->id, 0);
    reclaim(joined);
}

void thread_detached(pthread_t handle)
{
    struct shim_thread *state;
    inner_lock_acquire(&lock);
    HASH_FIND(by_handle, by_handle, &handle, sizeof(handle), state);
    if (state) {
        state->detached = true;
        maybe_gone += state->ended;
    }
    inner_lock_release(&lock);
}

static void write_name_locked(uint32_t thread, const char name[16])
{
    struct trace_thread_name *record = recording_reserve(sizeof(*record));
    if (record) {
        record->thread = thread;
        memcpy(record->name, name, sizeof(record->name));
        recording_publish(record, TRACE_THREAD_NAME, sizeof(*record));
    }
}

static void write_name(uint32_t thread, const char name[16])
{
    recording_lock();
    write_name_locked(thread, name);
    recording_unlock();
}

void thread_renamed(struct shim_thread *self, pthread_t handle, const char *name)
{
    char copy[16] = {0};
    strncpy(copy, name, sizeof(copy) - 1);
    if (pthread_equal(handle, pthread_self())) {
        thread_note_name(self);
        return;
    }
    struct shim_thread *state = thread_find(handle);
    if (state)
        write_name(state->id, copy);
}

void thread_note_name(struct shim_thread *self)
{
    char name[16] = {0};
    if (prctl(PR_GET_NAME, name) != 0 || memcmp(name, self->name, sizeof(name)) == 0)
        return;
    memcpy(self->name, name, sizeof(name));
    write_name(self->id, name);
}

void thread_note_name_of(const struct shim_thread *thread)
{
    char path[64], name[17] = {0}; /* with a newline */
    struct text line = text_over(path, sizeof(path));
    text_add(&line, "/proc/self/task/");
    text_add_number(&line, thread->kernel_tid);
    text_add(&line, "/comm");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t length = read(fd, name, sizeof(name) - 1);
    close(fd);
    if (length <= 1)
        return;
    name[length - 1] = '\0';
    write_name(thread->id, name);
}

void thread_describe_other(const struct orphan *orphan)
{
    trace_code_t start_code = record_start(orphan->start_routine);
    uint32_t created_stack = stack_record(stack_by_id(orphan->created_stack));
    struct trace_thread *record = recording_reserve(sizeof(*record));
    if (!record)
        return;
    record->id = orphan->thread;
    record->kernel_tid = orphan->kernel_tid;
    record->created_stack = created_stack;
    record->start_routine = start_code;
    recording_publish(record, TRACE_THREAD, sizeof(*record));
    if (orphan->name[0])
        write_name_locked(orphan->thread, orphan->name);
}

struct shim_thread *thread_of_stack(uintptr_t address)
{
    uint32_t index = stack_ranges_find(address);
    return index ? pool_at(&threads, index) : NULL;
}

static void find_main_stack(struct shim_thread *state)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), high, size;
    if (!lifecycle_main_stack(&high, &size) || here > high || high - here > size)
        return;
    state->stack_high = high;
    state->stack_low = high - size;
    stack_ranges_add(state->stack_low, state->stack_high, state->index);
}

struct shim_thread *thread_start_unannounced(void)
{
    struct shim_thread *state = state_alloc();
    if (!state)
        return NULL;
    set_kernel_tid(state, (uint32_t)syscall(SYS_gettid));
    if (state->kernel_tid == (uint32_t)getpid())
        find_main_stack(state);
    else
        find_stack(state, lifecycle_default_stack());
    /* Nobody will tell us of its end. */
    state->detached = state->ended = state->kernel_tid != (uint32_t)getpid();
    thread_register(state, state->id, pthread_self());
    inner_lock_acquire(&lock);
    maybe_gone += state->detached;
    inner_lock_release(&lock);
    announce(state);
    events_of_thread(state, TRACE_EVENT_BEGIN, 0, state->id, 0);
    return state;
}

/* In memory a fork child keeps, unlike the states. */
static __thread struct fork_copy {
    struct shim_thread *state; /* NULL outside fork() */
    struct trace_held *held;
    uint32_t held_count, id, segment, kernel_tid, created_stack;
    uintptr_t stack_low, stack_high;
    void *(*start_routine)(void *);
    bool detached;
} fork_copy __attribute__((tls_model("initial-exec")));

/* What comes before the fork comes before all of the child: a new segment begins here, and not
 * after it, when a signal handler may have locked already. */
void thread_fork_prepare(struct shim_thread *self)
{
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    thread_advance_segment(self);
    thread_unguard(self);
    fork_copy = (struct fork_copy){
        .state = self,
        .id = self->id,
        .segment = self->segment,
        .kernel_tid = self->kernel_tid,
        .created_stack = self->created_stack,
        .stack_low = self->stack_low,
        .stack_high = self->stack_high,
        .start_routine = self->start_routine,
        .detached = self->detached,
    };
    uint32_t count = thread_held_count(self);
    size_t bytes = count * sizeof(self->held[0]);
    fork_copy.held = bytes ? memory_map(bytes) : NULL;
    if (fork_copy.held) {
        memcpy(fork_copy.held, self->held, bytes);
        fork_copy.held_count = count;
    }
    orphan_fork_prepare(self);
}

static void record_fork(struct shim_thread *self, pid_t child)
{
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    recording_lock();
    write_segment(self->id, self->segment, TRACE_SEGMENT_FORK, (uint32_t)child);
    recording_unlock();
    events_of_thread(self, TRACE_EVENT_FORK, 0, (uint32_t)child, 0);
    thread_unguard(self);
}

void thread_fork_parent(pid_t child)
{
    if (fork_copy.state && child > 0)
        record_fork(fork_copy.state, child);
    memory_unmap(fork_copy.held, fork_copy.held_count * sizeof(fork_copy.held[0]));
    fork_copy = (struct fork_copy){0};
    orphan_fork_parent();
}

static bool is_shared_by_processes(const struct trace_held *held)
{
    struct lock_entry entry;
    return lock_table_get((const void *)(uintptr_t)held->address, held->lock, &entry) &&
           (entry.flags & TRACE_LOCK_SHARED) != 0;
}

/* What is held in a copy of the parent's memory is held by the child too; a lock that both share
 * stays the parent's alone. Returns how many the child holds. */
static uint32_t copy_held(struct trace_held *to, const struct trace_held *from, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (is_shared_by_processes(&from[i]))
            continue;
        to[kept] = from[i];
        if (kept != i)
            to[kept].chain = 0;
        kept++;
    }
    return kept;
}

static void take_over(struct shim_thread *state)
{
    state->created_stack = fork_copy.created_stack;
    state->start_routine = fork_copy.start_routine;
    state->segment = fork_copy.segment + 1;
    state->stack_low = fork_copy.stack_low;
    state->stack_high = fork_copy.stack_high;
    state->detached = fork_copy.detached;
    struct trace_live *live = state->live;
    if (fork_copy.held_count > live->capacity)
        live = recording_live_alloc(state->id, 2 * fork_copy.held_count);
    if (!live)
        return;
    live->kernel_tid = state->kernel_tid;
    live->held_count = copy_held(live->held, fork_copy.held, fork_copy.held_count);
    thread_use_live(state, live);
}

void thread_after_fork(void)
{
    inner_lock_reset(&lock);
    threads = (struct pool){
        .record_bytes = sizeof(struct shim_thread), .first_count = 8, .wipe_on_fork = true};
    by_handle = NULL;
    stack_ranges_after_fork();
    thread_self = &thread_nobody;
    struct shim_thread *state = state_alloc();
    if (state) {
        state->log.is_of_survivor = true;
        set_kernel_tid(state, (uint32_t)syscall(SYS_gettid));
        if (fork_copy.state)
            take_over(state);
        if (state->stack_high)
            stack_ranges_add(state->stack_low, state->stack_high, state->index);
        thread_register(state, state->id, pthread_self());
        thread_self = survivor = state;
    }
    fork_copy = (struct fork_copy){0};
    orphan_after_fork();
}

void thread_describe_survivor(void)
{
    if (!survivor)
        return;
    write_thread(survivor);
    recording_count_seen(1, 0, 0);
}
