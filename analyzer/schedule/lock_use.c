#include "analyzer/schedule/lock_use.h"

#include <string.h>

void lock_use_init(struct lock_use *use, struct arena *arena, const struct sync_trace *trace)
{
    *use = (struct lock_use){.arena = arena, .trace = trace};
}

/* Room for the event's object and thread. */
static void make_room(struct lock_use *use, const struct sync_event *event)
{
    while (use->objects.count <= event->object)
        array_add(use->arena, &use->objects)->user = LOCK_USE_NO_ONE;
    while (use->held.count <= event->thread)
        (void)array_add(use->arena, &use->held);
}

static void note_user(struct object_use *object, uint32_t thread)
{
    if (object->user == LOCK_USE_NO_ONE)
        object->user = thread;
    else if (object->user != thread)
        object->user = LOCK_USE_SEVERAL;
}

static void note_join(struct lock_use *use, const struct sync_event *event, bool holds)
{
    if (holds)
        use->objects.items[event->object].is_awaited = true;
    else
        *array_add(use->arena, &use->joins) = (struct lock_use_join){event->thread, event->object};
}

void lock_use_take(struct lock_use *use, const struct sync_event *event)
{
    make_room(use, event);
    struct held_stack *held = &use->held.items[event->thread];
    struct object_use *object = &use->objects.items[event->object];

    if (lock_use_is_request_of_end(use->trace, event)) {
        note_join(use, event, held->count != 0);
    } else if (event->kind == SYNC_REQUEST || event->kind == SYNC_ACQUIRE ||
               event->kind == SYNC_ONCE_PASS || event->kind == SYNC_TRY_FAIL) {
        note_user(object, event->thread);
        if (event->kind == SYNC_ACQUIRE)
            held_stack_push(use->arena, held, event->object, event->mode & SYNC_READER,
                            event->site);
    } else if (event->kind == SYNC_RELEASE) {
        note_user(object, event->thread);
        if (!held_stack_remove(held, event->object, NULL))
            object->is_signal = true;
    }
}

/* A thread whose end somebody waits for with a lock holds up whoever it waits for. */
static void find_awaited(struct lock_use *use, bool *is_awaited)
{
    const struct sync_trace *trace = use->trace;
    bool *of_thread = arena_alloc(use->arena, trace->thread_count, sizeof *of_thread);
    bool changed = true;

    for (uint32_t i = 0; i < trace->object_count; i++) {
        const struct sync_object *object = &trace->objects[i];
        if (object->kind == SYNC_THREAD && object->thread < trace->thread_count)
            of_thread[object->thread] |= is_awaited[i];
    }
    while (changed) {
        changed = false;
        for (size_t i = use->joins.count; i > 0; i--) {
            const struct lock_use_join *join = &use->joins.items[i - 1];
            uint32_t joined = trace->objects[join->object].thread;
            if (!of_thread[join->thread] || is_awaited[join->object] ||
                joined >= trace->thread_count)
                continue;
            is_awaited[join->object] = of_thread[joined] = changed = true;
        }
    }
}

static const uint32_t *find_ends(struct lock_use *use, const bool *is_awaited)
{
    const struct sync_trace *trace = use->trace;
    uint32_t *end_of = arena_alloc(use->arena, trace->thread_count, sizeof *end_of);

    memset(end_of, 0xff, trace->thread_count * sizeof *end_of);
    for (uint32_t i = 0; i < trace->object_count; i++) {
        const struct sync_object *object = &trace->objects[i];
        if (object->kind == SYNC_THREAD && object->thread < trace->thread_count && is_awaited[i])
            end_of[object->thread] = i;
    }
    return end_of;
}

void lock_use_finish(struct lock_use *use, struct lock_use_result *result)
{
    uint32_t count = use->trace->object_count;
    bool *is_shared = arena_alloc(use->arena, count, sizeof *is_shared);
    bool *is_signal = arena_alloc(use->arena, count, sizeof *is_signal);
    bool *is_awaited = arena_alloc(use->arena, count, sizeof *is_awaited);

    for (size_t i = 0; i < use->objects.count; i++) {
        is_shared[i] = use->objects.items[i].user == LOCK_USE_SEVERAL;
        is_signal[i] = use->objects.items[i].is_signal;
        is_awaited[i] = use->objects.items[i].is_awaited;
    }
    if (use->joins.count != 0)
        find_awaited(use, is_awaited);
    *result =
        (struct lock_use_result){is_shared, is_signal, is_awaited, find_ends(use, is_awaited)};
}
