#include "analyzer/fix/trace_rewrite.h"

#include "analyzer/fix/trace_moves.h"

/* How often a thread holds what became one lock. */
struct depth {
    uint32_t lock;
    uint32_t count;
    bool keeps; /* through the wait that it is in */
};

struct rewrite_thread {
    uint64_t work_ns, last_ns; /* since the last event that was made; time of the last one */
    ARRAY(struct depth) depths;
    ARRAY(uint32_t) gated; /* locks taken under the gate */
    bool has_gate;
    bool has_taken;    /* what it asked for came together with others */
    uint32_t deferred; /* 1 more than the first move to behind what it asks for */
};

struct rewriter {
    struct arena *arena;
    const struct rewrite_run *run;
    const struct fix_change *change; /* NULL: none */
    struct trace_rewrite *rewrite;
    struct trace_moves moves;
    struct rewrite_thread *threads;
    const uint32_t *one; /* by object: the lock that it became, or SYNC_UNKNOWN; NULL: none did */
    uint32_t *last_wake; /* by object: 1 more than the last wake made */
    ARRAY(struct sync_event) events;
    ARRAY(uint32_t) origins;
    ARRAY(uint8_t) marks;
    ARRAY(uint32_t) wakes;
    ARRAY(uint64_t) works;
};

/* ---- what is made ---- */

static uint32_t find_wake(struct rewriter *rewriter, struct sync_event *event)
{
    uint32_t *last = &rewriter->last_wake[event->object];

    if (event->kind == SYNC_SIGNAL || event->kind == SYNC_BROADCAST)
        *last = (uint32_t)rewriter->events.count + 1;
    if (event->kind != SYNC_WAIT_END || (event->mode & SYNC_NOT_WOKEN) != 0)
        return 0;
    event->mode |= SYNC_NOT_WOKEN;
    return *last;
}

static void make(struct rewriter *rewriter, uint32_t origin, struct sync_event event, uint8_t marks)
{
    struct rewrite_thread *thread = &rewriter->threads[event.thread];

    *array_add(rewriter->arena, &rewriter->wakes) = find_wake(rewriter, &event);
    *array_add(rewriter->arena, &rewriter->events) = event;
    *array_add(rewriter->arena, &rewriter->origins) = origin;
    *array_add(rewriter->arena, &rewriter->marks) = marks;
    if (rewriter->run->trace->times != NULL)
        *array_add(rewriter->arena, &rewriter->works) = thread->work_ns;
    thread->work_ns = 0;
}

/* An event of a lock besides those of the run, of the thread that is there at `origin`. */
static void add(struct rewriter *rewriter, uint32_t origin, uint32_t lock,
                enum sync_event_kind kind, uint32_t mode, uint8_t marks)
{
    struct sync_event event = rewriter->run->trace->events[origin];

    event.object = lock;
    event.kind = (uint8_t)kind;
    event.mode = (uint8_t)mode;
    make(rewriter, origin, event, marks | REWRITE_ADDED);
}

/* ---- one lock ---- */

static const uint32_t *find_ones(struct rewriter *rewriter)
{
    const struct rewrite_run *run = rewriter->run;
    const struct fix_change *change = rewriter->change;
    uint32_t *one = arena_alloc(rewriter->arena, run->trace->object_count, sizeof *one);

    for (uint32_t i = 0; i < run->trace->object_count; i++) {
        one[i] = SYNC_UNKNOWN;
        for (size_t c = 0; c < change->class_count; c++) {
            if (run->classes[i] == change->classes[c])
                one[i] = change->keeps_apart ? i : rewriter->rewrite->new_lock;
        }
    }
    return one;
}

static struct depth *depth_of(struct rewriter *rewriter, uint32_t thread, uint32_t lock)
{
    struct rewrite_thread *of = &rewriter->threads[thread];

    for (size_t i = 0; i < of->depths.count; i++) {
        if (of->depths.items[i].lock == lock)
            return &of->depths.items[i];
    }
    *array_add(rewriter->arena, &of->depths) = (struct depth){.lock = lock};
    return &of->depths.items[of->depths.count - 1];
}

/* Whether the event of the mutex of a condition wait is still there. */
static bool keeps_in_wait(struct rewriter *rewriter, struct depth *depth,
                          const struct sync_event *event)
{
    if (event->kind == SYNC_RELEASE) {
        depth->keeps = depth->count > 1 && rewriter->change->kind == FIX_RECURSIVE_LOCK;
        rewriter->rewrite->keeps_mutex |= depth->keeps;
    }
    bool is_there = !depth->keeps;
    if (event->kind == SYNC_ACQUIRE)
        depth->keeps = false;
    return is_there;
}

/* Whether the event of a lock that became another is still there. */
static bool keeps_event(struct rewriter *rewriter, struct depth *depth,
                        const struct sync_event *event)
{
    if ((event->mode & SYNC_IN_WAIT) != 0)
        return keeps_in_wait(rewriter, depth, event);
    switch ((enum sync_event_kind)event->kind) {
    case SYNC_ACQUIRE:
        return depth->count++ == 0;
    case SYNC_RELEASE:
        return depth->count > 0 && --depth->count == 0;
    default:
        return depth->count == 0;
    }
}

static void make_one(struct rewriter *rewriter, uint32_t position)
{
    struct sync_event event = rewriter->run->trace->events[position];
    uint32_t lock = rewriter->one[event.object];

    if (lock == SYNC_UNKNOWN || !rewrite_is_of_lock(rewriter->run->trace, &event)) {
        make(rewriter, position, event, 0);
        return;
    }
    bool keeps = keeps_event(rewriter, depth_of(rewriter, event.thread, lock), &event);
    event.object = lock;
    event.mode &= (uint8_t)~SYNC_READER;
    if (keeps)
        make(rewriter, position, event, 0);
}

/* ---- a gate ---- */

static bool is_gated(const struct rewriter *rewriter, const struct sync_event *event)
{
    const struct fix_change *change = rewriter->change;
    uint32_t class = rewriter->run->classes[event->object];

    for (size_t i = 0; i < change->nesting_count; i++) {
        const struct fix_nesting *nesting = &change->nestings[i];
        if (class == nesting->outer_class &&
            rewrite_is_at(rewriter->run, event->site, nesting->outer_place))
            return true;
    }
    return change->nesting_count == 0 && rewriter->one[event->object] != SYNC_UNKNOWN;
}

static void enter_gate(struct rewriter *rewriter, uint32_t position)
{
    const struct sync_event *event = &rewriter->run->trace->events[position];
    struct rewrite_thread *thread = &rewriter->threads[event->thread];
    bool asks = event->kind == SYNC_REQUEST || event->kind == SYNC_ACQUIRE;

    if (!asks || (event->mode & SYNC_IN_WAIT) != 0)
        return;
    if (!thread->has_gate && is_gated(rewriter, event)) {
        add(rewriter, position, rewriter->rewrite->new_lock, SYNC_REQUEST, 0, 0);
        add(rewriter, position, rewriter->rewrite->new_lock, SYNC_ACQUIRE, 0, 0);
        thread->has_gate = true;
    }
    bool counts = rewriter->one[event->object] != SYNC_UNKNOWN || is_gated(rewriter, event);
    if (event->kind == SYNC_ACQUIRE && thread->has_gate && counts)
        *array_add(rewriter->arena, &thread->gated) = event->object;
}

/* After the last of the locks taken under it, also if that one was asked for in vain. */
static void leave_gate(struct rewriter *rewriter, uint32_t position)
{
    const struct sync_event *event = &rewriter->run->trace->events[position];
    struct rewrite_thread *thread = &rewriter->threads[event->thread];
    bool ends = (event->kind == SYNC_RELEASE && (event->mode & SYNC_IN_WAIT) == 0) ||
                event->kind == SYNC_TRY_FAIL;

    if (!thread->has_gate || !ends)
        return;
    for (size_t i = thread->gated.count; event->kind == SYNC_RELEASE && i-- > 0;) {
        if (thread->gated.items[i] != event->object)
            continue;
        thread->gated.items[i] = thread->gated.items[--thread->gated.count];
        break;
    }
    if (thread->gated.count > 0)
        return;
    add(rewriter, position, rewriter->rewrite->new_lock, SYNC_RELEASE, 0, 0);
    thread->has_gate = false;
}

static void make_gated(struct rewriter *rewriter, uint32_t position)
{
    const struct sync_event *event = &rewriter->run->trace->events[position];
    bool is_of_lock = rewrite_is_of_lock(rewriter->run->trace, event);

    if (is_of_lock)
        enter_gate(rewriter, position);
    make(rewriter, position, *event, 0);
    if (is_of_lock)
        leave_gate(rewriter, position);
}

/* ---- moves ---- */

static void acquire(struct rewriter *rewriter, uint32_t origin, uint32_t from)
{
    struct sync_event event = rewriter->run->trace->events[from], acquired;
    uint32_t reads = event.mode & SYNC_READER;

    event.thread = rewriter->run->trace->events[origin].thread;
    acquired = event;

    acquired.kind = SYNC_ACQUIRE;
    acquired.mode = (uint8_t)reads;
    if (rewriter->change->kind == FIX_TRY_BACKOFF) {
        acquired.mode |= SYNC_TRY;
        make(rewriter, origin, acquired, REWRITE_ADDED | REWRITE_WITH_NEXT);
        return;
    }
    if (event.kind == SYNC_REQUEST)
        make(rewriter, origin, event, REWRITE_ADDED);
    else
        acquired.mode |= SYNC_TRY;
    make(rewriter, origin, acquired, REWRITE_ADDED);
}

static void make_moves(struct rewriter *rewriter, uint32_t origin, uint32_t first)
{
    for (uint32_t next = first; next != 0;) {
        const struct move *move = &rewriter->moves.moves.items[next - 1];
        const struct sync_event *from = &rewriter->run->trace->events[move->from];
        if (move->gives_back) {
            add(rewriter, origin, from->object, SYNC_RELEASE, from->mode & SYNC_READER, 0);
        } else {
            bool came_along = rewriter->moves.is_gone[move->from] && !move->is_extra;
            if (came_along)
                make_moves(rewriter, origin, rewriter->moves.before[move->from]);
            acquire(rewriter, origin, move->from);
            if (came_along)
                make_moves(rewriter, origin, rewriter->moves.after[move->from]);
        }
        next = move->next;
    }
}

/* What the thread asks for it gets together with what was moved there. */
static void make_at_once(struct rewriter *rewriter, uint32_t position)
{
    struct sync_event event = rewriter->run->trace->events[position];

    rewriter->threads[event.thread].has_taken = event.kind == SYNC_REQUEST;
    event.kind = SYNC_ACQUIRE;
    event.mode = (event.mode & SYNC_READER) | SYNC_TRY;
    make(rewriter, position, event, 0);
}

/* An event that stays where it is. */
static void make_here(struct rewriter *rewriter, uint32_t position)
{
    const struct trace_moves *moves = &rewriter->moves;
    const struct sync_event *event = &rewriter->run->trace->events[position];
    struct rewrite_thread *thread = &rewriter->threads[event->thread];

    make_moves(rewriter, position, moves->before[position]);
    if (rewriter->change->kind == FIX_TRY_BACKOFF && moves->before[position] != 0)
        make_at_once(rewriter, position);
    else
        make(rewriter, position, *event, 0);
    make_moves(rewriter, position, thread->deferred);
    thread->deferred = event->kind == SYNC_REQUEST ? moves->after[position] : 0;
    if (event->kind != SYNC_REQUEST)
        make_moves(rewriter, position, moves->after[position]);
}

static void make_moved(struct rewriter *rewriter, uint32_t position)
{
    const struct sync_event *event = &rewriter->run->trace->events[position];
    const struct trace_moves *moves = &rewriter->moves;
    struct rewrite_thread *thread = &rewriter->threads[event->thread];

    if (thread->has_taken) {
        thread->has_taken = false;
    } else if (!moves->is_gone[position]) {
        make_here(rewriter, position);
    } else if (event->kind == SYNC_RELEASE) { /* what is around an acquisition goes with it */
        make_moves(rewriter, position, moves->before[position]);
        make_moves(rewriter, position, moves->after[position]);
    }
}

/* ---- the run ---- */

bool rewrite_ends_wait(const struct sync_event *event)
{
    switch ((enum sync_event_kind)event->kind) {
    case SYNC_ACQUIRE:
    case SYNC_TAKE:
    case SYNC_JOIN:
        return (event->mode & SYNC_TRY) == 0;
    case SYNC_TRY_FAIL:
        return (event->mode & SYNC_TIMED) != 0;
    default:
        return event->kind == SYNC_WAIT_END || event->kind == SYNC_BARRIER_LEAVE ||
               event->kind == SYNC_ONCE_PASS || event->kind == SYNC_BEGIN;
    }
}

static void count_work(struct rewriter *rewriter, uint32_t position)
{
    const struct sync_event *event = &rewriter->run->trace->events[position];
    struct rewrite_thread *thread = &rewriter->threads[event->thread];
    uint64_t before, now;

    if (rewriter->run->trace->times == NULL)
        return;
    now = rewriter->run->trace->times[position];
    before = thread->last_ns + rewriter->run->least_ns;
    if (thread->last_ns != 0 && now > before && !rewrite_ends_wait(event))
        thread->work_ns += now - before;
    thread->last_ns = now;
}

static void make_event(struct rewriter *rewriter, uint32_t position)
{
    if (rewriter->change == NULL) {
        make(rewriter, position, rewriter->run->trace->events[position], 0);
        return;
    }
    switch (rewriter->change->kind) {
    case FIX_RECURSIVE_LOCK:
    case FIX_SINGLE_LOCK:
        make_one(rewriter, position);
        break;
    case FIX_GATE_LOCK:
        make_gated(rewriter, position);
        break;
    default:
        make_moved(rewriter, position);
    }
}

static bool adds_lock(const struct fix_change *change)
{
    return change->kind == FIX_GATE_LOCK ||
           ((change->kind == FIX_RECURSIVE_LOCK || change->kind == FIX_SINGLE_LOCK) &&
            !change->keeps_apart);
}

static void copy_objects(struct rewriter *rewriter)
{
    const struct sync_trace *run = rewriter->run->trace;
    struct sync_object *objects =
        arena_alloc(rewriter->arena, run->object_count + 1, sizeof *objects);

    for (uint32_t i = 0; i < run->object_count; i++)
        objects[i] = run->objects[i];
    objects[run->object_count].kind = SYNC_LOCK;
    rewriter->rewrite->trace.objects = objects;
    if (rewriter->change != NULL && adds_lock(rewriter->change))
        rewriter->rewrite->new_lock = rewriter->rewrite->trace.object_count++;
}

static void prepare(struct rewriter *rewriter)
{
    const struct fix_change *change = rewriter->change;

    copy_objects(rewriter);
    if (change == NULL)
        return;
    if (adds_lock(change) || change->keeps_apart)
        rewriter->one = find_ones(rewriter);
    else
        trace_moves_find(rewriter->arena, rewriter->run, change, &rewriter->moves);
}

void trace_rewrite_make(struct arena *arena, const struct rewrite_run *run,
                        const struct fix_change *change, struct trace_rewrite *rewrite)
{
    struct rewriter rewriter = {.arena = arena, .run = run, .change = change, .rewrite = rewrite};

    *rewrite =
        (struct trace_rewrite){.run = run->trace, .trace = *run->trace, .new_lock = SYNC_UNKNOWN};
    rewrite->trace.times = NULL;
    prepare(&rewriter);
    rewriter.threads = arena_alloc(arena, run->trace->thread_count, sizeof *rewriter.threads);
    rewriter.last_wake = arena_alloc(arena, run->trace->object_count, sizeof(uint32_t));
    for (size_t i = 0; i < run->trace->event_count; i++) {
        count_work(&rewriter, (uint32_t)i);
        make_event(&rewriter, (uint32_t)i);
    }
    rewrite->trace.events = rewriter.events.items;
    rewrite->trace.event_count = rewriter.events.count;
    rewrite->origins = rewriter.origins.items;
    rewrite->marks = rewriter.marks.items;
    rewrite->wakes = rewriter.wakes.items;
    rewrite->work_ns = rewriter.works.items;
}
