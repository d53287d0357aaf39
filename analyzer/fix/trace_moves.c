#include "analyzer/fix/trace_moves.h"

/* A section of a lock by a thread, from its request on. */
struct open_section {
    uint32_t object, site;
    uint32_t start;    /* its REQUEST or try ACQUIRE */
    uint32_t released; /* 1 more than where it was given back; 0: it is held */
    uint32_t inside;   /* 1 more than the start of the section that it was moved to */
    uint32_t gone_for; /* 1 more than the object inside whose section it is given back */
};

struct thread_sections {
    ARRAY(struct open_section) items; /* in the order they began; those over stay while inside */
    uint32_t request;                 /* 1 more than the last event, if it begins a wait */
};

/* The lock that is taken inside at a nesting's place, if its class has one only. */
struct sole {
    uint32_t object;
    uint32_t from; /* 1 more than where it is asked for; 0: nowhere */
};

struct finder {
    struct arena *arena;
    const struct rewrite_run *run;
    const struct fix_change *change;
    struct trace_moves *moves;
    struct thread_sections *threads;
    struct sole *soles; /* by nesting; NULL unless all is taken at the start */
};

/* In which order locks are taken at once: that of the classes, then of addresses. */
static bool comes_before(const struct finder *finder, uint32_t one, uint32_t other)
{
    const struct rewrite_run *run = finder->run;

    if (run->classes[one] == run->classes[other])
        return run->addresses[one] < run->addresses[other];
    for (size_t i = 0; i < finder->change->class_count; i++) {
        if (finder->change->classes[i] == run->classes[one])
            return true;
        if (finder->change->classes[i] == run->classes[other])
            return false;
    }
    return false;
}

/* In the order in which they are made; those taken at once, in that of the locks. */
static void add_move(struct finder *finder, uint32_t *list, struct move move)
{
    const struct sync_event *events = finder->run->trace->events;
    uint32_t object = events[move.from].object;

    while (*list != 0) {
        struct move *other = &finder->moves->moves.items[*list - 1];
        if (finder->change->kind == FIX_PRE_ACQUIRE &&
            comes_before(finder, object, events[other->from].object))
            break;
        list = &other->next;
    }
    move.next = *list;
    *list = (uint32_t)finder->moves->moves.count + 1;
    *array_add(finder->arena, &finder->moves->moves) = move;
}

static bool is_nested(const struct finder *finder, const struct open_section *outer,
                      const struct sync_event *inner)
{
    const struct rewrite_run *run = finder->run;

    for (size_t i = 0; i < finder->change->nesting_count; i++) {
        const struct fix_nesting *nesting = &finder->change->nestings[i];
        if (run->classes[outer->object] == nesting->outer_class &&
            run->classes[inner->object] == nesting->inner_class && outer->object != inner->object &&
            rewrite_is_at(run, outer->site, nesting->outer_place) &&
            rewrite_is_at(run, inner->site, nesting->inner_place))
            return true;
    }
    return false;
}

/* Two of one class may be in the right order already. */
static bool is_in_order(const struct finder *finder, const struct open_section *outer,
                        const struct sync_event *inner)
{
    return finder->change->kind == FIX_REORDER &&
           finder->run->classes[outer->object] == finder->run->classes[inner->object] &&
           !comes_before(finder, inner->object, outer->object);
}

/* Of a lock that is read again by its reader, nothing is moved. */
static bool is_open_once(const struct thread_sections *thread, uint32_t object)
{
    size_t count = 0;

    for (size_t i = 0; i < thread->items.count; i++)
        count += thread->items.items[i].object == object && thread->items.items[i].released == 0;
    return count == 1;
}

/* The outermost section that is open and that the acquisition is to leave. */
static struct open_section *find_outer(const struct finder *finder,
                                       const struct thread_sections *thread,
                                       const struct sync_event *inner)
{
    for (size_t i = 0; i < thread->items.count; i++) {
        struct open_section *outer = &thread->items.items[i];
        if (outer->released == 0 && outer->gone_for == 0 && is_nested(finder, outer, inner) &&
            is_open_once(thread, outer->object) && !is_in_order(finder, outer, inner))
            return outer;
    }
    return NULL;
}

/* A section of the object that is open, else the one that ended last; NULL if the thread had none
 * of late. */
static struct open_section *find_latest(const struct thread_sections *thread, uint32_t object)
{
    struct open_section *latest = NULL;

    for (size_t i = 0; i < thread->items.count; i++) {
        struct open_section *section = &thread->items.items[i];
        bool is_later = latest == NULL || section->released == 0 ||
                        (latest->released != 0 && section->released > latest->released);
        if (section->object == object && is_later)
            latest = section;
    }
    return latest;
}

/* Of what is over, the latest section of each object is enough. */
static void forget(struct thread_sections *thread, const struct open_section *section)
{
    size_t at = (size_t)(section - thread->items.items);

    for (thread->items.count--; at < thread->items.count; at++)
        thread->items.items[at] = thread->items.items[at + 1];
}

static void add_section(struct finder *finder, struct thread_sections *thread,
                        struct open_section section)
{
    const struct open_section *latest = find_latest(thread, section.object);

    if (latest != NULL && latest->released != 0)
        forget(thread, latest);
    *array_add(finder->arena, &thread->items) = section;
}

static void drop_acquisition(struct finder *finder, uint32_t start, uint32_t position)
{
    finder->moves->is_gone[start] = true;
    finder->moves->is_gone[position] = true;
}

/* Where it was held when the outer section began, or was moved to there, it stays held. */
static bool goes_on(const struct open_section *latest, const struct open_section *outer)
{
    return latest != NULL && latest->released > outer->start &&
           (latest->start < outer->start || latest->inside == outer->start + 1);
}

/* False: it was taken in there before, and not at that place; then it stays where it is. */
static bool take_first(struct finder *finder, struct thread_sections *thread,
                       const struct open_section *outer, uint32_t start, uint32_t position)
{
    const struct sync_event *inner = &finder->run->trace->events[position];
    struct open_section *latest = find_latest(thread, inner->object);

    if (goes_on(latest, outer)) {
        finder->moves->is_gone[latest->released - 1] = true;
        latest->released = 0;
        drop_acquisition(finder, start, position);
        return true;
    }
    if (latest != NULL && (latest->released == 0 || latest->released > outer->start))
        return false;
    bool is_first = finder->change->kind != FIX_PRE_ACQUIRE ||
                    comes_before(finder, inner->object, outer->object);
    uint32_t *lists = is_first ? finder->moves->before : finder->moves->after;
    add_move(finder, &lists[outer->start], (struct move){.from = start});
    drop_acquisition(finder, start, position);
    add_section(finder, thread,
                (struct open_section){.object = inner->object,
                                      .site = inner->site,
                                      .start = start,
                                      .inside = outer->start + 1});
    return true;
}

static void give_back_first(struct finder *finder, struct open_section *outer, uint32_t object,
                            uint32_t start)
{
    add_move(finder, &finder->moves->before[start],
             (struct move){.from = outer->start, .gives_back = true});
    outer->gone_for = object + 1;
}

static void open(struct finder *finder, struct thread_sections *thread, uint32_t position)
{
    const struct sync_event *event = &finder->run->trace->events[position];
    uint32_t start = thread->request != 0 ? thread->request - 1 : position;
    struct open_section *outer = find_outer(finder, thread, event);
    bool gives_back = finder->change->kind == FIX_RELEASE_FIRST;

    if (outer != NULL && !gives_back && take_first(finder, thread, outer, start, position))
        return;
    if (outer != NULL && gives_back)
        give_back_first(finder, outer, event->object, start);
    add_section(
        finder, thread,
        (struct open_section){.object = event->object, .site = event->site, .start = start});
}

/* Those given back for this section are taken again. */
static void take_again(struct finder *finder, struct thread_sections *thread, uint32_t object,
                       uint32_t position)
{
    for (size_t i = 0; i < thread->items.count; i++) {
        struct open_section *section = &thread->items.items[i];
        if (section->gone_for != object + 1)
            continue;
        section->gone_for = 0;
        add_move(finder, &finder->moves->after[position], (struct move){.from = section->start});
    }
}

/* Sections that are over are looked at only while one that began before their end is open. */
static void forget_old(struct thread_sections *thread)
{
    for (size_t i = 0; i < thread->items.count; i++) {
        if (thread->items.items[i].released == 0)
            return;
    }
    thread->items.count = 0;
}

/* Where it was not needed, too. */
static void take_extra(struct finder *finder, struct thread_sections *thread,
                       const struct sole *sole, uint32_t start, uint32_t position)
{
    const struct sync_event *events = finder->run->trace->events;
    const struct open_section *latest = find_latest(thread, sole->object);
    bool is_first = comes_before(finder, sole->object, events[start].object);
    uint32_t *lists = is_first ? finder->moves->before : finder->moves->after;

    if (latest != NULL && (latest->released == 0 || latest->released > start))
        return;
    struct move move = {.from = sole->from - 1, .is_extra = true};
    add_move(finder, &lists[start], move);
    move.gives_back = true;
    add_move(finder, &finder->moves->before[position], move);
    add_section(
        finder, thread,
        (struct open_section){.object = sole->object, .start = start, .released = position + 1});
}

static void take_all(struct finder *finder, struct thread_sections *thread,
                     struct open_section outer, uint32_t position)
{
    const struct rewrite_run *run = finder->run;

    for (size_t i = 0; i < finder->change->nesting_count; i++) {
        const struct fix_nesting *nesting = &finder->change->nestings[i];
        const struct sole *sole = &finder->soles[i];
        if (sole->from != 0 && sole->object != outer.object &&
            run->classes[outer.object] == nesting->outer_class &&
            rewrite_is_at(run, outer.site, nesting->outer_place))
            take_extra(finder, thread, sole, outer.start, position);
    }
}

static void close(struct finder *finder, struct thread_sections *thread, uint32_t position)
{
    uint32_t object = finder->run->trace->events[position].object;

    for (size_t i = thread->items.count; i-- > 0;) {
        struct open_section *section = &thread->items.items[i];
        if (section->object != object || section->released != 0)
            continue;
        section->released = position + 1;
        finder->moves->is_gone[position] = section->gone_for != 0;
        section->gone_for = 0;
        if (finder->soles != NULL)
            take_all(finder, thread, *section, position);
        break;
    }
    take_again(finder, thread, object, position);
    forget_old(thread);
}

/* The mutex of a wait may have been given back already. */
static void pass_wait(struct finder *finder, struct thread_sections *thread, uint32_t position)
{
    uint32_t object = finder->run->trace->events[position].object;

    for (size_t i = 0; i < thread->items.count; i++) {
        const struct open_section *section = &thread->items.items[i];
        if (section->object == object && section->gone_for != 0)
            finder->moves->is_gone[position] = true;
    }
}

/* A wait for something that is then not held: the outer lock is given back for it alone. */
static void pass_by(struct finder *finder, struct thread_sections *thread, uint32_t position)
{
    uint32_t start = thread->request - 1, object = finder->run->trace->events[position].object;
    struct open_section *outer = NULL;

    if (thread->request != 0 && finder->change->kind == FIX_RELEASE_FIRST)
        outer = find_outer(finder, thread, &finder->run->trace->events[start]);
    if (outer == NULL)
        return;
    give_back_first(finder, outer, object, start);
    take_again(finder, thread, object, position);
}

static void take_event(struct finder *finder, uint32_t position)
{
    const struct sync_event *event = &finder->run->trace->events[position];
    struct thread_sections *thread = &finder->threads[event->thread];
    bool in_wait = (event->mode & SYNC_IN_WAIT) != 0;

    if (in_wait)
        pass_wait(finder, thread, position);
    else if (event->kind == SYNC_ACQUIRE)
        open(finder, thread, position);
    else if (event->kind == SYNC_RELEASE)
        close(finder, thread, position);
    thread->request = event->kind == SYNC_REQUEST && !in_wait ? position + 1 : 0;
}

static bool ends_wait(const struct sync_event *event)
{
    return event->kind == SYNC_JOIN || event->kind == SYNC_ONCE_PASS || event->kind == SYNC_TAKE ||
           event->kind == SYNC_BARRIER_LEAVE;
}

/* What nobody holds, or holds for life: only waited for. */
static void take_other(struct finder *finder, uint32_t position)
{
    const struct sync_event *event = &finder->run->trace->events[position];
    struct thread_sections *thread = &finder->threads[event->thread];

    if (ends_wait(event))
        pass_by(finder, thread, position);
    thread->request =
        event->kind == SYNC_REQUEST || event->kind == SYNC_BARRIER_ENTER ? position + 1 : 0;
}

static void find_sole(const struct finder *finder, const struct fix_nesting *nesting,
                      struct sole *sole)
{
    const struct rewrite_run *run = finder->run;
    size_t objects = 0;

    for (uint32_t i = 0; i < run->trace->object_count; i++) {
        if (run->classes[i] == nesting->inner_class) {
            sole->object = i;
            objects++;
        }
    }
    for (size_t i = 0; i < run->trace->event_count && sole->from == 0 && objects == 1; i++) {
        const struct sync_event *event = &run->trace->events[i];
        bool asks = event->kind == SYNC_REQUEST && (event->mode & SYNC_IN_WAIT) == 0;
        if (event->object == sole->object && asks &&
            rewrite_is_at(run, event->site, nesting->inner_place))
            sole->from = (uint32_t)i + 1;
    }
}

static void find_soles(struct finder *finder)
{
    const struct fix_change *change = finder->change;

    finder->soles = arena_alloc(finder->arena, change->nesting_count, sizeof *finder->soles);
    for (size_t i = 0; i < change->nesting_count; i++)
        find_sole(finder, &change->nestings[i], &finder->soles[i]);
}

void trace_moves_find(struct arena *arena, const struct rewrite_run *run,
                      const struct fix_change *change, struct trace_moves *moves)
{
    size_t count = run->trace->event_count;
    struct finder finder = {.arena = arena, .run = run, .change = change, .moves = moves};

    *moves = (struct trace_moves){
        .is_gone = arena_alloc(arena, count, sizeof *moves->is_gone),
        .before = arena_alloc(arena, count, sizeof *moves->before),
        .after = arena_alloc(arena, count, sizeof *moves->after),
    };
    finder.threads = arena_alloc(arena, run->trace->thread_count, sizeof *finder.threads);
    if (change->kind == FIX_PRE_ACQUIRE)
        find_soles(&finder);
    for (size_t i = 0; i < count; i++) {
        if (rewrite_is_of_lock(run->trace, &run->trace->events[i]))
            take_event(&finder, (uint32_t)i);
        else
            take_other(&finder, (uint32_t)i);
    }
}
