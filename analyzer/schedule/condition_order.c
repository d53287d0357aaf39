#include "analyzer/schedule/condition_order.h"

#include "analyzer/schedule/bit_set.h"
#include "analyzer/schedule/closure.h"

/* A signal or a broadcast. */
struct signal {
    uint32_t thread, index;
    struct bit_set before; /* signals that come before it in every schedule */
};

/* One that was woken. */
struct wait {
    uint32_t thread, begin, end;
    struct bit_set before;     /* signals that come before its end in every schedule */
    struct bit_set impossible; /* those before its beginning or after its end */
};

struct condition {
    bool is_too_large;
    ARRAY(struct signal) signals;
    ARRAY(struct wait) waits;
};

/* What a thread has done so far. */
struct progress {
    uint32_t events, wait_begin;
};

static void collect_event(struct arena *arena, const struct sync_event *event,
                          struct progress *thread, struct condition *condition)
{
    bool is_signal = event->kind == SYNC_SIGNAL || event->kind == SYNC_BROADCAST;

    if (event->kind == SYNC_WAIT_BEGIN)
        thread->wait_begin = thread->events;
    if (condition->signals.count == BIT_SET_BITS || condition->waits.count == BIT_SET_BITS)
        condition->is_too_large = true;
    else if (is_signal)
        *array_add(arena, &condition->signals) =
            (struct signal){.thread = event->thread, .index = thread->events};
    else if (event->kind == SYNC_WAIT_END && (event->mode & SYNC_NOT_WOKEN) == 0)
        *array_add(arena, &condition->waits) = (struct wait){
            .thread = event->thread, .begin = thread->wait_begin, .end = thread->events};
}

struct condition *condition_order_collect(struct arena *arena, const struct sync_trace *trace)
{
    struct condition *conditions = NULL;
    struct progress *threads = arena_alloc(arena, trace->thread_count, sizeof *threads);

    for (uint32_t i = 0; i < trace->object_count && conditions == NULL; i++) {
        if (trace->objects[i].kind == SYNC_CONDITION)
            conditions = arena_alloc(arena, trace->object_count, sizeof *conditions);
    }
    for (size_t i = 0; i < trace->event_count && conditions != NULL; i++) {
        const struct sync_event *event = &trace->events[i];
        threads[event->thread].events++;
        if (trace->objects[event->object].kind == SYNC_CONDITION)
            collect_event(arena, event, &threads[event->thread], &conditions[event->object]);
    }
    return conditions;
}

/* The signals that come before an event in every schedule. */
static struct bit_set signals_before(struct closure *must, const struct condition *condition,
                                     uint32_t thread, uint32_t event)
{
    struct bit_set before = {0};

    closure_begin(must, CLOSURE_MUST);
    (void)!closure_add(must, thread, event);
    for (size_t i = 0; i < condition->signals.count; i++) {
        const struct signal *signal = &condition->signals.items[i];
        if (closure_reach(must, signal->thread) >= signal->index)
            bit_set_add(&before, i);
    }
    return before;
}

/* Fills in what comes before what, as far as it is known. */
static void relate(struct closure *must, struct condition *condition)
{
    for (size_t i = 0; i < condition->waits.count; i++) {
        struct wait *wait = &condition->waits.items[i];
        wait->impossible = signals_before(must, condition, wait->thread, wait->begin);
        wait->before = signals_before(must, condition, wait->thread, wait->end);
    }
    for (size_t i = 0; i < condition->signals.count; i++) {
        struct signal *signal = &condition->signals.items[i];
        signal->before = signals_before(must, condition, signal->thread, signal->index);
        for (size_t j = 0; j < condition->waits.count; j++) {
            struct wait *wait = &condition->waits.items[j];
            if (closure_reach(must, wait->thread) >= wait->end)
                bit_set_add(&wait->impossible, i);
        }
    }
}

/* Whether nothing could wake the wait before the signal has come. */
static bool is_needed(const struct condition *condition, const struct wait *wait, size_t signal)
{
    for (size_t i = 0; i < condition->signals.count; i++) {
        if (i != signal && !bit_set_has(&wait->impossible, i) &&
            !bit_set_has(&condition->signals.items[i].before, signal))
            return false;
    }
    return true;
}

static bool order_signals(struct schedule_index *index, const struct condition *condition)
{
    bool changed = false;

    for (size_t i = 0; i < condition->waits.count; i++) {
        const struct wait *wait = &condition->waits.items[i];
        for (size_t j = 0; j < condition->signals.count; j++) {
            const struct signal *signal = &condition->signals.items[j];
            if (bit_set_has(&wait->before, j) || bit_set_has(&wait->impossible, j) ||
                !is_needed(condition, wait, j))
                continue;
            edge_list_insert(index->arena, &index->threads[wait->thread].must_edges,
                             (struct edge){wait->end, signal->thread, signal->index});
            changed = true;
        }
    }
    return changed;
}

bool condition_order_extend(struct schedule_index *index, struct condition *conditions)
{
    bool changed = false;

    for (uint32_t i = 0; conditions != NULL && i < index->trace->object_count; i++) {
        struct condition *condition = &conditions[i];
        if (condition->is_too_large || condition->waits.count == 0)
            continue;
        relate(index->closure, condition);
        changed |= order_signals(index, condition);
    }
    return changed;
}
