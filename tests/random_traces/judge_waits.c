/* Waits under a lock that those need who would end them. */
#include <string.h>
#include "analyzer/schedule/wait_pattern.h"
#include "analyzer/schedule/wait_witness.h"
#include "tests/random_traces/judge.h"

static const uint64_t NO_LIMIT = UINT64_MAX;

struct wait_trial {
    struct judge *judge;
    struct arena *arena;
    struct wait_judge waits;
    struct wait_requests requests;
    const struct abstract_request *found[ORACLE_STEPS * ORACLE_THREADS];
    size_t found_count;
    const char *wrong;
};

static bool judge_circle(void *context, const struct abstract_request *const *members, size_t count,
                         uint64_t *steps)
{
    struct wait_trial *trial = context;
    const struct abstract_request *all[WAIT_PATTERN_MEMBERS + WAIT_WITNESS_HELPERS];
    struct witness witness;

    (void)steps;
    trial->judge->counts[JUDGE_WAIT_CIRCLES]++;
    memcpy(all, members, count * sizeof(const struct abstract_request *));
    if (!wait_witness_find(&trial->waits, trial->arena, all, count, &witness))
        return false;
    trial->judge->counts[JUDGE_WAITS_FOUND]++;
    trial->judge->counts[JUDGE_WAITS_REVERSED] += witness.is_reversed;
    trial->found[trial->found_count++] = members[0];
    if (simulator_replay(trial->waits.simulator, witness.order, witness.order_count,
                         witness.requests, witness.request_count)
            .verdict != SIMULATOR_DEADLOCK)
        trial->wrong = "a wait's witness does not replay";
    if (!oracle_is_blocked(trial->judge->oracle, witness.requests[0]))
        trial->wrong = "a wait is called blocked that can end";
    return true;
}

static bool is_found(const struct wait_trial *trial, const struct abstract_request *wait)
{
    size_t i = 0;

    while (i < trial->found_count && trial->found[i] != wait)
        i++;
    return i < trial->found_count;
}

static void count_missed(struct wait_trial *trial)
{
    const struct sync_trace *trace = trial->requests.locks->trace;
    uint64_t *counts = trial->judge->counts;

    for (size_t i = 0; i < trial->requests.wait_count; i++) {
        const struct abstract_request *wait = trial->requests.nodes[i];
        bool can_block = false;
        for (uint32_t j = 0; j < wait->event_count; j++)
            can_block |= oracle_is_blocked(trial->judge->oracle, wait->events[j].position);
        counts[JUDGE_WAITS_BLOCKED] += can_block;
        if (can_block && !is_found(trial, wait))
            counts[trace->objects[wait->object].kind == SYNC_CONDITION ? JUDGE_CONDITIONS_MISSED
                                                                       : JUDGE_WAITS_MISSED]++;
    }
}

const char *judge_waits(struct judge *judge, struct arena *arena,
                        const struct abstract_requests *requests, struct schedule_index *index,
                        struct simulator *simulator)
{
    struct wait_trial trial = {.judge = judge, .arena = arena};

    wait_requests_collect(arena, requests, &trial.requests);
    trial.waits =
        (struct wait_judge){.index = index, .simulator = simulator, .waits = &trial.requests};
    if (!wait_patterns_search(arena, &trial.requests, NO_LIMIT, judge_circle, &trial))
        return "the search for waits has a limit";
    count_missed(&trial);
    return trial.wrong;
}
