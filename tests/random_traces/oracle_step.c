/* What each step needs and changes. */
#include "tests/random_traces/oracle_step.h"

#include <string.h>

void oracle_start(struct oracle *oracle, enum oracle_mode mode, struct oracle_state *state)
{
    oracle->mode = mode;
    memset(state, 0, sizeof *state);
}

bool oracle_has_begun(const struct oracle *oracle, const struct oracle_state *state,
                      uint32_t thread)
{
    uint32_t creator = oracle->creators[thread];
    return creator == ORACLE_NONE || state->done[creator] >= oracle->creator_steps[thread];
}

static bool has_ended(const struct oracle *oracle, const struct oracle_state *state,
                      uint32_t thread)
{
    return oracle->has_end[thread] && state->done[thread] == oracle->step_counts[thread] &&
           oracle_has_begun(oracle, state, thread);
}

bool oracle_asks_to_write(const struct oracle *oracle, const struct oracle_state *state,
                          uint32_t thread, uint32_t lock)
{
    const struct oracle_step *step = &oracle->steps[thread][state->done[thread]];

    return state->done[thread] < oracle->step_counts[thread] &&
           oracle_has_begun(oracle, state, thread) && step->request != ORACLE_NONE &&
           step->object == lock && (step->mode & SYNC_READER) == 0;
}

static bool is_held(const struct oracle *oracle, const struct oracle_state *state, uint32_t lock,
                    bool against_readers)
{
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        uint32_t held = oracle->writes[t][state->done[t]];
        if (!against_readers)
            held |= oracle->reads[t][state->done[t]];
        if ((held >> lock & 1) != 0)
            return true;
    }
    return false;
}

static bool is_queue_known(const struct oracle_state *state, uint32_t lock)
{
    return (state->queues[lock / 8] >> lock % 8 & 1) != 0;
}

static int32_t balance(const struct oracle *oracle, const struct oracle_state *state,
                       uint32_t object)
{
    int32_t sum = oracle->initial[object];

    for (uint32_t t = 0; t < oracle->thread_count; t++)
        sum += oracle->balance[t][state->done[t]][object];
    return sum;
}

static bool can_acquire(const struct oracle *oracle, const struct oracle_state *state,
                        const struct oracle_step *step)
{
    bool reads = (step->mode & SYNC_READER) != 0;

    if (oracle->is_signal[step->object])
        return balance(oracle, state, step->object) == 0;
    if (is_queue_known(state, step->object) && (reads || (step->mode & SYNC_TRY) != 0))
        return false;
    return !is_held(oracle, state, step->object, reads);
}

static bool can_fail(const struct oracle *oracle, const struct oracle_state *state,
                     const struct oracle_step *step, uint32_t thread)
{
    bool reads = (step->mode & SYNC_READER) != 0;

    if (oracle->mode == ORACLE_IN_ORDER && (step->mode & SYNC_HOLDER_SEEN) == 0)
        return false;
    if (oracle->trace->objects[step->object].kind == SYNC_SEMAPHORE)
        return balance(oracle, state, step->object) == 0 ||
               (oracle->mode == ORACLE_LOOSE &&
                oracle->trace->objects[step->object].initial == SYNC_UNKNOWN);
    if (oracle->is_signal[step->object])
        return balance(oracle, state, step->object) > 0;
    if (is_held(oracle, state, step->object, reads))
        return true;
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        if (reads && oracle->trace->objects[step->object].kind == SYNC_WRITER_QUEUE &&
            t != thread && oracle_asks_to_write(oracle, state, t, step->object))
            return true;
    }
    return false;
}

bool oracle_is_open(const struct oracle *oracle, const struct oracle_state *state, uint32_t thread,
                    uint32_t barrier)
{
    uint32_t parties = oracle->trace->objects[barrier].initial;

    return (uint32_t)balance(oracle, state, barrier) >= (state->generation[thread] + 1) * parties;
}

static bool can_leave(const struct oracle *oracle, const struct oracle_state *state,
                      const struct oracle_step *step, uint32_t thread)
{
    if (oracle->trace->objects[step->object].initial != SYNC_UNKNOWN)
        return oracle_is_open(oracle, state, thread, step->object);
    return oracle->mode == ORACLE_LOOSE ||
           (uint32_t)balance(oracle, state, step->object) >= step->cause;
}

static bool can_take(const struct oracle *oracle, const struct oracle_state *state,
                     const struct oracle_step *step)
{
    bool is_unknown = oracle->trace->objects[step->object].initial == SYNC_UNKNOWN;

    if (is_unknown && oracle->mode != ORACLE_ANY_ORDER)
        return oracle->mode == ORACLE_LOOSE;
    return balance(oracle, state, step->object) > 0;
}

static bool is_done(const struct oracle *oracle, const struct oracle_state *state, uint32_t event)
{
    uint32_t thread = oracle->trace->events[event].thread;
    uint32_t done = state->done[thread];

    return done > 0 && oracle->steps[thread][done - 1].event != ORACLE_NONE &&
           oracle->steps[thread][done - 1].event >= event;
}

/* Loosely, who finds nobody inside might have run the initialiser. */
static bool can_pass(const struct oracle *oracle, const struct oracle_state *state,
                     const struct oracle_step *step)
{
    if (step->cause == ORACLE_NONE || is_done(oracle, state, step->cause))
        return true;
    return oracle->mode == ORACLE_LOOSE && !is_held(oracle, state, step->object, false);
}

static bool keeps_order(const struct oracle *oracle, const struct oracle_state *state,
                        const struct oracle_step *step)
{
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        if (state->done[t] < step->needs[t] || state->done[t] > step->forbids[t])
            return false;
    }
    return true;
}

bool oracle_is_enabled(const struct oracle *oracle, const struct oracle_state *state,
                       uint32_t thread)
{
    const struct oracle_step *step = &oracle->steps[thread][state->done[thread]];

    if (state->done[thread] == oracle->step_counts[thread] ||
        !oracle_has_begun(oracle, state, thread) ||
        (oracle->mode == ORACLE_IN_ORDER && !keeps_order(oracle, state, step)))
        return false;
    switch ((enum sync_event_kind)step->kind) {
    case SYNC_REQUEST:
        return false;
    case SYNC_ACQUIRE:
        return can_acquire(oracle, state, step);
    case SYNC_RELEASE:
        return !oracle->is_signal[step->object] || balance(oracle, state, step->object) > 0;
    case SYNC_TRY_FAIL:
        return can_fail(oracle, state, step, thread);
    case SYNC_WAIT_END:
        return (step->mode & SYNC_NOT_WOKEN) != 0 ||
               oracle_can_end_wait(oracle, state, thread, step->object);
    case SYNC_TAKE:
        return can_take(oracle, state, step);
    case SYNC_BARRIER_LEAVE:
        return can_leave(oracle, state, step, thread);
    case SYNC_ONCE_PASS:
        return can_pass(oracle, state, step);
    case SYNC_JOIN:
        return has_ended(oracle, state, oracle->trace->objects[step->object].thread);
    case SYNC_READ:
        return state->variables[oracle->variables[step->object]] == step->cause;
    default:
        return true;
    }
}

static void set_queue_known(struct oracle_state *state, uint32_t lock, bool known)
{
    uint8_t bit = (uint8_t)(1 << lock % 8);

    if (known)
        state->queues[lock / 8] |= bit;
    else
        state->queues[lock / 8] &= (uint8_t)~bit;
}

/* The writer whose time was over may have been the one in the queue. */
static bool gives_up_writing(const struct oracle_step *step)
{
    return (step->mode & SYNC_TIMED) != 0 && (step->mode & SYNC_READER) == 0;
}

void oracle_execute(const struct oracle *oracle, struct oracle_state *state, uint32_t thread)
{
    const struct oracle_step *step = &oracle->steps[thread][state->done[thread]];
    const struct sync_object *object = &oracle->trace->objects[step->object];

    switch ((enum sync_event_kind)step->kind) {
    case SYNC_ACQUIRE:
        if ((step->mode & SYNC_READER) == 0)
            set_queue_known(state, step->object, false);
        break;
    case SYNC_TRY_FAIL:
        if (object->kind == SYNC_WRITER_QUEUE &&
            !is_held(oracle, state, step->object, (step->mode & SYNC_READER) != 0))
            set_queue_known(state, step->object, true);
        else if (gives_up_writing(step))
            set_queue_known(state, step->object, false);
        break;
    case SYNC_WAIT_BEGIN:
        oracle_begin_wait(oracle, state, thread, step->object);
        break;
    case SYNC_WAIT_END:
        oracle_end_wait(oracle, state, thread, step->object, (step->mode & SYNC_NOT_WOKEN) == 0);
        break;
    case SYNC_SIGNAL:
    case SYNC_BROADCAST:
        oracle_wake(oracle, state, step->object, step->kind == SYNC_BROADCAST);
        break;
    case SYNC_BARRIER_ENTER:
        if (object->initial != SYNC_UNKNOWN)
            state->generation[thread] =
                (uint8_t)((uint32_t)balance(oracle, state, step->object) / object->initial);
        break;
    case SYNC_BARRIER_LEAVE:
        state->generation[thread] = 0;
        break;
    case SYNC_WRITE:
        state->variables[oracle->variables[step->object]] = (uint8_t)step->cause;
        break;
    default:
        break;
    }
    state->done[thread]++;
}
