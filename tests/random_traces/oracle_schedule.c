/* A schedule from the start to a state, with the events that are no steps. */
#include "tests/random_traces/oracle_step.h"

struct writer {
    const struct oracle *oracle;
    uint32_t next[ORACLE_THREADS]; /* where to look for the thread's next event */
    uint32_t *order;
    size_t count;
};

/* The events of the thread up to a position. */
static void write_until(struct writer *writer, uint32_t thread, uint32_t last)
{
    const struct sync_trace *trace = writer->oracle->trace;

    for (; writer->next[thread] <= last && writer->next[thread] < trace->event_count;
         writer->next[thread]++) {
        if (trace->events[writer->next[thread]].thread == thread)
            writer->order[writer->count++] = writer->next[thread];
    }
}

/* Brings every thread that stands at a request to it. */
static void write_requests(struct writer *writer, const struct oracle_state *state)
{
    const struct oracle *oracle = writer->oracle;

    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        uint32_t done = state->done[t];
        if (done < oracle->step_counts[t] && oracle_has_begun(oracle, state, t) &&
            oracle->steps[t][done].request != ORACLE_NONE)
            write_until(writer, t, oracle->steps[t][done].request);
    }
}

/* What others must have done that is no step: a try for reading fails because of a request, a
 * thread is joined after its END. */
static void write_silent(struct writer *writer, const struct oracle_state *state, uint32_t thread,
                         const struct oracle_step *step)
{
    const struct oracle *oracle = writer->oracle;

    if (step->kind == SYNC_JOIN)
        write_until(writer, oracle->trace->objects[step->object].thread, UINT32_MAX - 1);
    for (uint32_t t = 0; step->kind == SYNC_TRY_FAIL && t < oracle->thread_count; t++) {
        if (t != thread && oracle_asks_to_write(oracle, state, t, step->object))
            write_until(writer, t, oracle->steps[t][state->done[t]].request);
    }
}

size_t oracle_find_order(const struct oracle *oracle, size_t state, uint32_t *order)
{
    static uint32_t path[ORACLE_STATES];
    struct writer writer = {.oracle = oracle, .order = order};
    size_t length = 0, end = state;

    for (; state != 0; state = oracle->before[state])
        path[length++] = (uint32_t)state;
    while (length > 0) {
        uint32_t at = path[--length], thread = oracle->mover[at];
        const struct oracle_state *from = &oracle->states[oracle->before[at]];
        const struct oracle_step *step = &oracle->steps[thread][from->done[thread]];
        write_silent(&writer, from, thread, step);
        write_until(&writer, thread, step->last_event);
    }
    write_requests(&writer, &oracle->states[end]);
    return writer.count;
}
