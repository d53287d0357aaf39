#include "shim/core/steer.h"

#include <errno.h>
#include <time.h>

#include "shim/capture/stack.h"
#include "shim/core/blocked.h"
#include "shim/core/lock_table.h"
#include "shim/core/plan.h"
#include "shim/core/steer_record.h"
#include "shim/core/waiting.h"
#include "shim/core/wakes.h"
#include "shim/platform/task.h"

#define MILLISECOND 1000000u

/* How often those held back look around; how long one whose goal is reached leaves others for what
 * they are about to do; looks that must find nobody else; and the bounds. */
enum {
    SLICE_NS = MILLISECOND,
    SETTLE_NS = 5 * MILLISECOND,
    LONELY_LOOKS = 3,
    THREAD_PAUSES = 32,
    PROCESS_PAUSES = 128
};

bool steer_is_on;

/* The plan's, as sets of step numbers; constant. */
static uint64_t all_steps, steps_that_only_wait; /* the latter hold nothing that is known */
static bool any_waits, any_requests;

atomic_uint steer_signals;
static atomic_bool is_over; /* a deadlock was told */
static atomic_uint last_hold;
static atomic_uint_fast64_t held_ns; /* by all threads */

/* A thread that is held back: until threads stand at all steps of the goal, the condition was
 * signalled, or, with neither, a deadlock is told. */
struct hold {
    struct shim_thread *self;
    uint32_t stack, step;
    bool is_published, stands;
    uint64_t goal;
    const atomic_uint *signals; /* counts them, NULL if none is awaited */
    uint32_t signals_before;
    uint64_t start_ns;
};

void steer_start(void)
{
    for (uint32_t i = 0; i < plan.step_count; i++) {
        all_steps |= (uint64_t)1 << plan.steps[i].number;
        if (plan.steps[i].waits && !plan.steps[i].holding.count)
            steps_that_only_wait |= (uint64_t)1 << plan.steps[i].number;
        any_waits |= plan.steps[i].waits;
        any_requests |= !plan.steps[i].waits;
    }
    steer_is_on = plan.step_count != 0;
}

void steer_deadlock_told(void)
{
    atomic_store_explicit(&is_over, true, memory_order_release);
}

void steer_after_fork(void)
{
    atomic_store_explicit(&is_over, false, memory_order_relaxed);
    atomic_store_explicit(&held_ns, 0, memory_order_relaxed);
    steer_record_after_fork();
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Its own end a thread holds from its creation on. */
static bool holds_what(const struct shim_thread *self, const struct plan_place *place)
{
    if (!place->count || plan_place_matches(place, self->created_stack))
        return true;
    for (const struct trace_held *held = self->held; held != self->top; held++) {
        if (plan_place_matches(place, held->stack))
            return true;
    }
    return false;
}

/* The steps whose request or wait the thread makes at this stack. */
static uint64_t steps_at(const struct shim_thread *self, uint32_t stack)
{
    uint64_t steps = 0;
    for (uint32_t i = 0; i < plan.step_count; i++) {
        const struct plan_step *step = &plan.steps[i];
        if (plan_place_matches(&step->wants, stack) && holds_what(self, &step->holding))
            steps |= (uint64_t)1 << step->number;
    }
    return steps;
}

/* The step of lowest rank that begins with, or holds, what is acquired at this stack, NULL if there
 * is none. With requests in the plan, waits have no such place. */
static const struct plan_step *step_begun_at(uint32_t stack)
{
    const struct plan_step *lowest = NULL;
    for (uint32_t i = 0; i < plan.step_count; i++) {
        const struct plan_step *step = &plan.steps[i];
        if ((!step->waits || !any_requests) && (!lowest || step->rank < lowest->rank) &&
            (plan_place_matches(&step->begins, stack) || plan_place_matches(&step->holding, stack)))
            lowest = step;
    }
    return lowest;
}

static uint64_t steps_below(uint32_t rank)
{
    uint64_t steps = 0;
    for (uint32_t i = 0; i < plan.step_count; i++) {
        if (plan.steps[i].rank < rank)
            steps |= (uint64_t)1 << plan.steps[i].number;
    }
    return steps;
}

/* The thread with this index, unless it is the one to be left out, has ended, or is none. Since
 * when one that nobody saw start has ended is not known. */
static const struct shim_thread *other_thread(uint32_t index, uint32_t but)
{
    const struct shim_thread *state = index == but ? NULL : thread_at(index);
    bool is_there = state && __atomic_load_n(&state->id, __ATOMIC_ACQUIRE) &&
                    !(__atomic_load_n(&state->ended, __ATOMIC_ACQUIRE) && state->start_routine);
    return is_there ? state : NULL;
}

static bool any_other_thread(const struct shim_thread *self)
{
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        if (other_thread(i, self->index))
            return true;
    }
    return false;
}

static uint64_t standing_of(const struct shim_thread *thread)
{
    return atomic_load_explicit(&thread->standing, memory_order_acquire);
}

/* The steps at which any thread but one stands. */
static uint64_t steps_of_all_but(uint32_t index)
{
    uint64_t steps = 0;
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        const struct shim_thread *other = other_thread(i, index);
        steps |= other ? standing_of(other) : 0;
    }
    return steps;
}

/* For the record: who stands where at the same time. */
static void note_together(void)
{
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        const struct shim_thread *thread = other_thread(i, 0);
        uint64_t steps = thread ? standing_of(thread) : 0;
        uint64_t others = steps ? steps_of_all_but(i) : 0;
        for (; steps && others; steps &= steps - 1)
            steer_record_together((uint32_t)__builtin_ctzll(steps), others);
    }
}

void steer_stand_slowly(struct shim_thread *self, uint32_t stack)
{
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    uint64_t steps = steps_at(self, stack);
    atomic_store_explicit(&self->standing, steps, memory_order_seq_cst);
    for (uint32_t i = 0; steps && i < plan.step_count; i++) {
        const struct plan_step *step = &plan.steps[i];
        if (step->waits && steps >> step->number & 1)
            steer_record_reached(step->number, STEER_WAITS, 0);
    }
    if (steps)
        note_together();
    thread_unguard(self);
    errno = saved_errno;
}

static bool others_stand(uint32_t index, uint64_t goal)
{
    return !(goal & ~steps_of_all_but(index));
}

static bool is_reached(const struct hold *hold)
{
    if (atomic_load_explicit(&is_over, memory_order_acquire))
        return true;
    if (hold->signals)
        return atomic_load_explicit(hold->signals, memory_order_acquire) != hold->signals_before;
    return hold->goal && others_stand(hold->self->index, hold->goal);
}

/* Held back, too, but not for longer. */
static bool is_about_to_go(const struct shim_thread *thread)
{
    uint64_t goal = atomic_load_explicit(&thread->held_until, memory_order_relaxed);
    return goal && others_stand(thread->index, goal);
}

static bool can_run(uint32_t index)
{
    struct wait_view view;
    return !wait_graph_view_any(index, &view) || !blocked_for_good(&view) ||
           blocked_on_shared(&view);
}

/* Nobody else can run, and of those that are held back this one was the first. */
static bool is_alone(const struct shim_thread *self)
{
    uint32_t mine = atomic_load_explicit(&self->held_back, memory_order_relaxed);
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        const struct shim_thread *other = other_thread(i, self->index);
        if (!other)
            continue;
        uint32_t since = atomic_load_explicit(&other->held_back, memory_order_acquire);
        if (since ? since < mine || is_about_to_go(other) : can_run(i))
            return false;
    }
    return true;
}

struct sought {
    uint32_t thread;
    bool is_met;
};

static void meet(uint32_t thread, void *context)
{
    struct sought *sought = context;
    sought->is_met |= sought->thread == thread;
}

/* Does somebody that is at no step wait for what the thread holds? Not for its end: that comes all
 * the same. */
static bool is_in_the_way(const struct shim_thread *self)
{
    struct sought sought = {.thread = self->index};
    for (uint32_t i = 1; i <= thread_highest() && !sought.is_met; i++) {
        const struct shim_thread *other = other_thread(i, self->index);
        struct wait_view view;
        if (other && !steer_holds_back(other) && !standing_of(other) && wait_graph_view(i, &view) &&
            view.kind != TRACE_LOCK_THREAD)
            wait_graph_waits_for(&view, meet, &sought);
    }
    return sought.is_met;
}

static bool is_cancelled(const struct shim_thread *self)
{
    return atomic_load_explicit(&self->is_cancelled, memory_order_acquire);
}

static enum steer_end sleep_until_end(const struct hold *hold)
{
    const uint64_t pause_ns = (uint64_t)plan.pause_ms * MILLISECOND;
    uint64_t free_ns = hold->start_ns; /* when the thread was in nobody's way the last time */
    for (uint32_t lonely = 0;; task_sleep(SLICE_NS)) {
        uint64_t time_ns = now_ns();
        if (!is_in_the_way(hold->self))
            free_ns = time_ns;
        if (is_reached(hold)) {
            task_sleep(SETTLE_NS);
            return STEER_MET;
        }
        if (is_cancelled(hold->self))
            return STEER_LEFT;
        if (time_ns - hold->start_ns >= pause_ns)
            return STEER_EXPIRED;
        lonely = is_alone(hold->self) ? lonely + 1 : 0;
        if (lonely == LONELY_LOOKS)
            return STEER_ALONE;
        if (time_ns - free_ns >= pause_ns / 4)
            return STEER_IN_THE_WAY;
    }
}

/* A deadlock that was told of this wait is that of the next one, which is for the same lock. */
static void carry_over(struct shim_thread *self, uint32_t number)
{
    atomic_compare_exchange_strong_explicit(&self->told_wait, &number, number + 2,
                                            memory_order_acq_rel, memory_order_relaxed);
}

static enum steer_end sleep_published(const struct hold *hold, const struct waiting_for *target,
                                      uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = hold->self;
    struct waiting waiting;
    waiting_begin_for(&waiting, target, address, pointer);
    enum steer_end end = sleep_until_end(hold);
    uint32_t number = self->live->wait;
    waiting_end(&waiting);
    if (waiting.self)
        carry_over(self, number);
    return end;
}

static void hold_back(struct hold *hold, const struct waiting_for *target, uintptr_t address,
                      uintptr_t pointer)
{
    struct shim_thread *self = hold->self;
    enum steer_end end;
    hold->start_ns = now_ns();
    atomic_store_explicit(&self->held_until, hold->goal, memory_order_relaxed);
    atomic_store_explicit(&self->held_back, atomic_fetch_add(&last_hold, 1) + 1,
                          memory_order_seq_cst);
    if (hold->is_published) {
        end = sleep_published(hold, target, address, pointer);
    } else {
        if (hold->stands)
            steer_stand(self, hold->stack);
        end = sleep_until_end(hold);
        steer_leave(self);
    }
    atomic_store_explicit(&self->held_back, 0, memory_order_release);
    uint64_t passed_ns = now_ns() - hold->start_ns;
    self->held_ns += passed_ns;
    atomic_fetch_add_explicit(&held_ns, passed_ns, memory_order_relaxed);
    thread_guard(self, pointer);
    steer_record_held(hold->step, end, passed_ns);
    thread_unguard(self);
}

/* 0: not any more, or not here. */
static uint32_t pause_for(const struct shim_thread *self, uint32_t stack)
{
    const struct known_stack *known = stack_by_id(stack);
    uint64_t pause_ns = (uint64_t)plan.pause_ms * MILLISECOND;
    bool may_be_held =
        known && !known->in_handler && !is_cancelled(self) && any_other_thread(self) &&
        !atomic_load_explicit(&is_over, memory_order_acquire) &&
        self->held_ns < THREAD_PAUSES * pause_ns &&
        atomic_load_explicit(&held_ns, memory_order_relaxed) < PROCESS_PAUSES * pause_ns;
    return may_be_held ? plan.pause_ms : 0;
}

static uint32_t stack_of_caller(struct shim_thread *self, uintptr_t address, uintptr_t pointer)
{
    const struct known_stack *stack = thread_capture(self, address, pointer);
    return stack ? stack->id : 0;
}

/* Others wait for its place among the writers that wait, which it does not have yet. */
static bool will_queue(const struct waiting_for *target)
{
    return target->lock & LOCK_ID_RECORD_ALWAYS && target->lock & LOCK_ID_SPECIAL &&
           !(target->mode & TRACE_MODE_READ);
}

/* At its request. Of steps with the same places the first is that at which it is held back. Guarded,
 * as the next. */
static bool is_held_at_step(struct hold *hold, const struct waiting_for *target, uint64_t steps)
{
    hold->step = (uint32_t)__builtin_ctzll(steps);
    hold->stands = true;
    hold->is_published = !any_waits && !will_queue(target);
    hold->goal = hold->is_published ? 0 : all_steps & ~steps;
    for (uint64_t alike = steps & (steps - 1); alike; alike &= alike - 1)
        steer_record_reached((uint32_t)__builtin_ctzll(alike), STEER_REQUESTS, 0);
    bool is_due =
        steer_record_reached(hold->step, STEER_REQUESTS, pause_for(hold->self, hold->stack));
    return is_due && (hold->is_published || (hold->goal && !is_reached(hold)));
}

static void await_signal(struct hold *hold, const atomic_uint *signals)
{
    hold->signals = signals;
    hold->signals_before = atomic_load_explicit(signals, memory_order_acquire);
}

/* Where it begins, or acquires what a step holds: if the steps are to come in order, or if the
 * condition may be signalled before it waits. */
static bool is_held_before_step(struct hold *hold)
{
    bool is_one_held = plan.is_ranked || !any_requests;
    const struct plan_step *step = is_one_held ? step_begun_at(hold->stack) : NULL;
    if (!step)
        return false;
    hold->step = step->number;
    hold->goal = any_requests ? steps_below(step->rank) : 0;
    if (!any_requests)
        await_signal(hold, &steer_signals);
    else if (!hold->goal || is_reached(hold))
        return false;
    return steer_record_reached(hold->step, STEER_BEGINS, pause_for(hold->self, hold->stack));
}

bool steer_puts_off_slowly(const void *object, uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_enter();
    if (!self)
        return false;
    int saved_errno = errno;
    thread_guard(self, pointer);
    uint32_t stack = stack_of_caller(self, address, pointer);
    bool is_at_step = steps_at(self, stack) && pause_for(self, stack);
    self->put_off = is_at_step ? object : NULL;
    self->put_off_stack = stack;
    thread_unguard(self);
    errno = saved_errno;
    return is_at_step;
}

/* The place of the request in the plan. Guarded. */
static uint32_t stack_of_request(struct shim_thread *self, const struct waiting_for *target,
                                 uintptr_t address, uintptr_t pointer)
{
    if (self->put_off == (const void *)(uintptr_t)target->object) {
        self->put_off = NULL;
        return self->put_off_stack;
    }
    return target->stack ? target->stack : stack_of_caller(self, address, pointer);
}

void steer_request_slowly(const struct waiting_for *target, uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_enter();
    if (!self || target->mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED))
        return;
    int saved_errno = errno;
    struct hold hold = {.self = self};
    thread_guard(self, pointer);
    hold.stack = stack_of_request(self, target, address, pointer);
    uint64_t steps = steps_at(self, hold.stack);
    bool is_held = steps ? is_held_at_step(&hold, target, steps) : is_held_before_step(&hold);
    thread_unguard(self);
    if (is_held)
        hold_back(&hold, target, address, pointer);
    errno = saved_errno;
}

void steer_wait_slowly(const struct wake_record *wakes, uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = any_requests || !wakes ? NULL : thread_enter();
    if (!self)
        return;
    int saved_errno = errno;
    struct hold hold = {.self = self};
    await_signal(&hold, &wakes->wakes);
    thread_guard(self, pointer);
    hold.stack = stack_of_caller(self, address, pointer);
    uint64_t steps = steps_at(self, hold.stack) & steps_that_only_wait;
    hold.step = steps ? (uint32_t)__builtin_ctzll(steps) : 0;
    bool is_held =
        steps && steer_record_reached(hold.step, STEER_BEGINS, pause_for(self, hold.stack));
    thread_unguard(self);
    if (is_held)
        hold_back(&hold, NULL, address, pointer);
    errno = saved_errno;
}
