#include "tests/random_traces/oracle_step.h"

/* A waiter in one byte: 0 who does not wait. */
enum { RANK_BITS = 7, WOKEN = 8, SIGNAL = 16, MOST_SIGNALS = 7 };

static bool is_waiting_for(const struct oracle *oracle, const struct oracle_state *state,
                           uint32_t thread, uint32_t condition)
{
    return state->wait[thread] != 0 &&
           oracle->steps[thread][state->done[thread] - 1].object == condition;
}

static uint32_t rank(const struct oracle_state *state, uint32_t thread)
{
    return state->wait[thread] & RANK_BITS;
}

static uint32_t signals(const struct oracle_state *state, uint32_t thread)
{
    return state->wait[thread] / SIGNAL;
}

/* More signals than threads are as good as one for each. */
static void add_signals(struct oracle_state *state, uint32_t thread, uint32_t count)
{
    uint32_t sum = signals(state, thread) + count;

    if (sum > MOST_SIGNALS)
        sum = MOST_SIGNALS;
    state->wait[thread] = (uint8_t)((state->wait[thread] % SIGNAL) + sum * SIGNAL);
}

/* The waiter of this rank, or NONE. */
static uint32_t find_rank(const struct oracle *oracle, const struct oracle_state *state,
                          uint32_t condition, uint32_t wanted)
{
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        if (is_waiting_for(oracle, state, t, condition) && rank(state, t) == wanted)
            return t;
    }
    return ORACLE_NONE;
}

static uint32_t count_waiters(const struct oracle *oracle, const struct oracle_state *state,
                              uint32_t condition)
{
    uint32_t count = 0;

    for (uint32_t t = 0; t < oracle->thread_count; t++)
        count += is_waiting_for(oracle, state, t, condition);
    return count;
}

void oracle_begin_wait(const struct oracle *oracle, struct oracle_state *state, uint32_t thread,
                       uint32_t condition)
{
    state->wait[thread] = (uint8_t)(count_waiters(oracle, state, condition) + 1);
}

/* Whom the first signal that the thread can take was for: it or one that began later. */
static uint32_t find_signal(const struct oracle *oracle, const struct oracle_state *state,
                            uint32_t thread, uint32_t condition)
{
    for (uint32_t r = rank(state, thread);; r++) {
        uint32_t other = find_rank(oracle, state, condition, r);
        if (other == ORACLE_NONE || signals(state, other) > 0)
            return other;
    }
}

bool oracle_can_end_wait(const struct oracle *oracle, const struct oracle_state *state,
                         uint32_t thread, uint32_t condition)
{
    return (state->wait[thread] & WOKEN) != 0 ||
           find_signal(oracle, state, thread, condition) != ORACLE_NONE;
}

void oracle_end_wait(const struct oracle *oracle, struct oracle_state *state, uint32_t thread,
                     uint32_t condition, bool woken)
{
    if (woken && (state->wait[thread] & WOKEN) == 0) {
        uint32_t other = find_signal(oracle, state, thread, condition);
        state->wait[other] = (uint8_t)(state->wait[other] - SIGNAL);
    }
    uint32_t before = find_rank(oracle, state, condition, rank(state, thread) - 1);
    if (before != ORACLE_NONE)
        add_signals(state, before, signals(state, thread));
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        if (is_waiting_for(oracle, state, t, condition) && rank(state, t) > rank(state, thread))
            state->wait[t]--;
    }
    state->wait[thread] = 0;
}

void oracle_wake(const struct oracle *oracle, struct oracle_state *state, uint32_t condition,
                 bool all)
{
    uint32_t last = find_rank(oracle, state, condition, count_waiters(oracle, state, condition));

    if (!all && last != ORACLE_NONE)
        add_signals(state, last, 1);
    for (uint32_t t = 0; all && t < oracle->thread_count; t++) {
        if (is_waiting_for(oracle, state, t, condition))
            state->wait[t] |= WOKEN;
    }
}
