/* Who waits for whom in a state. */
#include "tests/random_traces/oracle_step.h"

#include <string.h>

static const struct oracle_step *find_request(const struct oracle *oracle,
                                              const struct oracle_state *state, uint32_t thread)
{
    const struct oracle_step *step = &oracle->steps[thread][state->done[thread]];

    if (state->done[thread] == oracle->step_counts[thread] || step->request == ORACLE_NONE ||
        !oracle_has_begun(oracle, state, thread))
        return NULL;
    return step;
}

static bool waits_for(const struct oracle *oracle, const struct oracle_state *state,
                      uint32_t thread, const struct oracle_step *step, uint32_t other)
{
    const struct sync_object *object = &oracle->trace->objects[step->object];
    uint8_t mode = oracle->trace->events[step->request].mode;
    uint32_t bit = UINT32_C(1) << step->object;

    if ((mode & SYNC_TIMED) != 0)
        return false;
    if (object->kind == SYNC_THREAD)
        return object->thread == other &&
               !(oracle->has_end[other] && state->done[other] == oracle->step_counts[other]);
    if ((object->kind != SYNC_LOCK && object->kind != SYNC_WRITER_QUEUE) ||
        oracle->is_signal[step->object])
        return false;
    if ((oracle->writes[other][state->done[other]] & bit) != 0)
        return true;
    if ((mode & SYNC_READER) == 0)
        return (oracle->reads[other][state->done[other]] & bit) != 0;
    return object->kind == SYNC_WRITER_QUEUE && other != thread &&
           oracle_asks_to_write(oracle, state, other, step->object);
}

/* Along `edges`, one step or more, among the threads of `among`. */
static uint32_t reach(const uint32_t *edges, uint32_t from, uint32_t among)
{
    uint32_t reached = edges[from] & among, before = 0;

    while (reached != before) {
        before = reached;
        for (uint32_t t = 0; t < ORACLE_THREADS; t++)
            reached |= (before >> t & 1) != 0 ? edges[t] & among : 0;
    }
    return reached;
}

uint32_t oracle_find_circle(const uint32_t *edges, uint32_t thread, uint32_t among)
{
    uint32_t circle = 0;

    for (uint32_t t = 0; t < ORACLE_THREADS; t++) {
        if ((reach(edges, thread, among) >> t & 1) != 0 &&
            (reach(edges, t, among) >> thread & 1) != 0)
            circle |= UINT32_C(1) << t;
    }
    return circle;
}

static bool add_circle(struct oracle *oracle, size_t index, uint32_t threads)
{
    const struct oracle_state *state = &oracle->states[index];
    struct oracle_circle circle = {.state = index};

    for (uint32_t t = 0; t < ORACLE_THREADS; t++) {
        bool is_member = (threads >> t & 1) != 0;
        circle.requests[t] = is_member ? oracle->steps[t][state->done[t]].request : ORACLE_NONE;
    }
    for (size_t i = 0; i < oracle->circle_count; i++) {
        if (memcmp(oracle->circles[i].requests, circle.requests, sizeof circle.requests) == 0)
            return true;
    }
    if (oracle->circle_count == ORACLE_CIRCLES)
        return false;
    oracle->circles[oracle->circle_count++] = circle;
    return true;
}

static uint32_t find_members(const struct oracle *oracle, const struct oracle_state *state,
                             const struct oracle_pattern *pattern)
{
    uint32_t members = 0;

    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        if (pattern->steps[t] == 0)
            continue;
        if ((pattern->steps[t] >> state->done[t] & 1) == 0)
            return 0;
        members |= UINT32_C(1) << t;
    }
    return members;
}

static void judge_patterns(struct oracle *oracle, const struct oracle_state *state,
                           const uint32_t *edges, uint32_t writers)
{
    for (size_t i = 0; i < oracle->pattern_count; i++) {
        struct oracle_pattern *pattern = &oracle->patterns[i];
        uint32_t members = pattern->reached ? 0 : find_members(oracle, state, pattern);
        if (members == 0)
            continue;
        uint32_t first = (uint32_t)__builtin_ctz(members);
        uint32_t circle = oracle_find_circle(edges, first, members | writers);
        pattern->reached = (circle & members) == members;
    }
}

void oracle_find_edges(const struct oracle *oracle, const struct oracle_state *state,
                       uint32_t *edges)
{
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        const struct oracle_step *step = find_request(oracle, state, t);
        edges[t] = 0;
        for (uint32_t other = 0; step && other < oracle->thread_count; other++) {
            if (waits_for(oracle, state, t, step, other))
                edges[t] |= UINT32_C(1) << other;
        }
    }
}

bool oracle_judge_state(struct oracle *oracle, size_t index)
{
    const struct oracle_state *state = &oracle->states[index];
    uint32_t edges[ORACLE_THREADS] = {0}, writers = 0, left = 0;

    oracle_find_edges(oracle, state, edges);
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        const struct oracle_step *step = find_request(oracle, state, t);
        if (edges[t] == 0)
            continue;
        left |= UINT32_C(1) << t;
        if (oracle->trace->objects[step->object].kind == SYNC_WRITER_QUEUE &&
            oracle_asks_to_write(oracle, state, t, step->object))
            writers |= UINT32_C(1) << t;
    }
    if (left == 0)
        return true;
    judge_patterns(oracle, state, edges, writers);
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        uint32_t circle = (left >> t & 1) != 0 ? oracle_find_circle(edges, t, left) : 0;
        if (circle != 0 && !add_circle(oracle, index, circle))
            return false;
        left &= ~circle;
    }
    return true;
}
