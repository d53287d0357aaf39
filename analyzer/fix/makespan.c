#include "analyzer/fix/makespan.h"

#include "analyzer/base/array.h"

/* What a thread gets of a processor that others wait for. */
#define TURN_NS ((uint64_t)4000000)

struct timed_thread {
    uint64_t at_ns;    /* when its work is over */
    uint64_t since_ns; /* when it got its processor */
    bool has_worked;   /* what lies before its next event is done */
    uint32_t next;     /* 1 more than the thread behind it in its queue */
};

/* Threads in the order they came. */
struct queue {
    uint32_t first, last; /* 1 more than the thread; 0: nobody */
};

struct clockwork {
    struct arena arena;
    const struct trace_rewrite *rewrite;
    struct simulator *simulator;
    struct timed_thread *threads;
    struct queue *waiting; /* by object */
    struct queue ready;    /* for a processor */
    uint32_t *working;     /* a heap by at_ns: who has one */
    size_t working_count, processors;
    uint64_t now_ns;
};

/* ---- queues and the heap ---- */

static void put_last(struct clockwork *clockwork, struct queue *queue, uint32_t thread)
{
    clockwork->threads[thread].next = 0;
    if (queue->last != 0)
        clockwork->threads[queue->last - 1].next = thread + 1;
    else
        queue->first = thread + 1;
    queue->last = thread + 1;
}

static uint32_t take_first(struct clockwork *clockwork, struct queue *queue)
{
    uint32_t thread = queue->first - 1;

    queue->first = clockwork->threads[thread].next;
    if (queue->first == 0)
        queue->last = 0;
    return thread;
}

static bool is_sooner(const struct clockwork *clockwork, size_t a, size_t b)
{
    uint32_t one = clockwork->working[a], other = clockwork->working[b];
    uint64_t one_ns = clockwork->threads[one].at_ns, other_ns = clockwork->threads[other].at_ns;

    return one_ns != other_ns ? one_ns < other_ns : one < other;
}

static void swap(struct clockwork *clockwork, size_t a, size_t b)
{
    uint32_t thread = clockwork->working[a];

    clockwork->working[a] = clockwork->working[b];
    clockwork->working[b] = thread;
}

static void push(struct clockwork *clockwork, uint32_t thread)
{
    size_t at = clockwork->working_count++;

    clockwork->working[at] = thread;
    for (; at > 0 && is_sooner(clockwork, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(clockwork, at, (at - 1) / 2);
}

static uint32_t pop(struct clockwork *clockwork)
{
    uint32_t thread = clockwork->working[0];
    size_t count = --clockwork->working_count, at = 0, least = 0;

    clockwork->working[0] = clockwork->working[count];
    do {
        at = least;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++)
            least = is_sooner(clockwork, child, least) ? child : least;
        swap(clockwork, at, least);
    } while (least != at);
    return thread;
}

/* ---- threads ---- */

/* Lets the thread's next event happen, which it can. */
static void execute(struct clockwork *clockwork, uint32_t thread)
{
    uint32_t event = simulator_next(clockwork->simulator, thread);

    schedule_execute(clockwork->simulator, clockwork->rewrite, event);
    clockwork->threads[thread].has_worked = false;
}

/* Who waits for an event of the object goes on, in the order they came; false: nobody could. */
static bool settle(struct clockwork *clockwork, uint32_t object)
{
    struct queue *queue = &clockwork->waiting[object], left = {0, 0};
    bool any = false;

    while (queue->first != 0) {
        uint32_t thread = take_first(clockwork, queue);
        uint32_t event = simulator_next(clockwork->simulator, thread);
        if (!schedule_is_enabled(clockwork->simulator, clockwork->rewrite, event)) {
            put_last(clockwork, &left, thread);
            continue;
        }
        execute(clockwork, thread);
        put_last(clockwork, &clockwork->ready, thread);
        any = true;
    }
    *queue = left;
    return any;
}

static void settle_after(struct clockwork *clockwork, uint32_t first, uint32_t last)
{
    for (uint32_t event = first; event <= last; event++) {
        while (settle(clockwork, clockwork->rewrite->trace.events[event].object)) {
        }
    }
}

/* The object by whose events the event may come to be possible. */
static uint32_t awaited(const struct clockwork *clockwork, uint32_t event)
{
    const struct trace_rewrite *rewrite = clockwork->rewrite;

    while ((rewrite->marks[event] & REWRITE_WITH_NEXT) != 0 &&
           simulator_is_enabled(clockwork->simulator, event))
        event++;
    return rewrite->trace.events[event].object;
}

/* The thread has a processor; it goes on to where it works for some time, waits, or has ended. */
static void go_on(struct clockwork *clockwork, uint32_t thread)
{
    const struct trace_rewrite *rewrite = clockwork->rewrite;
    struct timed_thread *own = &clockwork->threads[thread];
    uint32_t event;

    while ((event = simulator_next(clockwork->simulator, thread)) != SIMULATOR_NONE) {
        if (!own->has_worked && rewrite->work_ns[event] != 0) {
            own->has_worked = true;
            own->at_ns = clockwork->now_ns + rewrite->work_ns[event];
            push(clockwork, thread);
            return;
        }
        if (!schedule_is_enabled(clockwork->simulator, rewrite, event)) {
            put_last(clockwork, &clockwork->waiting[awaited(clockwork, event)], thread);
            return;
        }
        execute(clockwork, thread);
        settle_after(clockwork, event, simulator_last(clockwork->simulator, thread));
    }
}

static void give_processors(struct clockwork *clockwork)
{
    while (clockwork->ready.first != 0 && clockwork->working_count < clockwork->processors) {
        uint32_t thread = take_first(clockwork, &clockwork->ready);
        clockwork->threads[thread].since_ns = clockwork->now_ns;
        go_on(clockwork, thread);
    }
}

static void run(struct clockwork *clockwork)
{
    give_processors(clockwork);
    while (clockwork->working_count != 0) {
        uint32_t thread = pop(clockwork);
        const struct timed_thread *own = &clockwork->threads[thread];
        clockwork->now_ns = own->at_ns;
        bool has_had_its_turn = clockwork->now_ns - own->since_ns > TURN_NS;
        if (clockwork->ready.first != 0 && has_had_its_turn)
            put_last(clockwork, &clockwork->ready, thread);
        else
            go_on(clockwork, thread);
        give_processors(clockwork);
    }
}

static bool are_all_done(const struct clockwork *clockwork)
{
    for (uint32_t t = 0; t < clockwork->rewrite->trace.thread_count; t++) {
        if (simulator_next(clockwork->simulator, t) != SIMULATOR_NONE)
            return false;
    }
    return true;
}

bool makespan_find(const struct arena *arena, const struct trace_rewrite *rewrite,
                   unsigned processors, uint64_t *span_ns)
{
    struct clockwork clockwork = {.rewrite = rewrite, .processors = processors};
    const struct sync_trace *trace = &rewrite->trace;

    arena_init(&clockwork.arena, arena->cap_bytes);
    clockwork.simulator = simulator_create(&clockwork.arena, trace);
    clockwork.threads =
        arena_alloc(&clockwork.arena, trace->thread_count + 1, sizeof *clockwork.threads);
    clockwork.waiting =
        arena_alloc(&clockwork.arena, trace->object_count + 1, sizeof *clockwork.waiting);
    clockwork.working = arena_alloc(&clockwork.arena, trace->thread_count + 1, sizeof(uint32_t));
    for (uint32_t t = 0; t < trace->thread_count; t++)
        put_last(&clockwork, &clockwork.ready, t);
    run(&clockwork);
    bool is_done = are_all_done(&clockwork);
    *span_ns = clockwork.now_ns;
    arena_destroy(&clockwork.arena);
    return is_done;
}
