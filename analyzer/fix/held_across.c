#include "analyzer/fix/held_across.h"

#include "analyzer/schedule/held_stack.h"

static void note(struct arena *arena, struct held_stack *held, const struct sync_event *event)
{
    if (event->kind == SYNC_ACQUIRE)
        held_stack_push(arena, &held[event->thread], event->object, false, 0);
    else if (event->kind == SYNC_RELEASE)
        (void)!held_stack_remove(&held[event->thread], event->object, NULL);
}

/* A condition wait has begun when its mutex is given back. */
static bool begins_wait(const struct sync_trace *trace, const struct sync_event *event)
{
    enum sync_object_kind kind = trace->objects[event->object].kind;

    return event->kind == SYNC_BARRIER_ENTER ||
           (event->kind == SYNC_RELEASE && (event->mode & SYNC_IN_WAIT) != 0) ||
           (event->kind == SYNC_REQUEST && (kind == SYNC_SEMAPHORE || kind == SYNC_THREAD));
}

/* What became of the locks that are one is held where one of them was. */
static bool holds_more(const struct held_stack *now, const struct held_stack *before,
                       uint32_t ignored)
{
    for (size_t i = 0; i < now->count; i++) {
        bool is_old = now->items[i].object == ignored;
        for (size_t j = 0; j < before->count && !is_old; j++)
            is_old = before->items[j].object == now->items[i].object;
        if (!is_old)
            return true;
    }
    return false;
}

bool held_across_new_wait(const struct arena *arena, const struct trace_rewrite *rewrite,
                          const struct fix_change *change)
{
    const struct sync_trace *run = rewrite->run;
    uint32_t ignored = change->kind == FIX_GATE_LOCK ? SYNC_UNKNOWN : rewrite->new_lock;
    struct arena scratch;
    bool found = rewrite->keeps_mutex;
    size_t at = 0;

    if (change->kind == FIX_TRY_BACKOFF)
        return false;
    arena_init(&scratch, arena->cap_bytes);
    struct held_stack *before = arena_alloc(&scratch, run->thread_count, sizeof *before);
    struct held_stack *now = arena_alloc(&scratch, run->thread_count, sizeof *now);
    for (size_t i = 0; i < run->event_count && !found; i++) {
        const struct sync_event *event = &run->events[i];
        note(&scratch, before, event);
        for (; at < rewrite->trace.event_count && rewrite->origins[at] == i; at++)
            note(&scratch, now, &rewrite->trace.events[at]);
        found = begins_wait(run, event) &&
                holds_more(&now[event->thread], &before[event->thread], ignored);
    }
    arena_destroy(&scratch);
    return found;
}
