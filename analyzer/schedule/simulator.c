/* What each event needs, and what it changes. */
#include <assert.h>
#include "analyzer/schedule/simulator_state.h"

uint32_t simulator_next(const struct simulator *simulator, uint32_t thread)
{
    size_t place = simulator->first[thread] + simulator->threads[thread].done;
    return place < simulator->first[thread + 1] ? simulator->positions[place] : SIMULATOR_NONE;
}

uint32_t simulator_last(const struct simulator *simulator, uint32_t thread)
{
    size_t done = simulator->threads[thread].done;
    return done > 0 ? simulator->positions[simulator->first[thread] + done - 1] : SIMULATOR_NONE;
}

static bool is_executed(const struct simulator *simulator, uint32_t event)
{
    uint32_t last = simulator_last(simulator, simulator->trace->events[event].thread);
    return last != SIMULATOR_NONE && last >= event;
}

/* ---- locks ---- */

static bool is_reader(const struct sync_event *event)
{
    return (event->mode & SYNC_READER) != 0;
}

static struct holder *find_holder(const struct simulator *simulator, uint32_t lock, uint32_t thread)
{
    for (uint32_t i = simulator->objects[lock].holders; i != NO_HOLDER;) {
        struct holder *holder = &simulator->holders.items[i];
        if (holder->thread == thread)
            return holder;
        i = holder->next;
    }
    return NULL;
}

/* Whether somebody, maybe the thread itself, holds the lock in a way that keeps the event out. */
static bool is_held_against(const struct simulator *simulator, const struct sync_event *event)
{
    for (uint32_t i = simulator->objects[event->object].holders; i != NO_HOLDER;) {
        const struct holder *holder = &simulator->holders.items[i];
        if (!holder->reads || !is_reader(event))
            return true;
        i = holder->next;
    }
    return false;
}

static bool is_requesting_write(const struct simulator *simulator, uint32_t thread, uint32_t lock)
{
    uint32_t last = simulator_last(simulator, thread);
    if (last == SIMULATOR_NONE)
        return false;
    const struct sync_event *event = &simulator->trace->events[last];
    return event->kind == SYNC_REQUEST && event->object == lock && !is_reader(event);
}

/* Whether a writer may wait at the lock, so that a reader that comes now must queue behind it. */
static bool may_queue(const struct simulator *simulator, const struct sync_event *reader)
{
    if (simulator->trace->objects[reader->object].kind != SYNC_WRITER_QUEUE || !is_reader(reader))
        return false;
    for (uint32_t t = 0; t < simulator->trace->thread_count; t++) {
        if (t != reader->thread && is_requesting_write(simulator, t, reader->object))
            return true;
    }
    return false;
}

/* A writer that asked for a lock need not have come to its queue yet; but once a try for reading
 * failed because of it, it stays there until it has the lock. */
static bool can_acquire(const struct simulator *simulator, const struct sync_event *event)
{
    bool must_queue = is_reader(event) || (event->mode & SYNC_TRY) != 0;

    return !is_held_against(simulator, event) &&
           !(must_queue && simulator->objects[event->object].writer_is_queued);
}

static bool can_fail(const struct simulator *simulator, const struct sync_event *event)
{
    if (simulator->trace->objects[event->object].kind == SYNC_SEMAPHORE)
        return simulator->objects[event->object].value == 0;
    return is_held_against(simulator, event) || may_queue(simulator, event);
}

static void fail_to_acquire(struct simulator *simulator, const struct sync_event *event)
{
    struct object_state *object = &simulator->objects[event->object];

    if (simulator->trace->objects[event->object].kind != SYNC_SEMAPHORE &&
        !is_held_against(simulator, event))
        object->writer_is_queued = true;
    else if ((event->mode & SYNC_TIMED) != 0 && !is_reader(event))
        object->writer_is_queued = false; /* it may have been the one in the queue */
    if ((event->mode & SYNC_HOLDER_SEEN) == 0)
        simulator->uncertain = true;
}

static void acquire(struct simulator *simulator, const struct sync_event *event)
{
    struct object_state *lock = &simulator->objects[event->object];
    struct holder *holder = find_holder(simulator, event->object, event->thread);
    uint32_t index = simulator->unused_holders;

    if (!is_reader(event))
        lock->writer_is_queued = false;
    if (holder) {
        holder->count++;
        return;
    }
    if (index != NO_HOLDER) {
        holder = &simulator->holders.items[index];
        simulator->unused_holders = holder->next;
    } else {
        index = (uint32_t)simulator->holders.count;
        holder = array_add(simulator->arena, &simulator->holders);
    }
    *holder = (struct holder){event->thread, 1, lock->holders, is_reader(event)};
    lock->holders = index;
}

/* The hold that a release ends: the thread's own, or, if it has none, that of a writer, as when a
 * lock is used as a signal. */
static struct holder *find_released(const struct simulator *simulator,
                                    const struct sync_event *event)
{
    struct holder *own = find_holder(simulator, event->object, event->thread);
    uint32_t first = simulator->objects[event->object].holders;

    if (own || first == NO_HOLDER)
        return own;
    return simulator->holders.items[first].reads ? NULL : &simulator->holders.items[first];
}

static bool can_release(const struct simulator *simulator, const struct sync_event *event)
{
    const struct holder *holder = find_released(simulator, event);
    return holder && holder->reads == is_reader(event);
}

static void release(struct simulator *simulator, const struct sync_event *event)
{
    struct holder *holder = find_released(simulator, event);
    uint32_t index = (uint32_t)(holder - simulator->holders.items);
    uint32_t *link = &simulator->objects[event->object].holders;

    if (--holder->count > 0)
        return;
    while (*link != index)
        link = &simulator->holders.items[*link].next;
    *link = holder->next;
    holder->next = simulator->unused_holders;
    simulator->unused_holders = index;
}

/* ---- conditions ---- */

static void begin_wait(struct simulator *simulator, const struct sync_event *event)
{
    struct object_state *condition = &simulator->objects[event->object];

    if (condition->waiters++ == 0)
        condition->wakes.count = 0;
    simulator->threads[event->thread].wakes_before = condition->wakes.count;
}

/* The first broadcast since the thread began to wait, else the first signal that woke nobody else.
 * Which thread a signal wakes is free; later ones than the first serve all that this one serves,
 * and more. */
struct wake *simulator_find_wake(const struct simulator *simulator, const struct sync_event *event)
{
    const struct object_state *condition = &simulator->objects[event->object];
    struct wake *signal = NULL;

    for (size_t i = simulator->threads[event->thread].wakes_before; i < condition->wakes.count;
         i++) {
        struct wake *wake = &condition->wakes.items[i];
        if (wake->wakes_all)
            return wake;
        if (!wake->used && !signal)
            signal = wake;
    }
    return signal;
}

static void end_wait(struct simulator *simulator, const struct sync_event *event)
{
    if ((event->mode & SYNC_NOT_WOKEN) == 0) {
        struct wake *wake = simulator_find_wake(simulator, event);
        wake->used = true;
    }
    simulator->objects[event->object].waiters--;
}

static void wake(struct simulator *simulator, const struct sync_event *event)
{
    struct object_state *condition = &simulator->objects[event->object];

    if (condition->waiters > 0)
        *array_add(simulator->arena, &condition->wakes) =
            (struct wake){.wakes_all = event->kind == SYNC_BROADCAST};
}

/* ---- everything ---- */

/* Whether all that enter together with the thread have entered. */
static bool is_barrier_open(const struct simulator *simulator, uint32_t event)
{
    const struct sync_event *leave = &simulator->trace->events[event];
    uint64_t entries = simulator->objects[leave->object].value;
    uint64_t parties = simulator->trace->objects[leave->object].initial;

    if (parties == SYNC_UNKNOWN)
        return entries >= simulator->needs[event];
    return entries / parties > simulator->threads[leave->thread].turn / parties;
}

static bool has_begun(const struct simulator *simulator, uint32_t thread)
{
    return !simulator->is_created[thread] || simulator->threads[thread].created;
}

bool simulator_is_enabled(const struct simulator *simulator, uint32_t position)
{
    const struct sync_event *event = &simulator->trace->events[position];
    const struct sync_object *object = &simulator->trace->objects[event->object];

    if (!has_begun(simulator, event->thread))
        return false;
    switch ((enum sync_event_kind)event->kind) {
    case SYNC_ACQUIRE:
        return can_acquire(simulator, event);
    case SYNC_RELEASE:
        return can_release(simulator, event);
    case SYNC_TRY_FAIL:
        return can_fail(simulator, event);
    case SYNC_WAIT_END:
        return (event->mode & SYNC_NOT_WOKEN) != 0 || simulator_find_wake(simulator, event);
    case SYNC_TAKE:
        return simulator->objects[event->object].value > 0;
    case SYNC_BARRIER_LEAVE:
        return is_barrier_open(simulator, position);
    case SYNC_ONCE_PASS:
        return simulator->needs[position] == 0 ||
               is_executed(simulator, simulator->needs[position] - 1);
    case SYNC_JOIN:
        return simulator->threads[object->thread].ended;
    case SYNC_READ:
        return simulator->objects[event->object].value == simulator->needs[position];
    default:
        return true;
    }
}

static void change_objects(struct simulator *simulator, uint32_t position)
{
    const struct sync_event *event = &simulator->trace->events[position];
    struct object_state *object = &simulator->objects[event->object];

    switch ((enum sync_event_kind)event->kind) {
    case SYNC_ACQUIRE:
        acquire(simulator, event);
        break;
    case SYNC_RELEASE:
        release(simulator, event);
        break;
    case SYNC_TRY_FAIL:
        fail_to_acquire(simulator, event);
        break;
    case SYNC_WAIT_BEGIN:
        begin_wait(simulator, event);
        break;
    case SYNC_WAIT_END:
        end_wait(simulator, event);
        break;
    case SYNC_SIGNAL:
    case SYNC_BROADCAST:
        wake(simulator, event);
        break;
    case SYNC_POST:
        object->value++;
        break;
    case SYNC_TAKE:
        object->value--;
        break;
    case SYNC_WRITE:
        object->value = position + 1;
        break;
    case SYNC_BARRIER_ENTER:
        simulator->threads[event->thread].turn = object->value++;
        break;
    default:
        break;
    }
}

void simulator_execute(struct simulator *simulator, uint32_t position)
{
    const struct sync_event *event = &simulator->trace->events[position];

    assert(simulator_next(simulator, event->thread) == position);
    change_objects(simulator, position);
    if (event->kind == SYNC_CREATE)
        simulator->threads[simulator->trace->objects[event->object].thread].created = true;
    if (event->kind == SYNC_END)
        simulator->threads[event->thread].ended = true;
    simulator->threads[event->thread].done++;
}

bool simulator_is_uncertain(const struct simulator *simulator)
{
    return simulator->uncertain;
}

bool simulator_holds_against(const struct simulator *simulator, const struct sync_event *event,
                             uint32_t thread)
{
    const struct holder *holder = find_holder(simulator, event->object, thread);
    return holder && (!holder->reads || !is_reader(event));
}

bool simulator_waits_for(const struct simulator *simulator, uint32_t request, uint32_t other)
{
    const struct sync_event *event = &simulator->trace->events[request];
    const struct sync_object *object = &simulator->trace->objects[event->object];

    if ((event->mode & SYNC_TIMED) != 0)
        return false;
    if (object->kind == SYNC_THREAD)
        return object->thread == other && !simulator->threads[other].ended;
    if ((object->kind != SYNC_LOCK && object->kind != SYNC_WRITER_QUEUE) ||
        simulator->is_signal[event->object])
        return false;
    if (simulator_holds_against(simulator, event, other))
        return true;
    return object->kind == SYNC_WRITER_QUEUE && is_reader(event) && other != event->thread &&
           is_requesting_write(simulator, other, event->object);
}
