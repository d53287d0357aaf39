#include "shim/core/shared_deadlock.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shim/core/deadlock.h"
#include "shim/core/lifecycle.h"
#include "shim/core/lock_table.h"
#include "shim/core/orphan.h"
#include "shim/core/shared_wait.h"
#include "shim/core/wait_search.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"

enum {
    UNCHANGED_NS = 50000000,
    MODE_BITS = 15,
    FEW = 48,
    MANY = 1 << 16, /* threads on the way; one with more is not followed to its end */
    NEW_ONES = 256, /* threads that may begin meanwhile */
};

/* Breadth-first, like wait_search.h, over threads of several processes. */
struct node {
    uint32_t who, from;
};

struct search {
    struct node *nodes;
    uint32_t count, room, next, start;
    bool closely, is_closed, ends_in_gone;
};

static void meet(uint32_t who, void *context)
{
    struct search *search = context;
    search->ends_in_gone |= who == WAIT_SEARCH_GONE;
    search->is_closed |= who == search->start;
    if (who == WAIT_SEARCH_GONE || search->count == search->room)
        return;
    for (uint32_t i = 0; i < search->count; i++) {
        if (search->nodes[i].who == who)
            return;
    }
    search->nodes[search->count++] = (struct node){who, search->next};
}

/* True if the way closes, or ends in a thread that is gone; its last node is `next`. */
static bool run(struct search *search)
{
    struct wait_view view;
    search->nodes[search->count++] = (struct node){search->start, 0};
    for (; search->next < search->count; search->next++) {
        uint32_t who = search->nodes[search->next].who;
        if (shared_wait_view(who, &view))
            shared_wait_asks(who, &view, search->closely, meet, search);
        if (search->is_closed || search->ends_in_gone)
            return true;
    }
    return false;
}

/* The views of the way, in order; 0 if one of them is not blocked any more. */
static uint32_t take_views(const struct search *search, struct wait_view *views)
{
    uint32_t length = 1;
    for (uint32_t i = search->next; i; i = search->nodes[i].from)
        length++;
    for (uint32_t i = search->next, place = length; place; i = search->nodes[i].from) {
        if (!shared_wait_view(search->nodes[i].who, &views[--place]))
            return 0;
    }
    return length;
}

struct sought {
    uint32_t who;
    bool is_met;
};

static void seek(uint32_t who, void *context)
{
    struct sought *sought = context;
    sought->is_met |= sought->who == who;
}

static bool is_passed_around(const struct wait_view *view)
{
    struct lock_entry entry;
    return !view->pid &&
           lock_table_get((const void *)(uintptr_t)view->address, view->lock, &entry) &&
           entry.marks & (TRACE_MARK_OTHER_THREAD | LOCK_MARK_HANDED_OVER);
}

/* Each waits for the next still, in a process that runs, and has not moved. */
static bool holds_true(const struct wait_view *views, uint32_t count, uint32_t last_waits_for)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t next = i + 1 < count ? views[i + 1].index : last_waits_for;
        struct sought sought = {next, false};
        shared_wait_asks(views[i].index, &views[i], true, seek, &sought);
        if (!sought.is_met || is_passed_around(&views[i]) ||
            !shared_wait_is_running(views[i].index) ||
            (next && !shared_wait_is_proved(views[i].index, &views[i], next)))
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!wait_graph_is_same(&views[i]))
            return false;
    }
    return true;
}

/* The C library's function would be a cancellation point. */
static void sleep_once(void)
{
    const struct timespec time = {.tv_nsec = UNCHANGED_NS};
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
}

/* Ours in the set will not look for it again, nor tell it. False if one had been told already. */
static bool claim(const struct wait_view *views, uint32_t count)
{
    bool is_first = true;
    for (uint32_t i = 0; i < count; i++) {
        if (!views[i].pid)
            is_first &=
                atomic_exchange_explicit(&thread_at(views[i].index)->told_wait, views[i].number,
                                         memory_order_acq_rel) != views[i].number;
    }
    return is_first;
}

/* The owner is gone: what its recording says it held. */
static bool find_gone(struct deadlock *deadlock, struct orphan *gone)
{
    const struct peer_block *block;
    const struct trace_held *held;
    const struct wait_view *view = &deadlock->threads[0];
    if (view->pid || !shared_wait_gone(view, &block, &held))
        return false;
    if (options.on_deadlock != ON_DEADLOCK_report &&
        peer_told_of((uint32_t)getpid(), view->live->kernel_tid))
        lifecycle_end_program();
    *gone = (struct orphan){.address = held->address,
                            .held = {.lock = held->lock,
                                     .stack = held->stack,
                                     .mode = held->site_mode & MODE_BITS,
                                     .count = held->count},
                            .thread = block->live->thread,
                            .kernel_tid = block->live->kernel_tid,
                            .pid = peer_pid(block->peer)};
    deadlock->is_owner_gone = true;
    deadlock->gone = gone;
    deadlock->gone_thread = gone->thread;
    return holds_true(view, 1, WAIT_SEARCH_GONE);
}

static bool find(const struct search *search, struct deadlock *deadlock, struct orphan *gone)
{
    uint32_t length = take_views(search, deadlock->threads);
    deadlock->set_count = length;
    deadlock->sort = TRACE_DEADLOCK_CYCLE;
    if (!length)
        return false;
    if (search->ends_in_gone) {
        deadlock->threads[0] = deadlock->threads[length - 1];
        deadlock->set_count = 1;
        deadlock->sort = TRACE_DEADLOCK_OWNER_GONE;
        return find_gone(deadlock, gone);
    }
    return holds_true(deadlock->threads, length, search->start);
}

/* The search, with room for its verdict if there is one; then the same again after a while. */
static bool find_twice(struct shim_thread *self, struct search *search, struct deadlock *deadlock,
                       size_t *view_bytes, struct orphan *gone)
{
    peer_lock();
    bool found = run(search);
    if (found) {
        *view_bytes = (search->count + thread_highest() + NEW_ONES) * sizeof(struct wait_view);
        deadlock->threads = memory_map(*view_bytes);
        found = deadlock->threads && find(search, deadlock, gone);
    }
    peer_unlock();
    if (!found || deadlock->is_owner_gone)
        return found;
    sleep_once();
    peer_lock();
    found = holds_true(deadlock->threads, deadlock->set_count, self->index);
    peer_unlock();
    return found;
}

static void look_with(struct shim_thread *self, struct search *search)
{
    size_t view_bytes = 0;
    struct orphan gone;
    struct deadlock deadlock = {0};
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    bool found = find_twice(self, search, &deadlock, &view_bytes, &gone) &&
                 claim(deadlock.threads, deadlock.set_count);
    thread_unguard(self);
    if (found)
        deadlock_finish(self, &deadlock);
    memory_unmap(deadlock.threads, view_bytes);
}

/* Few threads on the way need no memory but the stack. */
void shared_deadlock_look(struct shim_thread *self, bool again)
{
    struct node few[FEW];
    struct search search = {.nodes = few, .room = FEW, .start = self->index, .closely = again};
    int saved_errno = errno;
    if (atomic_load_explicit(&self->told_wait, memory_order_relaxed) == self->live->wait)
        return;
    look_with(self, &search);
    if (search.count == FEW) {
        size_t bytes = MANY * sizeof(struct node);
        search = (struct search){
            .nodes = memory_map(bytes), .room = MANY, .start = self->index, .closely = again};
        if (search.nodes)
            look_with(self, &search);
        memory_unmap(search.nodes, bytes);
    }
    errno = saved_errno;
}
