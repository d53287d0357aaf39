#include "shim/core/deadlock.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shim/core/lifecycle.h"
#include "shim/core/lock_table.h"
#include "shim/core/orphan.h"
#include "shim/core/shared_deadlock.h"
#include "shim/core/steer.h"
#include "shim/core/wait_search.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"

/* 50 ms, and a second; in steps, so that a time in which nothing could run does not count. */
enum { STEP_NS = 2000000, PROVED_STEPS = 25, UNPROVED_STEPS = 500 };

/* What a search met: the views of its nodes are asked for again when there is something to tell. */
static void found_holder(uint32_t thread, void *search)
{
    wait_search_add(search, thread);
}

static void follow(uint32_t thread, struct wait_search *search, void *context)
{
    struct wait_view view;
    (void)context;
    if (wait_graph_view(thread, &view))
        wait_graph_waits_for(&view, found_holder, search);
}

/* Whether the thread sought is among those told. */
struct sought {
    uint32_t thread;
    bool is_met;
};

static void meet(uint32_t thread, void *context)
{
    struct sought *sought = context;
    sought->is_met |= sought->thread == thread;
}

static bool waits_for(const struct wait_view *view, uint32_t thread)
{
    struct sought sought = {thread, false};
    wait_graph_waits_for(view, meet, &sought);
    return sought.is_met;
}

uint32_t deadlock_waits_for_one_of(const struct wait_view *view, const struct wait_view *threads,
                                   uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (waits_for(view, threads[i].index))
            return threads[i].id;
    }
    return 0;
}

/* Locks that somebody has unlocked who did not hold them are signals: their owner says nothing. A
 * semaphore that was found to be one is known by another id. */
static bool is_passed_around(const struct wait_view *view)
{
    struct lock_entry entry;
    uint64_t object = view->kind == TRACE_WAIT_CONDITION ? view->other : view->address;
    return view->lock && (!lock_table_get((const void *)(uintptr_t)object, view->lock, &entry) ||
                          entry.marks & (TRACE_MARK_OTHER_THREAD | LOCK_MARK_HANDED_OVER));
}

/* Each still waits for the next, and none has moved since the views were taken: so all of it was
 * true at once, and nobody is left to change it. */
static bool is_certain(const struct wait_view *views, uint32_t count, uint32_t last_waits_for)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t next = i + 1 < count ? views[i + 1].index : last_waits_for;
        if (is_passed_around(&views[i]) || !waits_for(&views[i], next))
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!wait_graph_is_same(&views[i]))
            return false;
    }
    return true;
}

/* Of several threads that found it, the first to mark the wait of the thread with the lowest id. */
bool deadlock_claim(const struct wait_view *views, uint32_t count)
{
    const struct wait_view *lowest = &views[0];
    for (uint32_t i = 1; i < count; i++) {
        if (views[i].id < lowest->id)
            lowest = &views[i];
    }
    atomic_uint *told = &thread_at(lowest->index)->told_wait;
    return atomic_exchange_explicit(told, lowest->number, memory_order_acq_rel) != lowest->number;
}

static bool is_among(uint32_t index, const struct wait_view *views, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (views[i].index == index)
            return true;
    }
    return false;
}

/* The set, and behind it whoever waits for one of them, then for one of these, and so on. */
static uint32_t add_stuck(struct wait_view *views, uint32_t set_count)
{
    uint32_t count = set_count, before;
    do {
        before = count;
        for (uint32_t i = 1; i <= thread_highest(); i++) {
            struct wait_view *view = &views[count];
            if (!is_among(i, views, count) && wait_graph_view(i, view))
                count += deadlock_waits_for_one_of(view, views, before) != 0;
        }
    } while (count != before);
    return count - set_count;
}

static bool take_views(const struct wait_search *search, struct wait_view *views, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!wait_graph_view(wait_search_thread(search, i), &views[i]))
            return false;
    }
    return true;
}

enum semaphore_trust { SEMAPHORES_NONE, SEMAPHORES_PROVED, SEMAPHORES_UNPROVED, SEMAPHORES_NEVER };

/* What its own maker holds, unproved, is a signal more often than not. That a step of a plan
 * requests it, says that it was proved in the run that the plan is made from. */
static enum semaphore_trust trust_in(const struct wait_view *view, uint32_t holder)
{
    struct lock_entry entry;
    if (view->kind != TRACE_LOCK_SEMAPHORE)
        return SEMAPHORES_NONE;
    if (!lock_table_get((const void *)(uintptr_t)view->address, view->lock, &entry))
        return SEMAPHORES_NEVER;
    if (entry.marks & TRACE_MARK_PROVED || steer_is_at_step(view->state))
        return SEMAPHORES_PROVED;
    return entry.init_thread == holder ? SEMAPHORES_NEVER : SEMAPHORES_UNPROVED;
}

/* The least that any of them deserves. */
static enum semaphore_trust semaphore_trust(const struct wait_view *views, uint32_t count)
{
    enum semaphore_trust least = SEMAPHORES_NONE;
    for (uint32_t i = 0; i < count; i++) {
        enum semaphore_trust trust = trust_in(&views[i], views[(i + 1) % count].id);
        least = trust > least ? trust : least;
    }
    return least;
}

/* Not the C library's function, which is a cancellation point. False if a handler interrupted it.
 */
static bool sleep_for(long nanoseconds)
{
    const struct timespec step = {.tv_nsec = nanoseconds};
    int saved_errno = errno;
    bool done = syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &step, NULL) == 0;
    errno = saved_errno;
    return done;
}

/* A handler has run. A real wait would have ended if it was installed without SA_RESTART; which one
 * it was is not known, but few programs mix the two. */
static bool signal_ends_wait(void)
{
    int saved_errno = errno;
    bool ends = false;
    for (int number = 1; number < NSIG && !ends; number++) {
        struct sigaction action;
        ends = sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
               action.sa_handler != SIG_IGN && !(action.sa_flags & SA_RESTART);
    }
    errno = saved_errno;
    return ends;
}

/* A program that is about to end has had its say: another thread of it need not have one, too. */
static bool ends_already(const struct deadlock *deadlock)
{
    static atomic_bool is_ending;
    return deadlock->ends_program &&
           atomic_exchange_explicit(&is_ending, true, memory_order_relaxed);
}

void deadlock_report(struct shim_thread *self, const struct deadlock *deadlock)
{
    int saved_errno = errno;
    if (ends_already(deadlock))
        return;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    deadlock_record(deadlock);
    deadlock_tell(deadlock);
    if (deadlock->ends_program)
        lifecycle_end_program();
    if (!deadlock->is_suspected)
        steer_deadlock_told();
    thread_unguard(self);
    errno = saved_errno;
}

void deadlock_finish(struct shim_thread *self, struct deadlock *deadlock)
{
    deadlock->stuck_count = add_stuck(deadlock->threads, deadlock->set_count);
    deadlock->ends_program = (!deadlock->is_suspected || options.end_suspected) &&
                             options.on_deadlock != ON_DEADLOCK_report;
    deadlock_report(self, deadlock);
}

/* Whose lock the only thread of the set waits for, if that is known. */
static void name_the_gone(struct deadlock *deadlock, struct orphan *orphan)
{
    const struct wait_view *view = &deadlock->threads[0];
    deadlock->is_owner_gone = true;
    deadlock->sort = TRACE_DEADLOCK_OWNER_GONE;
    if (orphan_get(view->lock, orphan)) {
        deadlock->gone = orphan;
        deadlock->gone_thread = orphan->thread;
        if (orphan->is_of_parent)
            deadlock->sort = TRACE_DEADLOCK_NOT_FORKED;
    }
}

/* Sets is_suspected; false if there is nothing to tell after all. */
static bool stands_the_test_of_time(struct deadlock *deadlock, uint32_t last_waits_for,
                                    bool *is_interrupted)
{
    const struct wait_view *views = deadlock->threads;
    enum semaphore_trust trust = semaphore_trust(views, deadlock->set_count);
    deadlock->is_suspected = trust == SEMAPHORES_UNPROVED;
    if (trust == SEMAPHORES_NONE)
        return true;
    int steps = trust == SEMAPHORES_PROVED ? PROVED_STEPS : UNPROVED_STEPS;
    for (; trust != SEMAPHORES_NEVER && steps > 0; steps--) {
        if (!sleep_for(STEP_NS) && views[0].kind == TRACE_LOCK_SEMAPHORE && signal_ends_wait()) {
            *is_interrupted = true;
            return false;
        }
        if (!is_certain(views, deadlock->set_count, last_waits_for))
            return false;
    }
    return trust != SEMAPHORES_NEVER;
}

/* The views are those of the way found: all around the circle, or up to one that waits for a thread
 * that is gone, and then only that one is the set. There is room for all threads. */
static bool judge(struct shim_thread *self, struct wait_view *views, uint32_t length, bool is_gone)
{
    bool is_interrupted = false;
    struct orphan orphan;
    struct deadlock deadlock = {.threads = views, .set_count = is_gone ? 1 : length};
    uint32_t end = is_gone ? WAIT_SEARCH_GONE : self->index;
    if (is_gone)
        views[0] = views[length - 1];
    if (!is_certain(views, deadlock.set_count, end) ||
        !stands_the_test_of_time(&deadlock, end, &is_interrupted) ||
        !deadlock_claim(views, deadlock.set_count))
        return is_interrupted;
    deadlock.sort = length == 1 ? TRACE_DEADLOCK_SELF : TRACE_DEADLOCK_CYCLE;
    if (is_gone)
        name_the_gone(&deadlock, &orphan);
    deadlock_finish(self, &deadlock);
    return false;
}

static bool judge_found(struct shim_thread *self, const struct wait_search *search)
{
    uint32_t length = wait_search_length(search), room = thread_highest() + 1;
    struct wait_view *views = memory_map(room * sizeof(*views));
    bool is_interrupted = views && take_views(search, views, length) &&
                          judge(self, views, length, search->ends_in_gone);
    memory_unmap(views, room * sizeof(*views));
    return is_interrupted;
}

bool deadlock_look(struct shim_thread *self)
{
    bool is_waited_for = thread_held_count(self) || orphan_any() ||
                         atomic_load_explicit(&self->is_awaited, memory_order_relaxed);
    bool is_interrupted = false;
    struct wait_view view;
    if (!is_waited_for || !wait_graph_view(self->index, &view))
        return false;
    struct wait_search search = {
        .start = self->index, .threads = thread_highest(), .waits_for = follow};
    if (wait_search_run(&search))
        is_interrupted = judge_found(self, &search);
    else if (search.ends_elsewhere)
        shared_deadlock_look(self, false);
    wait_search_end(&search);
    return is_interrupted;
}

/* Its last words: who waits for a lock of this thread now does so for ever. */
void deadlock_look_left_by(struct shim_thread *self)
{
    uint32_t room = thread_highest() + 1;
    struct wait_view *views = memory_map(room * sizeof(*views));
    for (uint32_t i = 1; views && i < room; i++) {
        if (i != self->index && wait_graph_view(i, &views[0]) &&
            waits_for(&views[0], WAIT_SEARCH_GONE))
            judge(self, views, 1, true);
    }
    memory_unmap(views, room * sizeof(*views));
}
