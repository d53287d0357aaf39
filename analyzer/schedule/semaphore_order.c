#include "analyzer/schedule/semaphore_order.h"

#include <string.h>
#include "analyzer/schedule/closure.h"

enum { USES_MAX = 512, WORDS = USES_MAX / 64 };

/* A post or a take. */
struct use {
    uint32_t thread, index;
    bool is_post;
    bool is_forced;        /* a take that can only succeed */
    uint32_t takes_before; /* forced ones that come before it in every schedule */
    /* Sets of the posts that do, and of those that come after it. */
    uint64_t posts_before[WORDS], posts_after[WORDS];
};

struct semaphore {
    uint32_t initial, post_count;
    bool is_too_large;
    ARRAY(struct use) uses; /* in the order of the trace */
};

static void collect_uses(struct arena *arena, const struct sync_trace *trace,
                         struct semaphore *semaphores)
{
    uint32_t *events = arena_alloc(arena, trace->thread_count, sizeof *events);

    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        events[event->thread]++;
        if (event->kind != SYNC_POST && event->kind != SYNC_TAKE)
            continue;
        struct semaphore *semaphore = &semaphores[event->object];
        if (semaphore->uses.count == USES_MAX) {
            semaphore->is_too_large = true;
            continue;
        }
        bool is_post = event->kind == SYNC_POST;
        *array_add(arena, &semaphore->uses) = (struct use){
            .thread = event->thread,
            .index = events[event->thread],
            .is_post = is_post,
            .is_forced = !is_post && (event->mode & SYNC_TRY) == 0,
        };
        semaphore->post_count += is_post;
    }
}

static void add_bit(uint64_t *set, size_t i)
{
    set[i / 64] |= UINT64_C(1) << i % 64;
}

static bool has_bit(const uint64_t *set, size_t i)
{
    return (set[i / 64] >> i % 64 & 1) != 0;
}

/* Fills in what comes before what, as far as it is known. */
static void relate_uses(struct closure *must, struct semaphore *semaphore)
{
    size_t count = semaphore->uses.count;

    for (size_t i = 0; i < count; i++)
        memset(semaphore->uses.items[i].posts_after, 0, sizeof(uint64_t) * WORDS);
    for (size_t i = 0; i < count; i++) {
        struct use *later = &semaphore->uses.items[i];
        closure_begin(must, CLOSURE_MUST);
        (void)!closure_add(must, later->thread, later->index);
        later->takes_before = 0;
        memset(later->posts_before, 0, sizeof later->posts_before);
        for (size_t j = 0; j < count; j++) {
            struct use *earlier = &semaphore->uses.items[j];
            if (i == j || closure_reach(must, earlier->thread) < earlier->index)
                continue;
            later->takes_before += earlier->is_forced;
            if (later->is_post)
                add_bit(earlier->posts_after, i);
            if (earlier->is_post)
                add_bit(later->posts_before, j);
        }
    }
}

/* Whether the take would lack a post if this one had not come. */
static bool is_needed(const struct semaphore *semaphore, size_t post, const struct use *take)
{
    const struct use *p = &semaphore->uses.items[post];
    uint64_t available = (uint64_t)semaphore->initial + semaphore->post_count;
    uint64_t out_of_reach = 0;

    for (size_t i = 0; i < WORDS; i++) {
        uint64_t late = p->posts_after[i] | take->posts_after[i];
        if (i == post / 64)
            late |= UINT64_C(1) << post % 64;
        out_of_reach += (uint64_t)__builtin_popcountll(late);
    }
    return available - out_of_reach < (uint64_t)take->takes_before + 1;
}

/* Keeps the thread's edges in the order of its events. */
static void insert_edge(struct arena *arena, struct thread_index *thread, struct edge edge)
{
    (void)array_add(arena, &thread->must_edges);
    size_t i = thread->must_edges.count - 1;
    for (; i > 0 && thread->must_edges.items[i - 1].index > edge.index; i--)
        thread->must_edges.items[i] = thread->must_edges.items[i - 1];
    thread->must_edges.items[i] = edge;
}

/* Orders the posts that each take needs before it. Returns whether there were new ones. */
static bool order_posts(struct arena *arena, struct schedule_index *index,
                        const struct semaphore *semaphore)
{
    bool changed = false;

    for (size_t i = 0; i < semaphore->uses.count; i++) {
        const struct use *take = &semaphore->uses.items[i];
        for (size_t j = 0; !take->is_post && j < i; j++) {
            const struct use *post = &semaphore->uses.items[j];
            if (!post->is_post || has_bit(take->posts_before, j) || !is_needed(semaphore, j, take))
                continue;
            insert_edge(arena, &index->threads[take->thread],
                        (struct edge){take->index, post->thread, post->index});
            changed = true;
        }
    }
    return changed;
}

void semaphore_order_add(struct arena *arena, struct schedule_index *index)
{
    const struct sync_trace *trace = index->trace;
    struct semaphore *semaphores = NULL;
    struct closure *must = index->closure;
    bool changed = true;

    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (trace->objects[i].kind != SYNC_SEMAPHORE)
            continue;
        if (semaphores == NULL)
            semaphores = arena_alloc(arena, trace->object_count, sizeof *semaphores);
        semaphores[i].initial = trace->objects[i].initial;
        semaphores[i].is_too_large = trace->objects[i].initial == SYNC_UNKNOWN;
    }
    if (semaphores == NULL)
        return;
    collect_uses(arena, trace, semaphores);
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < trace->object_count; i++) {
            if (semaphores[i].uses.count == 0 || semaphores[i].is_too_large)
                continue;
            relate_uses(must, &semaphores[i]);
            changed |= order_posts(arena, index, &semaphores[i]);
        }
    }
}
