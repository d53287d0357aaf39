#include "analyzer/predict/happens_before.h"

#include <stdlib.h>
#include "analyzer/base/array.h"
#include "analyzer/predict/clock_set.h"

/* A damaged recording can make clocks that share nothing. Past this much work (half a second, half
 * a gigabyte at most) creates and joins order nothing, which can only keep a finding that would be
 * dismissed. */
#define WORK_LIMIT  (UINT64_C(1) << 24)
#define WHOLE       UINT64_MAX /* every segment, in a clock and as a target */
#define NO_THREAD   UINT32_MAX
#define NOT_STARTED UINT64_MAX

/* What a thread knows from `segment` on. */
struct clock_version {
    uint32_t segment;
    const struct clock_node *clock;
};

struct thread_order {
    uint32_t parent; /* position or NO_THREAD */
    uint32_t parent_segment;
    size_t first_event, event_count; /* its creates and joins, in happens_before.events */
    const struct segment_start *joined_by;
    uint64_t next_event; /* while the clocks are made: NOT_STARTED, or how many were taken */
    ARRAY(struct clock_version) versions;
};

struct happens_before {
    struct arena *arena;
    const struct execution *execution;
    struct clock_set clocks;
    struct thread_order *threads;
    const struct segment_start **events; /* by thread, then segment */
};

/* A thread whose clock is being worked out, up to and with segment `target`. */
struct frame {
    uint32_t thread;
    uint64_t target;
};

static uint32_t position_of(const struct happens_before *order, uint32_t id)
{
    const struct thread *thread = execution_find_thread(order->execution, id);
    return thread ? (uint32_t)(thread - order->execution->threads) : NO_THREAD;
}

static int compare_events(const void *left, const void *right)
{
    const struct segment_start *a = *(const struct segment_start *const *)left;
    const struct segment_start *b = *(const struct segment_start *const *)right;

    if (a->thread != b->thread)
        return a->thread < b->thread ? -1 : 1;
    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Of a thread, or by fork of a process and its first thread. */
static bool is_creation(const struct segment_start *event)
{
    return event->cause == TRACE_SEGMENT_CREATE || event->cause == TRACE_SEGMENT_FORK;
}

static bool is_order_event(const struct segment_start *event)
{
    return event->cause == TRACE_SEGMENT_JOIN || is_creation(event);
}

static void sort_events(struct happens_before *order)
{
    const struct execution *execution = order->execution;
    size_t count = 0;

    order->events = arena_alloc(order->arena, execution->segment_count, sizeof *order->events);
    for (size_t i = 0; i < execution->segment_count; i++) {
        if (is_order_event(&execution->segments[i]))
            order->events[count++] = &execution->segments[i];
    }
    if (count != 0)
        qsort(order->events, count, sizeof *order->events, compare_events);
    for (size_t i = 0; i < count; i++) {
        struct thread_order *thread = &order->threads[position_of(order, order->events[i]->thread)];
        if (thread->event_count++ == 0)
            thread->first_event = i;
    }
}

/* Who created and who joined each thread. The thread's own record comes first; the creator's
 * stands in for it when it names no parent. */
static void link_threads(struct happens_before *order)
{
    const struct execution *execution = order->execution;

    for (size_t i = 0; i < execution->thread_count; i++) {
        const struct thread *thread = &execution->threads[i];
        order->threads[i].parent = position_of(order, thread->parent);
        order->threads[i].parent_segment = thread->parent_segment;
        order->threads[i].next_event = NOT_STARTED;
    }
    for (size_t i = 0; i < execution->segment_count; i++) {
        const struct segment_start *event = &execution->segments[i];
        uint32_t other = position_of(order, event->other);
        if (!is_order_event(event) || other == NO_THREAD)
            continue;
        struct thread_order *thread = &order->threads[other];
        if (event->cause == TRACE_SEGMENT_JOIN && !thread->joined_by)
            thread->joined_by = event;
        if (is_creation(event) && thread->parent == NO_THREAD && event->segment != 0) {
            thread->parent = position_of(order, event->thread);
            thread->parent_segment = event->segment - 1;
        }
    }
}

static const struct clock_node *clock_at(const struct thread_order *thread, uint64_t segment)
{
    size_t low = 0, high = thread->versions.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (thread->versions.items[middle].segment <= segment)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : thread->versions.items[low - 1].clock;
}

static void add_version(struct happens_before *order, struct thread_order *thread, uint32_t segment,
                        const struct clock_node *clock)
{
    if (clock != clock_at(thread, segment))
        *array_add(order->arena, &thread->versions) = (struct clock_version){segment, clock};
}

static bool has_reached(const struct happens_before *order, uint32_t thread, uint64_t target)
{
    const struct thread_order *state = &order->threads[thread];

    if (state->next_event == NOT_STARTED)
        return false;
    return state->next_event == state->event_count ||
           order->events[state->first_event + state->next_event]->segment > target;
}

static void start_thread(struct happens_before *order, struct thread_order *thread)
{
    const struct clock_node *clock = NULL;

    if (thread->parent != NO_THREAD) {
        clock = clock_at(&order->threads[thread->parent], thread->parent_segment);
        clock = clock_raise(&order->clocks, clock, thread->parent,
                            (uint64_t)thread->parent_segment + 1);
    }
    thread->next_event = 0;
    add_version(order, thread, 0, clock);
}

static void take_event(struct happens_before *order, struct thread_order *thread,
                       const struct segment_start *event, uint32_t joined)
{
    thread->next_event++;
    if (joined == NO_THREAD)
        return;
    const struct clock_node *clock = clock_at(thread, event->segment);
    clock = clock_join(&order->clocks, clock, clock_at(&order->threads[joined], WHOLE));
    clock = clock_raise(&order->clocks, clock, joined, WHOLE);
    add_version(order, thread, event->segment, clock);
}

/* Takes one step of the frame's thread, or names in *needed what has to come first. A thread that
 * is needed while it is on the stack and has not got there contradicts the order: the step goes
 * on without it. */
static bool step(struct happens_before *order, const struct frame *frame, const bool *on_stack,
                 struct frame *needed)
{
    struct thread_order *thread = &order->threads[frame->thread];
    uint32_t parent = thread->parent;

    if (thread->next_event == NOT_STARTED) {
        if (parent != NO_THREAD && !has_reached(order, parent, thread->parent_segment)) {
            if (!on_stack[parent]) {
                *needed = (struct frame){parent, thread->parent_segment};
                return false;
            }
            thread->parent = NO_THREAD;
        }
        start_thread(order, thread);
        return true;
    }
    const struct segment_start *event = order->events[thread->first_event + thread->next_event];
    uint32_t joined =
        event->cause == TRACE_SEGMENT_JOIN ? position_of(order, event->other) : NO_THREAD;
    if (joined != NO_THREAD && !has_reached(order, joined, WHOLE)) {
        if (!on_stack[joined]) {
            *needed = (struct frame){joined, WHOLE};
            return false;
        }
        joined = NO_THREAD;
    }
    take_event(order, thread, event, joined);
    return true;
}

/* Works the clocks out depth first, with a stack of its own: a thread needs its parent up to its
 * creation, and the threads it joins as a whole. */
static void make_clocks(struct happens_before *order)
{
    size_t count = order->execution->thread_count;
    struct frame *stack = arena_alloc(order->arena, count + 1, sizeof *stack);
    bool *on_stack = arena_alloc(order->arena, count, sizeof *on_stack);

    for (uint32_t i = 0; i < count; i++) {
        size_t depth = 1;
        stack[0] = (struct frame){i, WHOLE};
        on_stack[i] = true;
        while (depth > 0) {
            struct frame *top = &stack[depth - 1];
            if (has_reached(order, top->thread, top->target)) {
                on_stack[top->thread] = false;
                depth--;
            } else if (!step(order, top, on_stack, &stack[depth])) {
                on_stack[stack[depth].thread] = true;
                depth++;
            }
        }
    }
}

struct happens_before *happens_before_create(struct arena *arena, const struct execution *execution)
{
    struct happens_before *order = arena_alloc(arena, 1, sizeof *order);

    order->arena = arena;
    order->execution = execution;
    order->threads = arena_alloc(arena, execution->thread_count, sizeof *order->threads);
    clock_set_init(&order->clocks, arena, execution->thread_count, WORK_LIMIT);
    sort_events(order);
    link_threads(order);
    make_clocks(order);
    return order;
}

bool happens_before_is_ordered(const struct happens_before *order, struct segment_ref earlier,
                               struct segment_ref later)
{
    const struct clock_node *clock = clock_at(&order->threads[later.thread], later.segment);
    return clock_get(&order->clocks, clock, earlier.thread) > earlier.segment;
}

/* Whether what happens from the start of `from` on includes `later`, or is known to precede it. */
static bool leads_to(const struct happens_before *order, struct segment_ref from,
                     struct segment_ref later)
{
    if (from.thread == later.thread)
        return from.segment <= later.segment;
    return happens_before_is_ordered(order, from, later);
}

const struct segment_start *happens_before_first_event(const struct happens_before *order,
                                                       struct segment_ref earlier,
                                                       struct segment_ref later)
{
    const struct thread_order *thread = &order->threads[earlier.thread];

    for (size_t i = 0; i < thread->event_count; i++) {
        const struct segment_start *event = order->events[thread->first_event + i];
        uint32_t child = position_of(order, event->other);
        if (is_creation(event) && event->segment > earlier.segment && child != NO_THREAD &&
            leads_to(order, (struct segment_ref){child, 0}, later))
            return event;
    }
    const struct segment_start *join = thread->joined_by;
    if (join &&
        leads_to(order, (struct segment_ref){position_of(order, join->thread), join->segment},
                 later))
        return join;
    return NULL;
}
