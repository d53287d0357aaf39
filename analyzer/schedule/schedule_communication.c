/* Who communicated with whom by conditions, semaphores and barriers. */
#include "analyzer/schedule/schedule_builder.h"

static void take_wait_begin(struct builder *builder, const struct sync_event *event,
                            struct event_ref self, uint32_t position)
{
    builder->walkers[self.thread].wait_index = self.index;
    builder->walkers[self.thread].wait_position = position;
    builder->communications[event->object]->waiting++;
}

/* One that finds nobody waiting wakes nobody. */
static void take_signal(struct builder *builder, const struct sync_event *event,
                        struct event_ref self, uint32_t position)
{
    struct communication *condition = builder->communications[event->object];

    if (condition->waiting != 0)
        *array_add(builder->arena, &condition->signals) =
            (struct signal){self, position, event->kind == SYNC_BROADCAST};
}

/* The wait was ended by a broadcast after its beginning, or else by the first signal after it that
 * ended no other: so every wait gets a signal of its own if that can be. */
static void match_wait(struct builder *builder, struct communication *condition,
                       struct event_ref self)
{
    const struct walker *walker = &builder->walkers[self.thread];
    struct signal *match = NULL;

    for (size_t i = 0; i < condition->signals.count; i++) {
        struct signal *signal = &condition->signals.items[i];
        bool may_end = signal->event.index != 0 && signal->position > walker->wait_position;
        if (may_end && (match == NULL || (signal->is_broadcast && !match->is_broadcast)))
            match = signal;
    }
    if (match == NULL)
        return;
    schedule_add_edge(builder, self, match->event);
    *array_add(builder->arena, &builder->index->threads[match->event.thread].wakes) =
        (struct wake){match->event.index, self.thread, walker->wait_index, self.index};
    if (!match->is_broadcast)
        match->event.index = 0;
}

static void take_wait_end(struct builder *builder, const struct sync_event *event,
                          struct event_ref self)
{
    struct communication *condition = builder->communications[event->object];

    if ((event->mode & SYNC_NOT_WOKEN) == 0)
        match_wait(builder, condition, self);
    if (condition->waiting > 0 && --condition->waiting == 0)
        condition->signals.count = 0;
}

static void take_from_semaphore(struct builder *builder, const struct sync_event *event,
                                struct event_ref self)
{
    struct communication *semaphore = builder->communications[event->object];
    uint32_t initial = builder->trace->objects[event->object].initial;
    uint32_t number = semaphore->taken++;

    /* Of an unknown value nothing is left when no post is. */
    if (initial == SYNC_UNKNOWN && number == semaphore->posts.count)
        semaphore->taken--;
    if (initial == SYNC_UNKNOWN)
        initial = 0;
    if (number >= initial && number - initial < semaphore->posts.count)
        schedule_add_edge(builder, self, semaphore->posts.items[number - initial]);
}

/* Without known parties every arrival is a round: who leaves comes after all who came before. */
static void take_barrier_enter(struct builder *builder, const struct sync_event *event,
                               struct event_ref self)
{
    struct communication *barrier = builder->communications[event->object];
    uint32_t parties = builder->trace->objects[event->object].initial;
    struct thread_index *hub = &builder->index->threads[barrier->hub];

    if (barrier->come == 0)
        hub->event_count = ++barrier->round;
    barrier->come++;
    if (parties == SYNC_UNKNOWN || barrier->come >= parties)
        barrier->come = 0;
    builder->walkers[self.thread].round = barrier->round;
    if (!barrier->is_member[self.thread]) {
        barrier->is_member[self.thread] = true;
        barrier->member_count++;
    }
    if (parties != SYNC_UNKNOWN)
        schedule_add_edge(builder, self, (struct event_ref){barrier->hub, barrier->round - 1});
    schedule_add_must_edge(builder, (struct event_ref){barrier->hub, barrier->round}, self);
}

static void take_barrier_leave(struct builder *builder, const struct sync_event *event,
                               struct event_ref self)
{
    const struct communication *barrier = builder->communications[event->object];
    uint32_t parties = builder->trace->objects[event->object].initial;
    uint32_t round = parties == SYNC_UNKNOWN ? barrier->round : builder->walkers[self.thread].round;

    schedule_add_must_edge(builder, self, (struct event_ref){barrier->hub, round});
}

void schedule_take_communication(struct builder *builder, const struct sync_event *event,
                                 struct event_ref self, uint32_t position)
{
    switch (event->kind) {
    case SYNC_WAIT_BEGIN:
        take_wait_begin(builder, event, self, position);
        break;
    case SYNC_WAIT_END:
        take_wait_end(builder, event, self);
        break;
    case SYNC_SIGNAL:
    case SYNC_BROADCAST:
        take_signal(builder, event, self, position);
        break;
    case SYNC_POST:
        *array_add(builder->arena, &builder->communications[event->object]->posts) = self;
        break;
    case SYNC_TAKE:
        take_from_semaphore(builder, event, self);
        break;
    case SYNC_BARRIER_ENTER:
        take_barrier_enter(builder, event, self);
        break;
    case SYNC_BARRIER_LEAVE:
        take_barrier_leave(builder, event, self);
        break;
    default:
        break;
    }
}
