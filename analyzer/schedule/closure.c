#include "analyzer/schedule/closure.h"

struct reach {
    uint32_t events;                            /* how many of the thread are inside */
    uint32_t open_at;                           /* 0, or sections open at this event stay open */
    size_t next_edge, next_guess, next_section; /* not taken in yet */
    bool is_listed, is_queued;
    struct closure_cause cause;
};

/* A section of a lock that reads, after the latest that writes. */
struct reader {
    const struct section *section;
    uint32_t next;
};

struct lock_reach {
    const struct section *writer; /* the latest inside */
    uint32_t readers;             /* list of those after it whose end is not inside for sure */
    bool is_listed, is_of_pattern, keeps_data;
};

struct closure {
    struct arena *arena;
    const struct schedule_index *index;
    enum closure_rule rule;
    struct reach *threads;
    struct lock_reach *locks;
    ARRAY(uint32_t) queue;                    /* threads whose reach has grown */
    ARRAY(uint32_t) used_threads, used_locks; /* what to forget before the next */
    ARRAY(struct reader) readers;
    uint64_t work;
};

struct closure *closure_create(struct arena *arena, const struct schedule_index *index)
{
    struct closure *closure = arena_alloc(arena, 1, sizeof *closure);

    closure->arena = arena;
    closure->index = index;
    closure->threads = arena_alloc(arena, index->thread_count, sizeof *closure->threads);
    closure->locks = arena_alloc(arena, index->trace->object_count, sizeof *closure->locks);
    return closure;
}

void closure_begin(struct closure *closure, enum closure_rule rule)
{
    for (size_t i = 0; i < closure->used_threads.count; i++)
        closure->threads[closure->used_threads.items[i]] = (struct reach){0};
    for (size_t i = 0; i < closure->used_locks.count; i++)
        closure->locks[closure->used_locks.items[i]] = (struct lock_reach){0};
    closure->used_threads.count = 0;
    closure->used_locks.count = 0;
    closure->readers.count = 0;
    closure->queue.count = 0;
    closure->rule = rule;
}

static struct reach *use_thread(struct closure *closure, uint32_t thread)
{
    struct reach *reach = &closure->threads[thread];

    if (!reach->is_listed) {
        reach->is_listed = true;
        *array_add(closure->arena, &closure->used_threads) = thread;
    }
    return reach;
}

static struct lock_reach *use_lock(struct closure *closure, uint32_t object)
{
    struct lock_reach *lock = &closure->locks[object];

    if (!lock->is_listed) {
        lock->is_listed = true;
        *array_add(closure->arena, &closure->used_locks) = object;
    }
    return lock;
}

void closure_keep_open(struct closure *closure, uint32_t thread, uint32_t event, uint32_t object)
{
    use_thread(closure, thread)->open_at = event;
    use_lock(closure, object)->is_of_pattern = true;
}

void closure_keep_data(struct closure *closure, uint32_t object)
{
    use_lock(closure, object)->keeps_data = true;
}

static void raise_reach(struct closure *closure, uint32_t thread, uint32_t events,
                        struct closure_cause cause)
{
    struct reach *reach = &closure->threads[thread];

    if (events <= reach->events)
        return;
    (void)use_thread(closure, thread);
    reach->events = events;
    reach->cause = cause;
    if (!reach->is_queued) {
        reach->is_queued = true;
        *array_add(closure->arena, &closure->queue) = thread;
    }
}

static bool need_end(struct closure *closure, const struct section *section)
{
    if (section->released == 0)
        return false;
    raise_reach(closure, section->thread, section->released, (struct closure_cause){0});
    return true;
}

/* The readers before position `at` have to be over; the others stay in the list. True in *any_after
 * if there are such. */
static bool end_readers(struct closure *closure, struct lock_reach *lock, uint32_t at,
                        bool *any_after)
{
    uint32_t kept = 0;

    for (uint32_t i = lock->readers, next; i != 0; i = next) {
        struct reader *reader = &closure->readers.items[i - 1];
        next = reader->next;
        if (reader->section->acquired_at < at) {
            if (!need_end(closure, reader->section))
                return false;
        } else {
            reader->next = kept;
            kept = i;
        }
    }
    lock->readers = kept;
    *any_after = kept != 0;
    return true;
}

static bool add_writer(struct closure *closure, struct lock_reach *lock,
                       const struct section *section)
{
    const struct section *before = lock->writer;
    bool any_after = false;

    if (before != NULL && section->acquired_at < before->acquired_at)
        return need_end(closure, section);
    lock->writer = section;
    if (before != NULL && !need_end(closure, before))
        return false;
    return end_readers(closure, lock, section->acquired_at, &any_after) &&
           (!any_after || need_end(closure, section));
}

static bool add_reader(struct closure *closure, struct lock_reach *lock,
                       const struct section *section)
{
    if (lock->writer != NULL && section->acquired_at < lock->writer->acquired_at)
        return need_end(closure, section);
    if (lock->writer != NULL && !need_end(closure, lock->writer))
        return false;
    *array_add(closure->arena, &closure->readers) = (struct reader){section, lock->readers};
    lock->readers = (uint32_t)closure->readers.count;
    return true;
}

static bool stays_open(const struct closure *closure, const struct section *section)
{
    uint32_t at = closure->threads[section->thread].open_at;

    return at != 0 && section->acquired < at && (section->released == 0 || section->released > at);
}

/* The data it found: what the section before it that writes left. */
static bool add_source(struct closure *closure, const struct section *section)
{
    if (section->after == SECTION_NONE)
        return true;
    return need_end(closure,
                    &closure->index->threads[section->after_thread].sections.items[section->after]);
}

static bool add_section(struct closure *closure, const struct section *section)
{
    struct lock_reach *lock = use_lock(closure, section->object);

    if (closure->rule == CLOSURE_ENDED)
        return stays_open(closure, section) || need_end(closure, section);
    bool has_source =
        closure->rule == CLOSURE_DATA && !(lock->is_of_pattern && stays_open(closure, section));
    if ((has_source || lock->keeps_data) && !add_source(closure, section))
        return false;
    return section->reader ? add_reader(closure, lock, section)
                           : add_writer(closure, lock, section);
}

/* Follows the edges of a list that lead into what is new of the thread, from the next one on. */
static void follow_edges(struct closure *closure, uint32_t thread, const struct edge_list *edges,
                         size_t *next)
{
    uint32_t events = closure->threads[thread].events;

    for (; *next < edges->count && edges->items[*next].index <= events; ++*next) {
        const struct edge *edge = &edges->items[*next];
        raise_reach(closure, edge->thread, edge->from,
                    (struct closure_cause){edge->from, thread, edge->index});
        closure->work++;
    }
}

static void take_edges(struct closure *closure, uint32_t thread)
{
    const struct thread_index *index = &closure->index->threads[thread];
    struct reach *reach = &closure->threads[thread];

    follow_edges(closure, thread,
                 closure->rule == CLOSURE_MUST ? &index->must_edges : &index->edges,
                 &reach->next_edge);
    if (closure->rule == CLOSURE_GUESSED)
        follow_edges(closure, thread, &index->guesses, &reach->next_guess);
}

static bool take_sections(struct closure *closure, uint32_t thread)
{
    const struct thread_index *index = &closure->index->threads[thread];
    struct reach *reach = &closure->threads[thread];

    while (reach->next_section < index->sections.count &&
           index->sections.items[reach->next_section].acquired <= reach->events) {
        closure->work++;
        if (!add_section(closure, &index->sections.items[reach->next_section++]))
            return false;
    }
    return true;
}

bool closure_add(struct closure *closure, uint32_t thread, uint32_t events)
{
    raise_reach(closure, thread, events, (struct closure_cause){events, SYNC_UNKNOWN, 0});
    while (closure->queue.count > 0) {
        uint32_t next = closure->queue.items[--closure->queue.count];
        closure->threads[next].is_queued = false;
        take_edges(closure, next);
        if (closure->rule != CLOSURE_MUST && !take_sections(closure, next))
            return false;
    }
    return true;
}

uint32_t closure_reach(const struct closure *closure, uint32_t thread)
{
    return closure->threads[thread].events;
}

struct closure_cause closure_cause_of(const struct closure *closure, uint32_t thread)
{
    return closure->threads[thread].cause;
}

uint64_t closure_work(const struct closure *closure)
{
    return closure->work;
}
