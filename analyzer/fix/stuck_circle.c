#include "analyzer/fix/stuck_circle.h"

#include "analyzer/schedule/held_stack.h"

enum visit { VISIT_NEW, VISIT_OPEN, VISIT_OVER };

/* A thread of a circle: what it asks for, in the run as it was, and what it held there. */
struct member {
    uint32_t thread, request;
    bool is_added; /* it asks for what only the change made it ask for */
    struct held_stack held;
};

struct search {
    struct arena arena;
    const struct schedule_run *run;
    const struct stuck_finding *finding;
    const struct trace_rewrite *rewrite;
    bool is_changed, told;
    uint8_t *visits;
    uint32_t *path;
    size_t depth;
    enum stuck found;
};

/* ---- a circle ---- */

static uint32_t request_of(const struct search *search, uint32_t thread)
{
    const struct simulator *simulator = schedule_run_simulator(search->run);
    uint32_t next = simulator_next(simulator, thread);
    bool stands_before =
        next != SIMULATOR_NONE && ((search->rewrite->marks[next] & REWRITE_WITH_NEXT) != 0 ||
                                   search->rewrite->trace.events[next].kind == SYNC_WAIT_END);

    return stands_before ? next : simulator_last(simulator, thread);
}

static void find_member(struct search *search, uint32_t thread, struct member *member)
{
    const struct sync_event *events = search->rewrite->run->events;
    uint32_t request = request_of(search, thread);

    *member = (struct member){
        .thread = thread,
        .request = search->rewrite->origins[request],
        .is_added = (search->rewrite->marks[request] & REWRITE_ADDED) != 0,
    };
    for (uint32_t i = 0; i < member->request; i++) {
        const struct sync_event *event = &events[i];
        if (event->thread == thread && event->kind == SYNC_ACQUIRE)
            held_stack_push(&search->arena, &member->held, event->object, event->mode & SYNC_READER,
                            event->site);
        else if (event->thread == thread && event->kind == SYNC_RELEASE)
            (void)!held_stack_remove(&member->held, event->object, NULL);
    }
}

static const struct held_entry *find_held(const struct member *member, uint32_t object)
{
    for (size_t i = member->held.count; i-- > 0;) {
        if (member->held.items[i].object == object)
            return &member->held.items[i];
    }
    return NULL;
}

static const struct sync_event *event_of(const struct search *search, const struct member *member)
{
    return &search->rewrite->run->events[member->request];
}

/* Whether the one waits for the other in the run, too, when both are at their requests. */
static bool waited_before(const struct search *search, const struct member *waiter,
                          const struct member *holder)
{
    const struct sync_event *wanted = event_of(search, waiter), *other = event_of(search, holder);
    const struct sync_object *object = &search->rewrite->run->objects[wanted->object];
    const struct held_entry *held = find_held(holder, wanted->object);
    bool reads = (wanted->mode & SYNC_READER) != 0;

    if (waiter->is_added || holder->is_added)
        return false;
    if (object->kind == SYNC_THREAD)
        return object->thread == holder->thread;
    if (held != NULL && (!held->reader || !reads))
        return true;
    return object->kind == SYNC_WRITER_QUEUE && reads && other->object == wanted->object &&
           (other->mode & SYNC_READER) == 0;
}

static bool share_gate(const struct member *a, const struct member *b)
{
    for (size_t i = 0; i < a->held.count; i++) {
        const struct held_entry *other = find_held(b, a->held.items[i].object);
        if (other != NULL && !(other->reader && a->held.items[i].reader))
            return true;
    }
    return false;
}

static bool was_there_before(const struct search *search, const struct member *members,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!waited_before(search, &members[i], &members[(i + 1) % count]))
            return false;
        for (size_t j = 0; j < i; j++) {
            if (share_gate(&members[i], &members[j]))
                return false;
        }
    }
    return true;
}

static bool is_step(const struct search *search, const struct stuck_step *step,
                    const struct member *member, uint32_t awaited)
{
    const struct rewrite_run *run = search->finding->run;
    const struct sync_event *event = event_of(search, member);
    const struct held_entry *held = find_held(member, awaited);

    return run->classes[event->object] == step->class &&
           rewrite_is_at(run, event->site, step->place) &&
           run->classes[awaited] == step->held_class &&
           (held == NULL || rewrite_is_at(run, held->tag, step->held_place));
}

/* Each member takes the part of another step; its own lock is what the one before it waits for. */
static bool is_finding(const struct search *search, const struct member *members, size_t count)
{
    const struct stuck_finding *finding = search->finding;
    uint64_t taken = 0;

    if (finding->by_waits && search->told)
        return true;
    if (count != finding->step_count || count > 64)
        return false;
    for (size_t i = 0; i < count; i++) {
        uint32_t awaited = event_of(search, &members[(i + count - 1) % count])->object;
        size_t s = 0;
        while (s < count && ((taken >> s & 1) != 0 ||
                             !is_step(search, &finding->steps[s], &members[i], awaited)))
            s++;
        if (s == count)
            return false;
        taken |= (uint64_t)1 << s;
    }
    return true;
}

static enum stuck judge(struct search *search, const uint32_t *threads, size_t count)
{
    struct member *members = arena_alloc(&search->arena, count, sizeof *members);

    for (size_t i = 0; i < count; i++)
        find_member(search, threads[i], &members[i]);
    if (is_finding(search, members, count))
        return STUCK_HERE;
    return search->is_changed && !was_there_before(search, members, count) ? STUCK_HERE
                                                                           : STUCK_ELSEWHERE;
}

/* ---- finding them ---- */

static void close_circle(struct search *search, uint32_t thread)
{
    size_t first = search->depth;

    while (search->path[first - 1] != thread)
        first--;
    enum stuck own = judge(search, &search->path[first - 1], search->depth - first + 1);
    if (own > search->found)
        search->found = own;
}

static void visit(struct search *search, uint32_t thread)
{
    search->visits[thread] = VISIT_OPEN;
    search->path[search->depth++] = thread;
    for (uint32_t t = 0; t < search->rewrite->trace.thread_count && search->found != STUCK_HERE;
         t++) {
        if (search->visits[t] == VISIT_OVER ||
            !schedule_run_waits_for(search->run, thread, t, search->told))
            continue;
        if (search->visits[t] == VISIT_OPEN)
            close_circle(search, t);
        else
            visit(search, t);
    }
    search->depth--;
    search->visits[thread] = VISIT_OVER;
}

static void visit_all(struct search *search, bool told)
{
    uint32_t count = search->rewrite->trace.thread_count;

    search->told = told;
    for (uint32_t t = 0; t < count; t++)
        search->visits[t] = VISIT_NEW;
    for (uint32_t t = 0; t < count && search->found != STUCK_HERE; t++) {
        if (search->visits[t] == VISIT_NEW)
            visit(search, t);
    }
}

enum stuck stuck_circle_find(const struct schedule_run *run, const struct stuck_finding *finding,
                             bool is_changed)
{
    struct search search = {
        .run = run,
        .finding = finding,
        .rewrite = schedule_run_rewrite(run),
        .is_changed = is_changed,
    };
    uint32_t threads = search.rewrite->trace.thread_count;

    arena_init(&search.arena, SIZE_MAX);
    search.visits = arena_alloc(&search.arena, threads + 1, sizeof *search.visits);
    search.path = arena_alloc(&search.arena, threads + 1, sizeof *search.path);
    visit_all(&search, false);
    if (search.found == STUCK_NONE && finding->by_waits)
        visit_all(&search, true);
    arena_destroy(&search.arena);
    return search.found;
}
