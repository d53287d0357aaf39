#include "shim/core/everyone.h"

#include <errno.h>
#include <signal.h>

#include "shim/core/blocked.h"
#include "shim/core/deadlock.h"
#include "shim/core/lock_kind.h"
#include "shim/core/steer.h"
#include "shim/platform/clock.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"
#include "shim/platform/task.h"

#define MILLISECOND 1000000u

/* How long threads that are about to sleep, or to be gone, are waited for; and the pause after a
 * look that found nothing, in times of what it took. */
enum { PATIENCE_MS = 1000, LONGEST_SLEEP_MS = 8, PAUSE = 100 };

/* All threads of the process, each in its wait. */
struct scene {
    struct shim_thread *self;
    struct wait_view *views;   /* by index */
    uint32_t count, confirmed; /* of them; those that the kernel saw asleep in it, and self */
    bool is_ending;            /* self is not among them */
    bool any_waker, semaphore;
    bool any_leaving; /* a thread has ended and is still there, or is not known */
};

/* Since when a thread that nobody saw start has ended is not known: it counts as running. */
static bool has_ended(const struct shim_thread *state)
{
    return __atomic_load_n(&state->ended, __ATOMIC_ACQUIRE) && state->start_routine;
}

/* In no wait at all, or in one that ends in time. */
static bool runs(uint32_t index)
{
    const struct shim_thread *state = thread_at(index);
    if (!state || !__atomic_load_n(&state->id, __ATOMIC_ACQUIRE) || has_ended(state))
        return false;
    const struct trace_live *live = __atomic_load_n(&state->live, __ATOMIC_ACQUIRE);
    if (!live || !(__atomic_load_n(&live->wait, __ATOMIC_ACQUIRE) & 1))
        return true;
    return __atomic_load_n(&live->wanted_mode, __ATOMIC_RELAXED) &
           (TRACE_MODE_TRY | TRACE_MODE_TIMED);
}

/* The wait of `self` on a condition is published before it has given the mutex back. */
static bool is_given_back_by(const struct shim_thread *self, const struct wait_view *view)
{
    const struct trace_live *live = self->live;
    return live->wait & 1 && live->wanted_kind == TRACE_WAIT_CONDITION &&
           live->wanted_other == view->address;
}

static bool waits_for_end_of(const struct wait_view *view, const struct shim_thread *thread)
{
    return view->kind == TRACE_LOCK_THREAD && view->address == (uintptr_t)thread;
}

/* Of a thread that ends nothing but its end is left to happen. One that is held back waits for
 * nobody yet. */
static bool will_go_on(const struct shim_thread *self, bool is_ending, const struct wait_view *view)
{
    return steer_holds_back(view->state) || is_given_back_by(self, view) ||
           (is_ending && waits_for_end_of(view, self)) || !blocked_for_good(view);
}

static bool can_go_on(const struct shim_thread *self, bool is_ending, uint32_t index)
{
    struct wait_view view;
    return runs(index) || (wait_graph_view_any(index, &view) && will_go_on(self, is_ending, &view));
}

/* The owner of the mutex that the thread is about to wait for. */
static uint32_t likely_runner(const struct shim_thread *self)
{
    const struct trace_live *live = self->live;
    if (live->wanted_kind != TRACE_LOCK_MUTEX || !(live->wait & 1))
        return self->runner;
    uint32_t owner =
        lock_kind_owner(TRACE_LOCK_MUTEX, (const void *)(uintptr_t)live->wanted_address);
    return thread_of_kernel_tid(owner);
}

/* Those that run are found without a look at what the others wait for. */
static uint32_t find_runner(const struct shim_thread *self, bool is_ending)
{
    uint32_t first = likely_runner(self);
    if (first && first != self->index && can_go_on(self, is_ending, first))
        return first;
    uint32_t highest = thread_highest();
    for (uint32_t i = 1; i <= highest; i++) {
        if (i != self->index && runs(i))
            return i;
    }
    for (uint32_t i = 1; i <= highest; i++) {
        if (i != self->index && can_go_on(self, is_ending, i))
            return i;
    }
    return 0;
}

/* A deadlock among them that was told already is all there is to say. */
static bool add(struct scene *scene, const struct wait_view *view)
{
    uint32_t told = atomic_load_explicit(&view->state->told_wait, memory_order_acquire);
    if (told == view->number || will_go_on(scene->self, scene->is_ending, view) ||
        blocked_on_shared(view))
        return false;
    scene->views[scene->count++] = *view;
    scene->any_waker |= blocked_for_any(view);
    scene->semaphore |= view->kind == TRACE_LOCK_SEMAPHORE || view->kind == TRACE_WAIT_SEMAPHORE;
    return true;
}

/* False if a thread is not blocked, or none of them could be woken by any other. */
static bool set(struct scene *scene, uint32_t room)
{
    scene->count = 0;
    scene->any_waker = scene->semaphore = false;
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        struct wait_view view;
        const struct shim_thread *state = thread_at(i);
        bool is_there = state && __atomic_load_n(&state->id, __ATOMIC_ACQUIRE) &&
                        !(scene->is_ending && state == scene->self);
        if (!is_there)
            continue;
        bool is_blocked = wait_graph_view_any(i, &view);
        if (!is_blocked && has_ended(state))
            continue;
        if (!is_blocked || scene->count == room || !add(scene, &view))
            return false;
    }
    return scene->any_waker;
}

static const struct wait_view *find(const struct scene *scene, uint32_t index)
{
    for (uint32_t low = 0, high = scene->count; low < high;) {
        uint32_t middle = (low + high) / 2;
        if (scene->views[middle].index == index)
            return &scene->views[middle];
        if (scene->views[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* False if there is a thread that may wake the others, or will not stay where it is. One that has
 * ended will soon be gone, and so may one that is not known: it was joined. One that spins for a
 * lock need not sleep. */
static bool compare(const struct task *task, void *context)
{
    struct scene *scene = context;
    uint32_t index = thread_of_kernel_tid(task->kernel_tid);
    const struct wait_view *view = index ? find(scene, index) : NULL;
    if (task->kernel_tid == scene->self->kernel_tid) {
        scene->confirmed += !scene->is_ending;
        return true;
    }
    if (!view) {
        scene->any_leaving = true;
        return !index || has_ended(thread_at(index));
    }
    bool is_private = task->is_private || view->kind == TRACE_LOCK_THREAD;
    bool is_there = view->kind == TRACE_LOCK_SPIN ||
                    (task->is_asleep_on_futex && blocked_is_at(view, task->futex));
    scene->confirmed += is_there;
    return is_private || !task->is_asleep_on_futex;
}

static bool is_unchanged(const struct scene *scene)
{
    for (uint32_t i = 0; i < scene->count; i++) {
        if (!wait_graph_is_same(&scene->views[i]))
            return false;
    }
    return true;
}

enum sight { SIGHT_MOVING, SIGHT_NOT_YET, SIGHT_ASLEEP };

static enum sight look_once(struct scene *scene)
{
    scene->confirmed = 0;
    scene->any_leaving = false;
    if (!task_each(compare, scene) || !is_unchanged(scene))
        return SIGHT_MOVING;
    bool all_sleep = scene->confirmed == scene->count && !scene->any_leaving;
    return all_sleep ? SIGHT_ASLEEP : SIGHT_NOT_YET;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Whatever wakes a thread meanwhile, this one too, shows in the waits and their objects. Patience
 * is counted in sleeps, so that a time in which nothing could run does not count. */
static bool is_confirmed(struct scene *scene, uint32_t room)
{
    uint64_t left_ns = PATIENCE_MS * (uint64_t)MILLISECOND, sleep_ns = MILLISECOND;
    while (set(scene, room) && left_ns >= sleep_ns) {
        enum sight sight = look_once(scene);
        if (sight == SIGHT_MOVING)
            return false;
        task_sleep(sight == SIGHT_ASLEEP ? MILLISECOND : sleep_ns);
        if (sight == SIGHT_ASLEEP && look_once(scene) == SIGHT_ASLEEP)
            return true;
        left_ns -= sleep_ns;
        if (sleep_ns < LONGEST_SLEEP_MS * (uint64_t)MILLISECOND)
            sleep_ns *= 2;
    }
    return false;
}

static uint64_t bit(int signal_number)
{
    return (uint64_t)1 << (signal_number - 1);
}

/* The C library's own two, those that only code that runs brings about, and the timers that stand
 * still while nothing runs. */
static uint64_t cannot_help(void)
{
    return bit(32) | bit(33) | bit(SIGSEGV) | bit(SIGBUS) | bit(SIGFPE) | bit(SIGILL) |
           bit(SIGTRAP) | bit(SIGSYS) | bit(SIGPROF) | bit(SIGVTALRM);
}

/* Who waits for the end of a thread only follows it; the others could wake one another. */
static uint32_t put_joiners_last(struct scene *scene)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < scene->count; i++) {
        struct wait_view view = scene->views[i];
        if (view.kind == TRACE_LOCK_THREAD)
            continue;
        for (uint32_t j = i; j > first; j--)
            scene->views[j] = scene->views[j - 1];
        scene->views[first++] = view;
    }
    return first;
}

static void report(struct scene *scene, bool may_be_helped)
{
    uint32_t set_count = put_joiners_last(scene);
    const struct deadlock deadlock = {
        .sort = TRACE_DEADLOCK_EVERYONE,
        .threads = scene->views,
        .set_count = set_count,
        .stuck_count = scene->count - set_count,
        .is_suspected = may_be_helped,
        .ends_program = (!may_be_helped || options.end_suspected) &&
                        options.on_deadlock != ON_DEADLOCK_report,
    };
    deadlock_report(scene->self, &deadlock);
}

/* Handlers first: one that interrupts a semaphore's wait ends it, but not the sleep in here. */
static void judge(struct scene *scene, uint32_t room)
{
    uint64_t caught;
    if (!set(scene, room) || !task_caught_signals(&caught))
        return;
    bool may_be_helped = caught & ~cannot_help();
    if (may_be_helped && scene->semaphore)
        return;
    if (is_confirmed(scene, room) && !(may_be_helped && scene->semaphore) &&
        deadlock_claim(scene->views, scene->count))
        report(scene, may_be_helped);
}

static void look(struct shim_thread *self, bool is_ending)
{
    uint32_t room = thread_highest() + 1;
    struct scene scene = {
        .self = self, .is_ending = is_ending, .views = memory_map(room * sizeof(*scene.views))};
    if (scene.views)
        judge(&scene, room);
    memory_unmap(scene.views, room * sizeof(*scene.views));
}

/* How many threads have come to look, the first of which does so for all of them; when the next may
 * look. */
static atomic_uint lookers;
static atomic_uint_fast64_t next_look_ns;

static void look_for_all(struct shim_thread *self, bool is_ending)
{
    int saved_errno = errno;
    uint64_t start = now_ns();
    if (start < atomic_load_explicit(&next_look_ns, memory_order_relaxed) ||
        atomic_fetch_add_explicit(&lookers, 1, memory_order_seq_cst) != 0)
        return;
    uint32_t come;
    do {
        come = atomic_load_explicit(&lookers, memory_order_seq_cst);
        look(self, is_ending);
    } while (!atomic_compare_exchange_strong_explicit(&lookers, &come, 0, memory_order_seq_cst,
                                                      memory_order_seq_cst));
    uint64_t end = now_ns();
    atomic_store_explicit(&next_look_ns, end + PAUSE * (end - start), memory_order_relaxed);
    errno = saved_errno;
}

void everyone_look(struct shim_thread *self)
{
    uint32_t runner = find_runner(self, false);
    self->runner = runner;
    if (!runner && !can_go_on(self, false, self->index))
        look_for_all(self, false);
}

bool everyone_is_left_by(const struct shim_thread *self)
{
    return self->live && !find_runner(self, true); /* a fork child's thread has another state */
}

void everyone_look_left_by(struct shim_thread *self)
{
    if (everyone_is_left_by(self))
        look_for_all(self, true);
}

void everyone_after_fork(void)
{
    atomic_store_explicit(&lookers, 0, memory_order_relaxed);
    atomic_store_explicit(&next_look_ns, 0, memory_order_relaxed);
}
