#include "analyzer/schedule/semaphore_order.h"

#include "analyzer/schedule/bit_set.h"
#include "analyzer/schedule/closure.h"

enum { USES_MAX = BIT_SET_BITS };

/* A post or a take. */
struct use {
    uint32_t thread, index;
    bool is_post;
    bool is_forced;        /* a take that can only succeed */
    uint32_t takes_before; /* forced ones that come before it in every schedule */
    /* Sets of the posts that do, and of those that come after it. */
    struct bit_set posts_before, posts_after;
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

/* Fills in what comes before what, as far as it is known. */
static void relate_uses(struct closure *must, struct semaphore *semaphore)
{
    size_t count = semaphore->uses.count;

    for (size_t i = 0; i < count; i++)
        semaphore->uses.items[i].posts_after = (struct bit_set){0};
    for (size_t i = 0; i < count; i++) {
        struct use *later = &semaphore->uses.items[i];
        closure_begin(must, CLOSURE_MUST);
        (void)!closure_add(must, later->thread, later->index);
        later->takes_before = 0;
        later->posts_before = (struct bit_set){0};
        for (size_t j = 0; j < count; j++) {
            struct use *earlier = &semaphore->uses.items[j];
            if (i == j || closure_reach(must, earlier->thread) < earlier->index)
                continue;
            later->takes_before += earlier->is_forced;
            if (later->is_post)
                bit_set_add(&earlier->posts_after, i);
            if (earlier->is_post)
                bit_set_add(&later->posts_before, j);
        }
    }
}

/* Whether the take would lack a post if this one had not come. */
static bool is_needed(const struct semaphore *semaphore, size_t post, const struct use *take)
{
    const struct use *p = &semaphore->uses.items[post];
    uint64_t available = (uint64_t)semaphore->initial + semaphore->post_count;
    struct bit_set late = bit_set_union(p->posts_after, take->posts_after);

    bit_set_add(&late, post);
    return available - bit_set_count(&late) < (uint64_t)take->takes_before + 1;
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
            if (!post->is_post || bit_set_has(&take->posts_before, j) ||
                !is_needed(semaphore, j, take))
                continue;
            edge_list_insert(arena, &index->threads[take->thread].must_edges,
                             (struct edge){take->index, post->thread, post->index});
            changed = true;
        }
    }
    return changed;
}

struct semaphore *semaphore_order_collect(struct arena *arena, const struct sync_trace *trace)
{
    struct semaphore *semaphores = NULL;

    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (trace->objects[i].kind != SYNC_SEMAPHORE)
            continue;
        if (semaphores == NULL)
            semaphores = arena_alloc(arena, trace->object_count, sizeof *semaphores);
        semaphores[i].initial = trace->objects[i].initial;
        semaphores[i].is_too_large = trace->objects[i].initial == SYNC_UNKNOWN;
    }
    if (semaphores != NULL)
        collect_uses(arena, trace, semaphores);
    return semaphores;
}

bool semaphore_order_extend(struct schedule_index *index, struct semaphore *semaphores)
{
    bool changed = false;

    for (uint32_t i = 0; semaphores != NULL && i < index->trace->object_count; i++) {
        if (semaphores[i].uses.count == 0 || semaphores[i].is_too_large)
            continue;
        relate_uses(index->closure, &semaphores[i]);
        changed |= order_posts(index->arena, index, &semaphores[i]);
    }
    return changed;
}
