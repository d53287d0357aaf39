#include "analyzer/fix/trace_window.h"

#include <stdbool.h>

struct window_thread {
    uint32_t held;
    bool waits, is_in, ends;
};

static bool is_lock(const struct sync_trace *run, const struct sync_event *event)
{
    enum sync_object_kind kind = run->objects[event->object].kind;

    return kind == SYNC_LOCK || kind == SYNC_WRITER_QUEUE;
}

/* What the thread holds and waits for after the event; of before the stretch nothing is known but
 * what its events show. */
static void follow(struct window_thread *thread, const struct sync_trace *run,
                   const struct sync_event *event)
{
    bool in_wait = (event->mode & SYNC_IN_WAIT) != 0;

    if (is_lock(run, event) && event->kind == SYNC_ACQUIRE)
        thread->held++;
    else if (is_lock(run, event) && event->kind == SYNC_RELEASE && thread->held > 0)
        thread->held--;
    thread->waits = event->kind == SYNC_REQUEST || event->kind == SYNC_WAIT_BEGIN ||
                    event->kind == SYNC_WAIT_END || event->kind == SYNC_BARRIER_ENTER ||
                    (in_wait && event->kind == SYNC_RELEASE);
}

static bool is_kept(const struct window_thread *threads, const struct sync_trace *run,
                    const struct sync_event *event)
{
    bool is_join = event->kind == SYNC_JOIN;

    return threads[event->thread].is_in && event->kind != SYNC_TRY_FAIL &&
           (!is_join || threads[run->objects[event->object].thread].ends);
}

/* All before the stretch, for what threads hold when it begins. */
static void come_to(struct window_thread *threads, const struct sync_trace *run, size_t first)
{
    for (size_t i = 0; i < first; i++)
        follow(&threads[run->events[i].thread], run, &run->events[i]);
    for (uint32_t t = 0; t < run->thread_count; t++)
        threads[t].is_in = threads[t].held == 0 && !threads[t].waits;
}

static const struct sync_object *take_as_given(struct arena *arena, const struct sync_trace *run)
{
    struct sync_object *objects = arena_alloc(arena, run->object_count, sizeof *objects);

    for (uint32_t i = 0; i < run->object_count; i++) {
        objects[i] = run->objects[i];
        if (objects[i].kind == SYNC_SEMAPHORE || objects[i].kind == SYNC_BARRIER)
            objects[i].initial = SYNC_UNKNOWN;
    }
    return objects;
}

void trace_window_make(struct arena *arena, const struct sync_trace *run, size_t first, size_t most,
                       struct sync_trace *window)
{
    size_t room = run->event_count - first < most ? run->event_count - first : most;
    struct sync_event *events = arena_alloc(arena, room, sizeof *events);
    uint64_t *times = arena_alloc(arena, room, sizeof *times);
    struct window_thread *threads = arena_alloc(arena, run->thread_count, sizeof *threads);

    *window = *run;
    window->events = events;
    window->times = times;
    window->event_count = 0;
    if (first > 0)
        window->objects = take_as_given(arena, run);
    for (size_t i = first; i < first + room; i++)
        threads[run->events[i].thread].ends |= run->events[i].kind == SYNC_END;
    come_to(threads, run, first);
    for (size_t i = first; i < first + room; i++) {
        const struct sync_event *event = &run->events[i];
        struct window_thread *thread = &threads[event->thread];
        if (is_kept(threads, run, event)) {
            times[window->event_count] = run->times[i];
            events[window->event_count++] = *event;
        }
        follow(thread, run, event);
        thread->is_in |= thread->held == 0 && !thread->waits;
    }
}
