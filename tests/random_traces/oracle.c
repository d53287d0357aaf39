/* From a trace to steps, and all states from its start. */
#include "tests/random_traces/oracle.h"

#include <string.h>
#include "tests/random_traces/oracle_step.h"

static bool fits(const struct sync_trace *trace)
{
    uint32_t variables = 0;

    if (trace->thread_count > ORACLE_THREADS || trace->object_count > ORACLE_OBJECTS)
        return false;
    for (uint32_t i = 0; i < trace->object_count; i++)
        variables += trace->objects[i].kind == SYNC_VARIABLE;
    return variables <= ORACLE_VARIABLES;
}

static void find_signals(struct oracle *oracle)
{
    const struct sync_trace *trace = oracle->trace;
    uint32_t writers[ORACLE_OBJECTS];

    memset(writers, 0xff, sizeof writers);
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        if ((event->mode & SYNC_READER) != 0)
            continue;
        if (event->kind == SYNC_RELEASE && writers[event->object] != event->thread)
            oracle->is_signal[event->object] = true;
        if (event->kind == SYNC_ACQUIRE)
            writers[event->object] = event->thread;
    }
}

/* What follows the last step of the thread so far: held locks and counts as after that step. */
static struct oracle_step *add_step(struct oracle *oracle, uint32_t thread)
{
    uint32_t index = oracle->step_counts[thread]++;

    oracle->writes[thread][index + 1] = oracle->writes[thread][index];
    oracle->reads[thread][index + 1] = oracle->reads[thread][index];
    memcpy(oracle->balance[thread][index + 1], oracle->balance[thread][index], ORACLE_OBJECTS);
    return &oracle->steps[thread][index];
}

/* Reading again what one reads counts on in `again`. */
static bool count_holds(struct oracle *oracle, const struct sync_event *event, uint8_t *again)
{
    uint32_t bit = UINT32_C(1) << event->object;
    uint32_t done = oracle->step_counts[event->thread];
    uint32_t *held = (event->mode & SYNC_READER) != 0 ? &oracle->reads[event->thread][done]
                                                      : &oracle->writes[event->thread][done];

    if (event->kind == SYNC_ACQUIRE) {
        *again += (*held & bit) != 0;
        *held |= bit;
        return true;
    }
    if ((*held & bit) == 0)
        return false;
    if (*again > 0)
        --*again;
    else
        *held &= ~bit;
    return true;
}

static void count_balance(struct oracle *oracle, const struct sync_event *event)
{
    int8_t *balance =
        &oracle->balance[event->thread][oracle->step_counts[event->thread]][event->object];

    if (event->kind == SYNC_POST || event->kind == SYNC_BARRIER_ENTER ||
        (event->kind == SYNC_ACQUIRE && oracle->is_signal[event->object]))
        ++*balance;
    if (event->kind == SYNC_TAKE ||
        (event->kind == SYNC_RELEASE && oracle->is_signal[event->object]))
        --*balance;
}

/* The writes, releases and entries of an object so far, for the events that need them. */
struct seen {
    uint32_t request[ORACLE_THREADS];
    uint8_t again[ORACLE_THREADS][ORACLE_OBJECTS];
    uint32_t writes[ORACLE_OBJECTS], entries[ORACLE_OBJECTS], release[ORACLE_OBJECTS];
    int32_t level[ORACLE_OBJECTS];
};

static void note_seen(struct oracle *oracle, struct seen *seen, const struct sync_event *event,
                      uint32_t position)
{
    uint32_t object = event->object;

    seen->writes[object] += event->kind == SYNC_WRITE;
    seen->entries[object] += event->kind == SYNC_BARRIER_ENTER;
    if (event->kind == SYNC_RELEASE)
        seen->release[object] = position;
    seen->level[object] += (event->kind == SYNC_POST) - (event->kind == SYNC_TAKE);
    if (oracle->trace->objects[object].initial == SYNC_UNKNOWN &&
        -seen->level[object] > oracle->initial[object])
        oracle->initial[object] = (uint8_t)-seen->level[object];
}

static uint32_t find_cause(const struct sync_event *event, const struct seen *seen)
{
    switch ((enum sync_event_kind)event->kind) {
    case SYNC_READ:
    case SYNC_WRITE:
        return seen->writes[event->object];
    case SYNC_ONCE_PASS:
        return seen->release[event->object];
    case SYNC_BARRIER_LEAVE:
        return seen->entries[event->object];
    default:
        return ORACLE_NONE;
    }
}

/* Whether the event needs no step of its own; then what is to be known of it is noted. */
static bool is_silent(struct oracle *oracle, struct seen *seen, const struct sync_event *event,
                      uint32_t position)
{
    uint32_t done = oracle->step_counts[event->thread];
    struct oracle_step *last = done > 0 ? &oracle->steps[event->thread][done - 1] : NULL;

    if (event->kind == SYNC_REQUEST)
        seen->request[event->thread] = position;
    if (event->kind == SYNC_END) {
        oracle->has_end[event->thread] = true;
        seen->request[event->thread] = ORACLE_NONE;
    }
    if (event->kind == SYNC_RELEASE && last && last->kind == SYNC_WAIT_BEGIN) {
        last->last_event = position;
        return true;
    }
    return event->kind == SYNC_REQUEST || event->kind == SYNC_BEGIN || event->kind == SYNC_END;
}

/* The request that the event answers; one whose time was over may have got no answer. */
static uint32_t find_request(const struct oracle *oracle, const struct seen *seen,
                             const struct sync_event *event)
{
    uint32_t request = seen->request[event->thread];

    if (request == ORACLE_NONE || oracle->trace->events[request].object != event->object ||
        (event->kind == SYNC_ACQUIRE && (event->mode & SYNC_TRY) != 0))
        return ORACLE_NONE;
    return request;
}

static bool add_event(struct oracle *oracle, struct seen *seen, uint32_t position)
{
    const struct sync_event *event = &oracle->trace->events[position];

    if (oracle->step_counts[event->thread] == ORACLE_STEPS)
        return false;
    note_seen(oracle, seen, event, position);
    if (!is_silent(oracle, seen, event, position)) {
        uint32_t thread = event->thread;
        *add_step(oracle, thread) = (struct oracle_step){
            .kind = event->kind,
            .mode = event->mode,
            .object = (uint8_t)event->object,
            .event = position,
            .request = find_request(oracle, seen, event),
            .last_event = position,
            .cause = find_cause(event, seen),
        };
        seen->request[thread] = ORACLE_NONE;
        count_balance(oracle, event);
        if (event->kind == SYNC_CREATE) {
            uint32_t child = oracle->trace->objects[event->object].thread;
            oracle->creators[child] = thread;
            oracle->creator_steps[child] = oracle->step_counts[thread];
        }
    }
    if (oracle->is_signal[event->object])
        return (event->mode & SYNC_IN_WAIT) == 0;
    if (event->kind != SYNC_ACQUIRE && event->kind != SYNC_RELEASE)
        return true;
    return count_holds(oracle, event, &seen->again[event->thread][event->object]);
}

/* A request that the trace ends with is a step that nothing enables. */
static void add_last_request(struct oracle *oracle, uint32_t thread, uint32_t request)
{
    if (request == ORACLE_NONE)
        return;
    const struct sync_event *event = &oracle->trace->events[request];
    *add_step(oracle, thread) = (struct oracle_step){
        .kind = SYNC_REQUEST,
        .mode = event->mode,
        .object = (uint8_t)event->object,
        .event = ORACLE_NONE,
        .request = request,
        .last_event = request,
        .cause = ORACLE_NONE,
    };
}

static uint64_t hash(const struct oracle_state *state)
{
    uint64_t words[sizeof *state / 8], sum = 0;

    memcpy(words, state, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        sum = (sum ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 29;
    }
    return sum;
}

/* Adds a state that is new, which a step of `mover` in state `before` led to; false: no room. */
static bool add_state(struct oracle *oracle, const struct oracle_state *state, size_t before,
                      uint32_t mover)
{
    enum { SLOTS = sizeof oracle->slots / sizeof *oracle->slots };
    size_t slot = hash(state) % SLOTS;

    for (; oracle->slots[slot] != 0; slot = (slot + 1) % SLOTS) {
        if (memcmp(&oracle->states[oracle->slots[slot] - 1], state, sizeof *state) == 0)
            return true;
    }
    if (oracle->state_count == ORACLE_STATES)
        return false;
    oracle->before[oracle->state_count] = (uint32_t)before;
    oracle->mover[oracle->state_count] = (uint8_t)mover;
    oracle->slot_of[oracle->state_count] = (uint32_t)slot;
    oracle->states[oracle->state_count++] = *state;
    oracle->slots[slot] = (uint32_t)oracle->state_count;
    return true;
}

static void forget_states(struct oracle *oracle)
{
    while (oracle->state_count > 0)
        oracle->slots[oracle->slot_of[--oracle->state_count]] = 0;
    oracle->circle_count = 0;
    for (size_t i = 0; i < oracle->pattern_count; i++)
        oracle->patterns[i].reached = false;
}

bool oracle_init(struct oracle *oracle, const struct sync_trace *trace)
{
    struct seen seen = {0};
    uint8_t variables = 0;

    if (!fits(trace))
        return false;
    forget_states(oracle);
    memset(oracle, 0, offsetof(struct oracle, state_count));
    oracle->trace = trace;
    oracle->thread_count = trace->thread_count;
    memset(seen.request, 0xff, sizeof seen.request);
    memset(seen.release, 0xff, sizeof seen.release);
    memset(oracle->creators, 0xff, sizeof oracle->creators);
    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (trace->objects[i].kind == SYNC_VARIABLE)
            oracle->variables[i] = variables++;
        if (trace->objects[i].kind == SYNC_SEMAPHORE && trace->objects[i].initial != SYNC_UNKNOWN)
            oracle->initial[i] = (uint8_t)trace->objects[i].initial;
    }
    find_signals(oracle);
    for (uint32_t i = 0; i < trace->event_count; i++) {
        if (!add_event(oracle, &seen, i))
            return false;
    }
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        if (oracle->step_counts[t] == ORACLE_STEPS)
            return false;
        add_last_request(oracle, t, seen.request[t]);
    }
    oracle_keep_order(oracle);
    return true;
}

size_t oracle_add_pattern(struct oracle *oracle)
{
    return oracle->pattern_count++;
}

void oracle_add_request(struct oracle *oracle, size_t pattern, uint32_t position)
{
    uint32_t thread = oracle->trace->events[position].thread;

    for (uint32_t i = 0; i < oracle->step_counts[thread]; i++) {
        if (oracle->steps[thread][i].request == position)
            oracle->patterns[pattern].steps[thread] |= UINT64_C(1) << i;
    }
}

/* Adds the states that one step leads to. */
static bool add_next(struct oracle *oracle, size_t at)
{
    struct oracle_state state;
    bool is_end = true;

    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        if (!oracle_is_enabled(oracle, &oracle->states[at], t))
            continue;
        is_end = false;
        state = oracle->states[at];
        oracle_execute(oracle, &state, t);
        if (!add_state(oracle, &state, at, t))
            return false;
    }
    if (is_end && oracle->mode == ORACLE_ANY_ORDER)
        oracle_judge_end(oracle, &oracle->states[at]);
    return true;
}

bool oracle_explore(struct oracle *oracle, enum oracle_mode mode)
{
    struct oracle_state state;

    forget_states(oracle);
    memset(oracle->blocked, 0, sizeof oracle->blocked);
    oracle_start(oracle, mode, &state);
    if (!add_state(oracle, &state, 0, 0))
        return false;
    for (size_t i = 0; i < oracle->state_count; i++) {
        if (!oracle_judge_state(oracle, i) || !add_next(oracle, i))
            return false;
    }
    return true;
}

bool oracle_can_go_on(struct oracle *oracle, const struct oracle_state *start, uint32_t threads)
{
    struct oracle_state state;

    forget_states(oracle);
    if (!add_state(oracle, start, 0, 0))
        return true;
    for (size_t i = 0; i < oracle->state_count; i++) {
        for (uint32_t t = 0; t < oracle->thread_count; t++) {
            if (!oracle_is_enabled(oracle, &oracle->states[i], t))
                continue;
            state = oracle->states[i];
            oracle_execute(oracle, &state, t);
            if ((threads >> t & 1) != 0 || !add_state(oracle, &state, i, t))
                return true;
        }
    }
    return false;
}
