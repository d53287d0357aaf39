#include "tests/random_traces/judge.h"

#include <string.h>
#include "tests/random_traces/collected.h"
#include "tests/random_traces/reduced.h"

const char *judge_count_text(enum judge_count count)
{
    static const char *const texts[] = {
#define X(name, text) text,
        JUDGE_COUNTS(X)
#undef X
    };
    return texts[count];
}

/* The patterns of one trace, each with what is said of it. */
struct pattern {
    const struct abstract_request *members[ORACLE_THREADS];
    size_t count;
    struct witness_result result;
    bool any, in_order, loose;
};

struct trial {
    struct judge *judge;
    const struct sync_trace *trace;
    struct abstract_requests requests;
    struct arena arena;
    struct simulator *simulator;
    struct pattern patterns[ORACLE_PATTERNS];
    size_t pattern_count;
    bool has_room;
};

/* ---- the patterns: by the words of docs/prediction.md, not by what the search has for it ---- */

static const struct held_object *find_held(const struct abstract_request *request, uint32_t object)
{
    for (uint32_t i = 0; i < request->held_count; i++) {
        if (request->held[i].object == object)
            return &request->held[i];
    }
    return NULL;
}

static bool waits_for(const struct sync_trace *trace, const struct abstract_request *waiter,
                      const struct abstract_request *holder)
{
    const struct held_object *held = find_held(holder, waiter->object);

    if (!held)
        return false;
    return held->reader == 0 || (waiter->mode & SYNC_READER) == 0 ||
           trace->objects[waiter->object].kind == SYNC_WRITER_QUEUE;
}

static bool have_gate(const struct abstract_request *a, const struct abstract_request *b)
{
    for (uint32_t i = 0; i < a->held_count; i++) {
        const struct held_object *other = find_held(b, a->held[i].object);
        if (other && (other->reader == 0 || a->held[i].reader == 0))
            return true;
    }
    return false;
}

static void add_pattern(struct trial *trial, const struct abstract_request *const *members,
                        size_t count)
{
    if (trial->pattern_count == ORACLE_PATTERNS) {
        trial->has_room = false;
        return;
    }
    struct pattern *pattern = &trial->patterns[trial->pattern_count++];
    size_t number = oracle_add_pattern(trial->judge->oracle);
    *pattern = (struct pattern){.count = count};
    for (size_t i = 0; i < count; i++) {
        pattern->members[i] = members[i];
        for (uint32_t j = 0; j < members[i]->event_count; j++)
            oracle_add_request(trial->judge->oracle, number, members[i]->events[j].position);
    }
}

static bool fits(const struct abstract_request *const *members, size_t count,
                 const struct abstract_request *next)
{
    for (size_t i = 0; i < count; i++) {
        if (members[i]->thread == next->thread || members[i]->object == next->object ||
            have_gate(members[i], next))
            return false;
    }
    return true;
}

/* Circles from their first request on. */
static void extend(struct trial *trial, const struct abstract_request **members, size_t count)
{
    const struct abstract_requests *all = &trial->requests;

    if (waits_for(all->trace, members[count - 1], members[0]))
        add_pattern(trial, members, count);
    for (const struct abstract_request *next = members[0] + 1; next < all->requests + all->count;
         next++) {
        if (count == ORACLE_THREADS || (next->mode & SYNC_TIMED) != 0 ||
            !waits_for(all->trace, members[count - 1], next) || !fits(members, count, next))
            continue;
        members[count] = next;
        extend(trial, members, count + 1);
    }
}

static void find_patterns(struct trial *trial)
{
    const struct abstract_request *members[ORACLE_THREADS];

    for (size_t i = 0; i < trial->requests.count; i++) {
        members[0] = &trial->requests.requests[i];
        if ((members[0]->mode & SYNC_TIMED) == 0)
            extend(trial, members, 1);
    }
}

/* ---- what is said of them ---- */

static bool is_request_of(const struct abstract_request *request, uint32_t position)
{
    for (uint32_t i = 0; i < request->event_count; i++) {
        if (request->events[i].position == position)
            return true;
    }
    return false;
}

/* Whether some pattern stands for the circle. A thread that waits for itself needs none. */
static bool has_pattern(const struct trial *trial, const struct oracle_circle *circle)
{
    uint32_t threads = 0;

    for (uint32_t t = 0; t < trial->trace->thread_count; t++)
        threads += circle->requests[t] != ORACLE_NONE;
    for (size_t i = 0; i < trial->pattern_count; i++) {
        const struct pattern *pattern = &trial->patterns[i];
        size_t matched = 0;
        for (size_t m = 0; m < pattern->count; m++)
            matched +=
                is_request_of(pattern->members[m], circle->requests[pattern->members[m]->thread]);
        if (matched == pattern->count)
            return true;
    }
    return threads < 2;
}

static const char *check_circles(struct trial *trial)
{
    const struct oracle *oracle = trial->judge->oracle;

    trial->judge->counts[JUDGE_CIRCLES] += oracle->circle_count;
    for (size_t i = 0; i < oracle->circle_count; i++) {
        if (!has_pattern(trial, &oracle->circles[i]))
            return "requests that can deadlock are no pattern";
    }
    return agreement_circles(oracle, trial->simulator);
}

/* It takes no part in what has to be found in the order of the run, but may in what is. */
static bool has_unknown_semaphore(const struct sync_trace *trace)
{
    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (trace->objects[i].kind == SYNC_SEMAPHORE && trace->objects[i].initial == SYNC_UNKNOWN)
            return true;
    }
    return false;
}

/* A witness by an uncertain cause proves nothing, whether it can be or not; it has to say so. */
static const char *check_witness(struct trial *trial, const struct pattern *pattern)
{
    const struct witness *witness = &pattern->result.witness;
    struct simulator_replay replay =
        simulator_replay(trial->simulator, witness->order, witness->order_count, witness->requests,
                         witness->request_count);

    for (size_t i = 0; i < pattern->count; i++) {
        if (witness->member_count != pattern->count ||
            !is_request_of(pattern->members[i], witness->requests[i]))
            return "a witness is of other requests";
    }
    if (witness->is_guessed) {
        trial->judge->counts[JUDGE_REJECTED] += replay.verdict != SIMULATOR_UNCERTAIN;
        return replay.verdict == SIMULATOR_DEADLOCK ? "a witness calls a certain cause a guess"
                                                    : NULL;
    }
    if (replay.verdict != SIMULATOR_DEADLOCK)
        return simulator_verdict_text(replay.verdict);
    if (!witness->is_reversed && !pattern->in_order && !has_unknown_semaphore(trial->trace))
        return "a witness in the order of the run that the oracle does not know";
    return pattern->any ? NULL : "a witness that cannot be";
}

static const char *check_pattern(struct trial *trial, const struct pattern *pattern)
{
    bool found = pattern->result.verdict == WITNESS_FOUND;

    if (pattern->result.verdict == WITNESS_DISMISSED && pattern->loose)
        return "a pattern that can deadlock is dismissed";
    if (pattern->in_order && (!found || pattern->result.witness.is_guessed))
        return "a deadlock in the order of the run is not found";
    return found ? check_witness(trial, pattern) : NULL;
}

static void count_pattern(struct judge *judge, const struct pattern *pattern)
{
    enum witness_verdict verdict = pattern->result.verdict;
    bool found = verdict == WITNESS_FOUND;

    judge->counts[JUDGE_PATTERNS]++;
    judge->counts[JUDGE_REACHED] += pattern->any;
    judge->reached_threads[pattern->count] += pattern->any;
    judge->counts[JUDGE_IN_ORDER] += pattern->in_order;
    judge->counts[JUDGE_FOUND] += found;
    judge->counts[JUDGE_REVERSED] += found && pattern->result.witness.is_reversed;
    judge->counts[JUDGE_GUESSED] += found && pattern->result.witness.is_guessed;
    judge->counts[JUDGE_DISMISSED] += verdict == WITNESS_DISMISSED;
    judge->counts[JUDGE_MISSED] += pattern->any && !found;
    judge->counts[JUDGE_NOT_DISMISSED] += !pattern->loose && verdict != WITNESS_DISMISSED;
}

static bool explore(struct trial *trial, enum oracle_mode mode)
{
    struct oracle *oracle = trial->judge->oracle;

    if (!oracle_explore(oracle, mode))
        return false;
    for (size_t i = 0; i < trial->pattern_count; i++) {
        struct pattern *pattern = &trial->patterns[i];
        bool *reached = mode == ORACLE_ANY_ORDER  ? &pattern->any
                        : mode == ORACLE_IN_ORDER ? &pattern->in_order
                                                  : &pattern->loose;
        *reached = oracle->patterns[i].reached;
    }
    return true;
}

static const char *compare_with_simulator(struct trial *trial, uint64_t *random)
{
    const char *wrong = agreement_replay(trial->simulator, trial->trace);

    for (int i = 0; i < 2 && !wrong; i++)
        wrong = agreement_walk(trial->judge->oracle, trial->simulator, random,
                               &trial->judge->counts[JUDGE_STUCK]);
    return wrong;
}

static const char *judge_patterns(struct trial *trial)
{
    struct schedule_index *index = schedule_index_create(&trial->arena, &trial->requests);
    const char *wrong = NULL;

    for (size_t i = 0; i < trial->pattern_count && !wrong; i++) {
        struct pattern *pattern = &trial->patterns[i];
        witness_find(index, &trial->arena, pattern->members, pattern->count, &pattern->result);
        count_pattern(trial->judge, pattern);
        wrong = check_pattern(trial, pattern);
        trial->judge->pattern = i;
    }
    return wrong ? wrong
                 : judge_waits(trial->judge, &trial->arena, &trial->requests, index,
                               trial->simulator);
}

/* What is told if no circle of locks is looked for: waits, and locks that are read twice. */
static const char *judge_most_reduced(struct trial *trial, const bool *wanted, uint64_t waits)
{
    const char *wrong = NULL;
    struct reduced reduced;

    reduced_make(&trial->arena, trial->trace, wanted, &reduced);
    for (size_t i = 0; i < trial->pattern_count && !wrong; i++) {
        const struct pattern *pattern = &trial->patterns[i];
        if (pattern->count == 1)
            wrong =
                reduced_check(&reduced, trial->simulator, pattern->members, 1, &pattern->result);
    }
    if (!wrong && reduced_count_waits(&reduced) != waits)
        wrong = "without what does not matter other waits are blocked";
    return wrong;
}

/* The same without what does not matter. */
static const char *judge_reduced(struct trial *trial, uint64_t waits)
{
    bool *wanted = arena_alloc(&trial->arena, trial->trace->object_count, sizeof *wanted);
    const char *wrong = judge_most_reduced(trial, wanted, waits);
    struct reduced reduced;

    for (size_t i = 0; i < trial->pattern_count; i++) {
        for (size_t m = 0; m < trial->patterns[i].count; m++)
            wanted[trial->patterns[i].members[m]->object] = true;
    }
    reduced_make(&trial->arena, trial->trace, wanted, &reduced);
    if (trial->pattern_count > 0)
        trial->judge->counts[JUDGE_NOT_KEPT] +=
            trial->trace->event_count - reduced.trace.event_count;
    for (size_t i = 0; i < trial->pattern_count && !wrong; i++) {
        const struct pattern *pattern = &trial->patterns[i];
        wrong = reduced_check(&reduced, trial->simulator, pattern->members, pattern->count,
                              &pattern->result);
        trial->judge->pattern = i;
    }
    return wrong;
}

static const char *try_trace(struct trial *trial, uint64_t *random)
{
    struct judge *judge = trial->judge;
    const char *wrong = compare_with_simulator(trial, random);

    if (wrong)
        return wrong;
    abstract_requests_collect(&trial->arena, trial->trace, &trial->requests);
    wrong = collected_check(&trial->arena, &trial->requests);
    if (wrong)
        return wrong;
    find_patterns(trial);
    if (!trial->has_room || !explore(trial, ORACLE_LOOSE) || !explore(trial, ORACLE_IN_ORDER) ||
        !explore(trial, ORACLE_ANY_ORDER)) {
        judge->counts[JUDGE_LARGE]++;
        return NULL;
    }
    judge->counts[JUDGE_STATES] += judge->oracle->state_count;
    uint64_t waits = judge->counts[JUDGE_WAITS_FOUND];
    wrong = check_circles(trial);
    if (!wrong)
        wrong = judge_patterns(trial);
    return wrong ? wrong : judge_reduced(trial, judge->counts[JUDGE_WAITS_FOUND] - waits);
}

const char *judge_trace(struct judge *judge, const struct sync_trace *trace, uint64_t *random)
{
    static struct trial trial;
    const char *wrong;

    judge->counts[JUDGE_TRACES]++;
    judge->counts[JUDGE_EVENTS] += trace->event_count;
    if (!oracle_init(judge->oracle, trace)) {
        judge->counts[JUDGE_LARGE]++;
        return NULL;
    }
    trial.judge = judge;
    trial.trace = trace;
    trial.pattern_count = 0;
    trial.has_room = true;
    arena_init(&trial.arena, SIZE_MAX);
    trial.simulator = simulator_create(&trial.arena, trace);
    wrong = try_trace(&trial, random);
    arena_destroy(&trial.arena);
    return wrong;
}
