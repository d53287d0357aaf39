/* Where a schedule ends as nobody can go on: who waits there for what any thread could bring. */
#include "tests/random_traces/oracle_step.h"

/* The step before which the thread stands in a wait without a time limit, or which it has just
 * done, at the end of its trace; its object in *object. False: it does not. */
static bool is_waiting(const struct oracle *oracle, const struct oracle_state *state,
                       uint32_t thread, uint32_t *object)
{
    const struct sync_event *events = oracle->trace->events;
    uint32_t done = state->done[thread];
    const struct oracle_step *last = done > 0 ? &oracle->steps[thread][done - 1] : NULL;
    const struct oracle_step *next =
        done < oracle->step_counts[thread] ? &oracle->steps[thread][done] : NULL;

    if (!oracle_has_begun(oracle, state, thread))
        return false;
    if (next && next->request != ORACLE_NONE &&
        oracle->trace->objects[next->object].kind == SYNC_SEMAPHORE) {
        *object = next->object;
        return (events[next->request].mode & SYNC_TIMED) == 0;
    }
    if (!last || (last->kind != SYNC_WAIT_BEGIN && last->kind != SYNC_BARRIER_ENTER))
        return false;
    *object = last->object;
    return (last->mode & SYNC_TIMED) == 0;
}

/* A wait that the trace ends with can be over all the same. */
static bool is_over(const struct oracle *oracle, const struct oracle_state *state, uint32_t thread,
                    uint32_t object)
{
    uint32_t done = state->done[thread];

    if (done < oracle->step_counts[thread])
        return false;
    if (oracle->trace->objects[object].kind == SYNC_CONDITION)
        return oracle_can_end_wait(oracle, state, thread, object);
    return oracle_is_open(oracle, state, thread, object);
}

static bool would_serve(const struct oracle_step *step, uint32_t object)
{
    return step->object == object &&
           (step->kind == SYNC_POST || step->kind == SYNC_SIGNAL || step->kind == SYNC_BROADCAST ||
            step->kind == SYNC_BARRIER_ENTER);
}

static uint32_t find_servers(const struct oracle *oracle, const struct oracle_state *state,
                             uint32_t thread, uint32_t object)
{
    uint32_t servers = 0;

    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        for (uint32_t i = state->done[t]; t != thread && i < oracle->step_counts[t]; i++) {
            if (would_serve(&oracle->steps[t][i], object))
                servers |= UINT32_C(1) << t;
        }
    }
    return servers;
}

void oracle_judge_end(struct oracle *oracle, const struct oracle_state *state)
{
    uint32_t locks[ORACLE_THREADS] = {0}, edges[ORACLE_THREADS] = {0}, waiting = 0, object;

    oracle_find_edges(oracle, state, locks);
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        edges[t] = locks[t];
        if (locks[t] != 0 || !is_waiting(oracle, state, t, &object) ||
            oracle->trace->objects[object].initial == SYNC_UNKNOWN ||
            is_over(oracle, state, t, object))
            continue;
        waiting |= UINT32_C(1) << t;
        edges[t] = find_servers(oracle, state, t, object);
    }
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        uint32_t circle = oracle_find_circle(edges, t, (UINT32_C(1) << ORACLE_THREADS) - 1);
        bool is_needed = false;
        for (uint32_t other = 0; other < oracle->thread_count; other++)
            is_needed |= (circle >> other & 1) != 0 && (locks[other] >> t & 1) != 0;
        if ((waiting >> t & 1) != 0 && is_needed)
            oracle->blocked[t] |= UINT64_C(1) << state->done[t];
    }
}

bool oracle_is_blocked(const struct oracle *oracle, uint32_t position)
{
    uint32_t thread = oracle->trace->events[position].thread;

    for (uint32_t i = 0; i < oracle->step_counts[thread]; i++) {
        const struct oracle_step *step = &oracle->steps[thread][i];
        if (step->request == position)
            return (oracle->blocked[thread] >> i & 1) != 0;
        if (step->event == position)
            return (oracle->blocked[thread] >> (i + 1) & 1) != 0;
    }
    return false;
}
