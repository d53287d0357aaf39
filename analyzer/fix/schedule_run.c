#include "analyzer/fix/schedule_run.h"

#include <string.h>

/* Priorities change that often: a deadlock of d events is met with d - 1 changes at the right
 * places, and few deadlocks have more. */
enum { PRIORITY_CHANGES = 3 };

/* What an event takes at most where chance decides, and how long who is held back is. */
enum { MOST_TIME = 1 << 16, HELD_BACK_TIME = 1 << 28 };

struct schedule_run {
    const struct trace_rewrite *rewrite;
    struct simulator *simulator;
    const bool *matters;
    uint32_t *end_of;             /* by thread: the object that is its end, SYNC_UNKNOWN: none */
    uint32_t *ready, ready_count; /* threads that may go on, a heap: the one to go first is first */
    uint64_t *turn;               /* by thread: the lower, the sooner it goes */
    uint64_t now;                 /* the turn of who went last */
    enum schedule_policy policy;
    uint32_t *first_blocked; /* by object: 1 more than a thread that waits for an event of it */
    uint32_t *next_blocked;  /* by thread: the same */
    uint32_t *held;          /* by thread: locks that matter */
    uint32_t *priority;      /* by thread */
    uint64_t random;
    size_t changes[PRIORITY_CHANGES], steps;
    uint32_t lowest; /* priority given to nobody yet, nor any below */
};

static uint64_t next_random(uint64_t *random)
{
    *random += 0x9e3779b97f4a7c15u; /* splitmix64 */
    uint64_t mixed = *random;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

static uint32_t random_below(struct schedule_run *run, size_t limit)
{
    return (uint32_t)(next_random(&run->random) % limit);
}

/* ---- what can happen ---- */

/* Writers that asked for a lock whose readers queue are let in first. */
static bool must_queue(const struct simulator *simulator, const struct sync_trace *trace,
                       uint32_t position)
{
    const struct sync_event *event = &trace->events[position];
    bool asked = event->kind == SYNC_ACQUIRE && (event->mode & SYNC_TRY) == 0;

    if (!asked || (event->mode & SYNC_READER) == 0 ||
        trace->objects[event->object].kind != SYNC_WRITER_QUEUE)
        return false;
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        if (t != event->thread && simulator_waits_for(simulator, position, t))
            return true;
    }
    return false;
}

static bool was_woken(const struct simulator *simulator, const struct trace_rewrite *rewrite,
                      uint32_t event)
{
    uint32_t wake = rewrite->wakes[event] - 1;
    uint32_t last = simulator_last(simulator, rewrite->trace.events[wake].thread);

    return last != SIMULATOR_NONE && last >= wake;
}

static bool happens_with_next(const struct trace_rewrite *rewrite, uint32_t event)
{
    return (rewrite->marks[event] & REWRITE_WITH_NEXT) != 0;
}

bool schedule_is_enabled(const struct simulator *simulator, const struct trace_rewrite *rewrite,
                         uint32_t event)
{
    if (!simulator_is_enabled(simulator, event) || must_queue(simulator, &rewrite->trace, event) ||
        (rewrite->wakes[event] != 0 && !was_woken(simulator, rewrite, event)))
        return false;
    return !happens_with_next(rewrite, event) || schedule_is_enabled(simulator, rewrite, event + 1);
}

void schedule_execute(struct simulator *simulator, const struct trace_rewrite *rewrite,
                      uint32_t event)
{
    for (; happens_with_next(rewrite, event); event++)
        simulator_execute(simulator, event);
    simulator_execute(simulator, event);
}

/* Any of what it wants to have at once may be what keeps it. */
static bool any_waits_for(const struct schedule_run *run, uint32_t event, uint32_t other)
{
    bool waits = simulator_waits_for(run->simulator, event, other);

    return waits ||
           (happens_with_next(run->rewrite, event) && any_waits_for(run, event + 1, other));
}

bool schedule_run_waits_for(const struct schedule_run *run, uint32_t thread, uint32_t other,
                            bool told)
{
    const struct trace_rewrite *rewrite = run->rewrite;
    uint32_t next = simulator_next(run->simulator, thread);
    uint32_t last = simulator_last(run->simulator, thread);

    if (next != SIMULATOR_NONE && happens_with_next(rewrite, next))
        return any_waits_for(run, next, other);
    if (told && next != SIMULATOR_NONE && rewrite->wakes[next] != 0)
        return rewrite->trace.events[rewrite->wakes[next] - 1].thread == other &&
               !was_woken(run->simulator, rewrite, next);
    return last != SIMULATOR_NONE && rewrite->trace.events[last].kind == SYNC_REQUEST &&
           rewrite->trace.objects[rewrite->trace.events[last].object].kind != SYNC_SEMAPHORE &&
           simulator_waits_for(run->simulator, last, other);
}

/* ---- threads that can go on, and those that wait ---- */

/* Who asks for a lock that matters and holds one waits until nobody else goes. */
static bool is_held_back(const struct schedule_run *run, uint32_t thread, uint32_t next)
{
    const struct sync_event *event = &run->rewrite->trace.events[next];
    bool asks = event->kind == SYNC_REQUEST || happens_with_next(run->rewrite, next);

    return asks && run->matters[event->object] && run->held[thread] > 0;
}

/* By chance: as if each event took a random time. */
static uint64_t turn_of(struct schedule_run *run, uint32_t thread)
{
    uint32_t next = simulator_next(run->simulator, thread);

    if (run->policy == SCHEDULE_PRIORITIES)
        return run->priority[thread];
    if (run->policy != SCHEDULE_RANDOM && run->policy != SCHEDULE_HELD_BACK)
        return next;
    bool last = run->policy == SCHEDULE_HELD_BACK && next != SIMULATOR_NONE &&
                is_held_back(run, thread, next);
    return run->now + random_below(run, MOST_TIME) + (last ? HELD_BACK_TIME : 0);
}

static bool goes_before(const struct schedule_run *run, uint32_t a, uint32_t b)
{
    return run->turn[run->ready[a]] < run->turn[run->ready[b]];
}

static void swap_ready(struct schedule_run *run, uint32_t a, uint32_t b)
{
    uint32_t thread = run->ready[a];

    run->ready[a] = run->ready[b];
    run->ready[b] = thread;
}

static void make_ready(struct schedule_run *run, uint32_t thread)
{
    uint32_t at = run->ready_count++;

    run->ready[at] = thread;
    run->turn[thread] = turn_of(run, thread);
    for (; at != 0 && goes_before(run, at, (at - 1) / 2); at = (at - 1) / 2)
        swap_ready(run, at, (at - 1) / 2);
}

static uint32_t take_first(struct schedule_run *run)
{
    uint32_t thread = run->ready[0], at = 0, next;

    run->ready[0] = run->ready[--run->ready_count];
    for (; (next = 2 * at + 1) < run->ready_count; at = next) {
        next += next + 1 < run->ready_count && goes_before(run, next + 1, next);
        if (!goes_before(run, next, at))
            break;
        swap_ready(run, at, next);
    }
    return thread;
}

/* The object by whose events a thread that cannot go on may come to be able to. */
static uint32_t awaited(const struct schedule_run *run, uint32_t thread, uint32_t next)
{
    const struct trace_rewrite *rewrite = run->rewrite;
    bool has_begun = simulator_last(run->simulator, thread) != SIMULATOR_NONE;

    while (happens_with_next(rewrite, next) && simulator_is_enabled(run->simulator, next))
        next++;
    return has_begun || run->end_of[thread] == SYNC_UNKNOWN ? rewrite->trace.events[next].object
                                                            : run->end_of[thread];
}

static void block(struct schedule_run *run, uint32_t thread, uint32_t next)
{
    uint32_t *first = &run->first_blocked[awaited(run, thread, next)];

    run->next_blocked[thread] = *first;
    *first = thread + 1;
}

static void wake(struct schedule_run *run, uint32_t object)
{
    while (run->first_blocked[object] != 0) {
        uint32_t thread = run->first_blocked[object] - 1;
        run->first_blocked[object] = run->next_blocked[thread];
        make_ready(run, thread);
    }
}

static void note_held(struct schedule_run *run, const struct sync_event *event)
{
    uint32_t *held = &run->held[event->thread];

    if (!run->matters[event->object])
        return;
    if (event->kind == SYNC_ACQUIRE)
        ++*held;
    else if (event->kind == SYNC_RELEASE && *held > 0)
        --*held;
}

static void go(struct schedule_run *run, uint32_t thread)
{
    const struct trace_rewrite *rewrite = run->rewrite;
    uint32_t event = simulator_next(run->simulator, thread);

    schedule_execute(run->simulator, rewrite, event);
    run->steps++;
    for (uint32_t last = simulator_last(run->simulator, thread); event <= last; event++) {
        note_held(run, &rewrite->trace.events[event]);
        wake(run, rewrite->trace.events[event].object);
    }
}

/* ---- policies ---- */

/* At some steps, who would go on comes after all others from then on. */
static bool changes_priority(struct schedule_run *run, uint32_t thread)
{
    for (size_t i = 0; i < PRIORITY_CHANGES; i++) {
        if (run->changes[i] != run->steps)
            continue;
        run->changes[i] = SIZE_MAX;
        run->priority[thread] = run->lowest++;
        return true;
    }
    return false;
}

static void draw_priorities(struct schedule_run *run)
{
    const struct sync_trace *trace = &run->rewrite->trace;

    for (uint32_t t = 0; t < trace->thread_count; t++) {
        uint32_t other = random_below(run, t + 1);
        run->priority[t] = run->priority[other];
        run->priority[other] = t;
    }
    run->lowest = trace->thread_count;
    for (size_t i = 0; i < PRIORITY_CHANGES; i++)
        run->changes[i] = random_below(run, trace->event_count + 1);
}

static void begin(struct schedule_run *run, const struct schedule_plan *plan)
{
    const struct sync_trace *trace = &run->rewrite->trace;

    simulator_reset(run->simulator);
    run->random = plan->seed;
    run->steps = 0;
    run->ready_count = 0;
    run->now = 0;
    run->policy = plan->policy;
    memset(run->first_blocked, 0, trace->object_count * sizeof *run->first_blocked);
    memset(run->held, 0, trace->thread_count * sizeof *run->held);
    draw_priorities(run);
}

/* The guide knows better which wake it was. */
static bool can_happen(const struct schedule_run *run, uint32_t event)
{
    return simulator_is_enabled(run->simulator, event) &&
           (!happens_with_next(run->rewrite, event) || can_happen(run, event + 1));
}

/* The threads come to the events of the guide in turn, as far as they can. */
static void follow(struct schedule_run *run, const struct schedule_plan *plan)
{
    const struct trace_rewrite *rewrite = run->rewrite;

    for (size_t i = 0; i < plan->guide_count; i++) {
        uint32_t thread = rewrite->run->events[plan->guide[i]].thread;
        for (uint32_t next = simulator_next(run->simulator, thread);
             next != SIMULATOR_NONE && rewrite->origins[next] <= plan->guide[i] &&
             can_happen(run, next);
             next = simulator_next(run->simulator, thread))
            go(run, thread);
    }
}

static bool are_all_done(const struct schedule_run *run)
{
    for (uint32_t t = 0; t < run->rewrite->trace.thread_count; t++) {
        if (simulator_next(run->simulator, t) != SIMULATOR_NONE)
            return false;
    }
    return true;
}

bool schedule_run(struct schedule_run *run, const struct schedule_plan *plan)
{
    begin(run, plan);
    follow(run, plan);
    for (uint32_t t = 0; t < run->rewrite->trace.thread_count; t++)
        make_ready(run, t);
    while (run->ready_count != 0) {
        uint32_t thread = take_first(run);
        uint32_t next = simulator_next(run->simulator, thread);
        run->now = run->turn[thread];
        if (next == SIMULATOR_NONE)
            continue;
        if (!schedule_is_enabled(run->simulator, run->rewrite, next)) {
            block(run, thread, next);
            continue;
        }
        if (plan->policy != SCHEDULE_PRIORITIES || !changes_priority(run, thread))
            go(run, thread);
        make_ready(run, thread);
    }
    return are_all_done(run);
}

struct schedule_run *schedule_run_create(struct arena *arena, const struct trace_rewrite *rewrite,
                                         const bool *matters)
{
    const struct sync_trace *trace = &rewrite->trace;
    struct schedule_run *run = arena_alloc(arena, 1, sizeof *run);
    size_t threads = trace->thread_count + 1;

    *run = (struct schedule_run){
        .rewrite = rewrite,
        .simulator = simulator_create(arena, trace),
        .matters = matters,
        .end_of = arena_alloc(arena, threads, sizeof(uint32_t)),
        .ready = arena_alloc(arena, threads, sizeof(uint32_t)),
        .first_blocked = arena_alloc(arena, trace->object_count + 1, sizeof(uint32_t)),
        .next_blocked = arena_alloc(arena, threads, sizeof(uint32_t)),
        .turn = arena_alloc(arena, threads, sizeof(uint64_t)),
        .held = arena_alloc(arena, threads, sizeof(uint32_t)),
        .priority = arena_alloc(arena, threads, sizeof(uint32_t)),
    };
    for (uint32_t t = 0; t < trace->thread_count; t++)
        run->end_of[t] = SYNC_UNKNOWN;
    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (trace->objects[i].kind == SYNC_THREAD)
            run->end_of[trace->objects[i].thread] = i;
    }
    return run;
}

const struct simulator *schedule_run_simulator(const struct schedule_run *run)
{
    return run->simulator;
}

const struct trace_rewrite *schedule_run_rewrite(const struct schedule_run *run)
{
    return run->rewrite;
}
