/* What must come before a step in schedules that keep the order of the run. */
#include "tests/random_traces/oracle_step.h"

#include <string.h>

enum { MOST_PLACES = ORACLE_THREADS * (ORACLE_STEPS + 1) };

struct place {
    uint8_t thread, index;
    bool wakes_all, used;
};

/* The posts of a semaphore, the wakes of a condition, the entries of a barrier, all that is done to
 * a lock that is a signal, in order. */
struct places {
    struct place items[MOST_PLACES];
    uint32_t count;
    uint32_t takes;
};

/* One pass over the trace in its order. */
struct pass {
    struct oracle *oracle;
    uint8_t done[ORACLE_THREADS];
    uint32_t wakes_before[ORACLE_THREADS];
    struct places places[ORACLE_OBJECTS];
};

static void need(struct oracle_step *step, const struct place *place)
{
    if (step->needs[place->thread] < place->index + 1)
        step->needs[place->thread] = (uint8_t)(place->index + 1);
}

static void need_range(struct oracle_step *step, const struct places *places, uint32_t from,
                       uint32_t to)
{
    for (uint32_t i = from; i < to && i < places->count; i++)
        need(step, &places->items[i]);
}

/* All that hold the lock against the try, from where each took it. */
static void need_holders(const struct pass *pass, struct oracle_step *step)
{
    uint32_t bit = UINT32_C(1) << step->object;

    for (uint8_t t = 0; t < pass->oracle->thread_count; t++) {
        uint8_t done = pass->done[t];
        const uint32_t *writes = pass->oracle->writes[t], *reads = pass->oracle->reads[t];
        const uint32_t *held = (writes[done] & bit) != 0 ? writes : reads;
        if ((held[done] & bit) == 0 || (held == reads && (step->mode & SYNC_READER) != 0))
            continue;
        while ((held[done - 1] & bit) != 0)
            done--;
        need(step, &(struct place){.thread = t, .index = (uint8_t)(done - 1)});
    }
}

static void need_wake(struct pass *pass, struct oracle_step *step, uint32_t thread)
{
    struct places *places = &pass->places[step->object];
    struct place *signal = NULL;

    for (uint32_t i = pass->wakes_before[thread]; i < places->count; i++) {
        struct place *wake = &places->items[i];
        if (wake->wakes_all) {
            need(step, wake);
            return;
        }
        if (!wake->used && !signal)
            signal = wake;
    }
    if (signal) {
        signal->used = true;
        need(step, signal);
    }
}

static void need_entries(struct pass *pass, struct oracle_step *step, uint32_t thread)
{
    const struct places *places = &pass->places[step->object];
    uint32_t parties = pass->oracle->trace->objects[step->object].initial;
    uint32_t entry = places->count;

    if (parties == SYNC_UNKNOWN) {
        if (step->kind == SYNC_BARRIER_LEAVE)
            need_range(step, places, 0, places->count);
        return;
    }
    if (step->kind == SYNC_BARRIER_LEAVE) {
        while (places->items[entry - 1].thread != thread)
            entry--;
        entry--;
        need_range(step, places, entry / parties * parties, (entry / parties + 1) * parties);
    } else if (entry >= parties) {
        need_range(step, places, (entry / parties - 1) * parties, entry / parties * parties);
    }
}

static void add_place(struct pass *pass, const struct oracle_step *step, uint8_t thread)
{
    struct places *places = &pass->places[step->object];

    places->items[places->count++] = (struct place){
        .thread = thread,
        .index = pass->done[thread],
        .wakes_all = step->kind == SYNC_BROADCAST,
    };
}

static void need_post(struct pass *pass, struct oracle_step *step)
{
    struct places *places = &pass->places[step->object];
    uint32_t number = places->takes++, initial = pass->oracle->initial[step->object];

    if (number >= initial)
        need_range(step, places, number - initial, number - initial + 1);
}

static void keep_signal(struct pass *pass, struct oracle_step *step, uint8_t thread)
{
    const struct places *places = &pass->places[step->object];

    if (places->count > 0)
        need(step, &places->items[places->count - 1]);
    add_place(pass, step, thread);
}

static void keep_step(struct pass *pass, struct oracle_step *step, uint8_t thread)
{
    if (pass->oracle->is_signal[step->object]) {
        keep_signal(pass, step, thread);
        return;
    }
    switch ((enum sync_event_kind)step->kind) {
    case SYNC_TRY_FAIL:
        if (pass->oracle->trace->objects[step->object].kind != SYNC_SEMAPHORE)
            need_holders(pass, step);
        break;
    case SYNC_WAIT_BEGIN:
        pass->wakes_before[thread] = pass->places[step->object].count;
        break;
    case SYNC_WAIT_END:
        if ((step->mode & SYNC_NOT_WOKEN) == 0)
            need_wake(pass, step, thread);
        break;
    case SYNC_TAKE:
        need_post(pass, step);
        break;
    case SYNC_BARRIER_ENTER:
        need_entries(pass, step, thread);
        add_place(pass, step, thread);
        break;
    case SYNC_BARRIER_LEAVE:
        need_entries(pass, step, thread);
        break;
    case SYNC_POST:
    case SYNC_SIGNAL:
    case SYNC_BROADCAST:
        add_place(pass, step, thread);
        break;
    default:
        break;
    }
}

/* Of two acquisitions in conflict, the later one forbids that the earlier one comes after it. */
static void forbid_overtaking(struct oracle *oracle, struct oracle_step *step, uint32_t thread)
{
    memset(step->forbids, 0xff, sizeof step->forbids);
    for (uint32_t t = 0; step->kind == SYNC_ACQUIRE && t < oracle->thread_count; t++) {
        for (uint32_t i = 0; t != thread && i < oracle->step_counts[t]; i++) {
            const struct oracle_step *other = &oracle->steps[t][i];
            bool conflict = (step->mode & other->mode & SYNC_READER) == 0;
            if (other->kind != SYNC_ACQUIRE || other->object != step->object || !conflict ||
                other->event < step->event)
                continue;
            step->forbids[t] = (uint8_t)i;
            break;
        }
    }
}

void oracle_keep_order(struct oracle *oracle)
{
    static struct pass pass;

    pass.oracle = oracle;
    memset(pass.done, 0, sizeof pass.done);
    for (size_t i = 0; i < ORACLE_OBJECTS; i++)
        pass.places[i].count = pass.places[i].takes = 0;
    for (uint32_t i = 0; i < oracle->trace->event_count; i++) {
        uint8_t thread = (uint8_t)oracle->trace->events[i].thread;
        struct oracle_step *step = &oracle->steps[thread][pass.done[thread]];
        if (pass.done[thread] == oracle->step_counts[thread] || step->event != i)
            continue;
        forbid_overtaking(oracle, step, thread);
        keep_step(&pass, step, thread);
        pass.done[thread]++;
    }
}
