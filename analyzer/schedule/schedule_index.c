#include "analyzer/schedule/schedule_index.h"

#include "analyzer/schedule/closure.h"
#include "analyzer/schedule/condition_order.h"
#include "analyzer/schedule/schedule_builder.h"
#include "analyzer/schedule/section_order.h"
#include "analyzer/schedule/semaphore_order.h"
#include "analyzer/schedule/wait_guess.h"
#include "analyzer/schedule/witness.h"

void schedule_add_edge(struct builder *builder, struct event_ref to, struct event_ref from)
{
    struct thread_index *thread = &builder->index->threads[to.thread];

    if (from.index != 0 && from.thread != to.thread)
        *array_add(builder->arena, &thread->edges) =
            (struct edge){to.index, from.thread, from.index};
}

void schedule_add_must_edge(struct builder *builder, struct event_ref to, struct event_ref from)
{
    struct thread_index *thread = &builder->index->threads[to.thread];

    schedule_add_edge(builder, to, from);
    if (from.index != 0 && from.thread != to.thread)
        *array_add(builder->arena, &thread->must_edges) =
            (struct edge){to.index, from.thread, from.index};
}

static void take_read(struct builder *builder, struct event_ref self, struct event_ref from)
{
    struct event_ref *known = &builder->walkers[self.thread].known[from.thread % KNOWN_SOURCES];

    if (known->thread == from.thread && known->index >= from.index)
        return;
    schedule_add_edge(builder, self, from);
    *known = from;
}

static void take_acquire(struct builder *builder, const struct sync_event *event,
                         struct event_ref self, uint32_t position)
{
    struct thread_index *thread = &builder->index->threads[self.thread];
    struct lock_state *lock = &builder->locks[event->object];
    bool reader = (event->mode & SYNC_READER) != 0;

    if (reader)
        lock->reader_count++;
    else
        lock->writer = self.thread;
    if (!builder->index->requests->is_shared[event->object])
        return;
    held_stack_push(builder->arena, &builder->walkers[self.thread].held, event->object, reader,
                    (uint32_t)thread->sections.count);
    *array_add(builder->arena, &thread->sections) = (struct section){
        .object = event->object,
        .thread = self.thread,
        .acquired = self.index,
        .acquired_at = position,
        .reader = reader,
        .after_thread = lock->last_thread,
        .after = lock->last,
    };
    if (!reader) {
        lock->last_thread = self.thread;
        lock->last = (uint32_t)thread->sections.count - 1;
    }
}

static void take_release(struct builder *builder, const struct sync_event *event,
                         struct event_ref self)
{
    struct lock_state *lock = &builder->locks[event->object];
    uint32_t number;

    if ((event->mode & SYNC_READER) == 0)
        lock->writer = NOBODY;
    else if (lock->reader_count > 0)
        lock->reader_count--;
    builder->last[event->object] = self;
    if (held_stack_remove(&builder->walkers[self.thread].held, event->object, &number))
        builder->index->threads[self.thread].sections.items[number].released = self.index;
}

/* Since it took the lock first, that is: it may have read it more than once. */
static void add_holder(struct builder *builder, uint32_t object, struct event_ref self,
                       uint32_t holder)
{
    const struct held_stack *held = &builder->walkers[holder].held;

    for (size_t i = 0; i < held->count && holder != self.thread; i++) {
        const struct section *section =
            &builder->index->threads[holder].sections.items[held->items[i].tag];
        if (section->object == object) {
            schedule_add_edge(builder, self, (struct event_ref){holder, section->acquired});
            return;
        }
    }
}

/* Whoever has it when a try fails may be why. */
static void take_failure(struct builder *builder, const struct sync_event *event,
                         struct event_ref self)
{
    const struct lock_state *lock = &builder->locks[event->object];

    if (lock->writer != NOBODY) {
        add_holder(builder, event->object, self, lock->writer);
    } else if ((event->mode & SYNC_READER) == 0 && lock->reader_count != 0) {
        for (uint32_t i = 0; i < builder->trace->thread_count; i++)
            add_holder(builder, event->object, self, i);
    }
}

/* What is done to one object happens in every schedule in the order recorded. */
static void keep_order(struct builder *builder, const struct sync_event *event,
                       struct event_ref self)
{
    schedule_add_edge(builder, self, builder->last[event->object]);
    builder->last[event->object] = self;
}

static void take_create(struct builder *builder, const struct sync_event *event,
                        struct event_ref self)
{
    uint32_t child = builder->trace->objects[event->object].thread;

    if (child < builder->trace->thread_count)
        builder->walkers[child].creator = self;
}

static void take_join(struct builder *builder, const struct sync_event *event,
                      struct event_ref self)
{
    uint32_t child = builder->trace->objects[event->object].thread;

    if (child < builder->trace->thread_count)
        schedule_add_must_edge(
            builder, self, (struct event_ref){child, builder->index->threads[child].event_count});
}

static void take_event(struct builder *builder, const struct sync_event *event,
                       struct event_ref self, uint32_t position)
{
    switch (event->kind) {
    case SYNC_ACQUIRE:
        take_acquire(builder, event, self, position);
        break;
    case SYNC_RELEASE:
        take_release(builder, event, self);
        break;
    case SYNC_TRY_FAIL:
        take_failure(builder, event, self);
        break;
    case SYNC_CREATE:
        take_create(builder, event, self);
        break;
    case SYNC_JOIN:
        take_join(builder, event, self);
        break;
    case SYNC_ONCE_PASS:
        schedule_add_edge(builder, self, builder->last[event->object]);
        break;
    case SYNC_READ:
        take_read(builder, self, builder->last[event->object]);
        break;
    case SYNC_WRITE:
        builder->last[event->object] = self;
        break;
    default:
        schedule_take_communication(builder, event, self, position);
        break;
    }
}

static void walk(struct builder *builder)
{
    const struct sync_trace *trace = builder->trace;
    const bool *is_signal = builder->index->requests->is_signal;

    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        struct event_ref self = {event->thread,
                                 ++builder->index->threads[event->thread].event_count};
        if (self.index == 1)
            schedule_add_must_edge(builder, self, builder->walkers[event->thread].creator);
        if (event->kind != SYNC_REQUEST && event->kind < SYNC_WAIT_BEGIN &&
            is_signal[event->object])
            keep_order(builder, event, self);
        else
            take_event(builder, event, self, (uint32_t)i);
    }
}

/* As much room for sections as each thread needs. */
static void make_room(struct builder *builder)
{
    const struct sync_trace *trace = builder->trace;
    struct schedule_index *index = builder->index;

    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        if (event->kind == SYNC_ACQUIRE && index->requests->is_shared[event->object])
            index->threads[event->thread].sections.capacity++;
    }
    for (uint32_t i = 0; i < trace->thread_count; i++) {
        size_t capacity = index->threads[i].sections.capacity;
        index->threads[i].sections.items =
            arena_alloc(builder->arena, capacity, sizeof(struct section));
    }
}

static bool is_communication(enum sync_object_kind kind)
{
    return kind == SYNC_CONDITION || kind == SYNC_SEMAPHORE || kind == SYNC_BARRIER;
}

/* Room for what is known of each object; a barrier gets its hub. */
static uint32_t prepare_objects(struct builder *builder)
{
    const struct sync_trace *trace = builder->trace;
    uint32_t next_hub = trace->thread_count;

    builder->last = arena_alloc(builder->arena, trace->object_count, sizeof *builder->last);
    builder->locks = arena_alloc(builder->arena, trace->object_count, sizeof *builder->locks);
    builder->communications =
        arena_alloc(builder->arena, trace->object_count, sizeof(struct communication *));
    for (uint32_t i = 0; i < trace->object_count; i++) {
        enum sync_object_kind kind = trace->objects[i].kind;
        builder->locks[i] = (struct lock_state){.writer = NOBODY, .last = SECTION_NONE};
        if (!is_communication(kind))
            continue;
        struct communication *communication = arena_alloc(builder->arena, 1, sizeof *communication);
        builder->communications[i] = communication;
        if (kind == SYNC_BARRIER) {
            communication->hub = next_hub++;
            communication->is_member =
                arena_alloc(builder->arena, trace->thread_count, sizeof(bool));
        }
    }
    return next_hub;
}

/* In another schedule other threads might meet at a barrier, unless it has no others. */
static void settle_barriers(struct builder *builder)
{
    for (uint32_t i = 0; i < builder->trace->object_count; i++) {
        const struct communication *barrier = builder->communications[i];
        if (builder->trace->objects[i].kind == SYNC_BARRIER &&
            barrier->member_count != builder->trace->objects[i].initial)
            builder->index->threads[barrier->hub].must_edges.count = 0;
    }
}

/* What must come first can show that more must. */
static void complete_must_order(struct schedule_index *index)
{
    struct semaphore *semaphores = semaphore_order_collect(index->arena, index->trace);
    struct condition *conditions = condition_order_collect(index->arena, index->trace);
    struct section_groups *sections = section_order_collect(index);
    bool changed = true;

    while (changed) {
        changed = semaphore_order_extend(index, semaphores);
        changed |= condition_order_extend(index, conditions);
        changed |= section_order_extend(index, sections);
    }
}

struct schedule_index *schedule_index_create(struct arena *arena,
                                             const struct abstract_requests *requests)
{
    struct schedule_index *index = arena_alloc(arena, 1, sizeof *index);
    struct builder builder = {.arena = arena, .index = index, .trace = requests->trace};

    index->arena = arena;
    index->requests = requests;
    index->trace = requests->trace;
    index->thread_count = prepare_objects(&builder);
    index->threads = arena_alloc(arena, index->thread_count, sizeof *index->threads);
    index->next_guess = arena_alloc(arena, index->trace->thread_count, sizeof *index->next_guess);
    index->passed = arena_alloc(arena, index->trace->thread_count, sizeof *index->passed);
    builder.walkers = arena_alloc(arena, index->trace->thread_count, sizeof *builder.walkers);
    make_room(&builder);
    walk(&builder);
    settle_barriers(&builder);
    index->closure = closure_create(arena, index);
    complete_must_order(index);
    wait_guesses_add(index);
    return index;
}

uint32_t schedule_index_position(struct schedule_index *index, uint32_t thread, uint32_t event)
{
    const struct sync_trace *trace = index->trace;
    uint32_t first = 0;

    if (index->positions == NULL) {
        uint32_t *next = index->passed;
        index->positions = arena_alloc(index->arena, trace->event_count, sizeof *index->positions);
        for (uint32_t i = 0; i < trace->thread_count; i++) {
            index->threads[i].first_position = next[i] = first;
            first += index->threads[i].event_count;
        }
        for (size_t i = 0; i < trace->event_count; i++)
            index->positions[next[trace->events[i].thread]++] = (uint32_t)i;
    }
    return index->positions[index->threads[thread].first_position + event - 1];
}
