/* judge_rewrites [--first=SEED] [--traces=COUNT] [--print]: changes random traces at random, and
 * holds what schedules of them say against what can happen. Wrong is
 *
 * - a thread that gives back what it does not hold, or takes what it holds;
 * - a schedule that is stuck where the oracle, trying everything, finds nobody that can be.
 *
 * Says the seed of each that is wrong, and how many changed traces could be run to their end and
 * how many of those that can get stuck did; the status is 1 if one is wrong, or if too few were. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/fix/stuck_circle.h"
#include "tests/random_traces/agreement.h"
#include "tests/random_traces/random_program.h"
#include "tests/rewrites/rewrite_scene.h"

enum { SCHEDULES = 40, MOST_NESTINGS = 32, ATTEMPTS = 20, MOST_WRONG = 20 };

#define X_COUNTS(X)                                                                                \
    X(CHANGED, "changed traces")                                                                   \
    X(RUN, "of them could be run to their end")                                                    \
    X(JUDGED, "of these the oracle could judge")                                                   \
    X(FREE, "of these can get stuck in no order")                                                  \
    X(CAN_STICK, "can get stuck")                                                                  \
    X(STUCK, "were, in a schedule")

enum count {
#define X(NAME, text) COUNT_##NAME,
    X_COUNTS(X)
#undef X
        COUNTS
};

static struct oracle oracle;
static struct rewrite_scene scene;

struct judge {
    uint64_t random, first, traces, wrong;
    bool prints;
    uint64_t counts[COUNTS], kinds[FIX_REMEDY];
    struct fix_nesting nestings[MOST_NESTINGS];
    size_t nesting_count;
    uint32_t classes[2];
    struct fix_change change;
};

/* ---- a change ---- */

/* Locks that are no more than that: not given back by others, not of an initialiser. */
static bool is_plain_lock(const struct sync_trace *trace, uint32_t object)
{
    uint32_t holds[PROGRAM_THREADS] = {0};

    if (trace->objects[object].kind != SYNC_LOCK &&
        trace->objects[object].kind != SYNC_WRITER_QUEUE)
        return false;
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        uint32_t *held = &holds[event->thread];
        if (event->object != object)
            continue;
        bool gives_other = event->kind == SYNC_RELEASE && *held == 0;
        if (event->kind == SYNC_ONCE_PASS || gives_other)
            return false;
        *held += event->kind == SYNC_ACQUIRE;
        *held -= event->kind == SYNC_RELEASE;
    }
    return true;
}

static void list_nestings(struct judge *judge)
{
    const struct sync_trace *trace = &scene.builder.trace;
    bool holds[PROGRAM_THREADS][TRACE_MOST_OBJECTS] = {{false}};

    judge->nesting_count = 0;
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        for (uint32_t o = 0; event->kind == SYNC_ACQUIRE && o < trace->object_count; o++) {
            if (holds[event->thread][o] && o != event->object &&
                judge->nesting_count < MOST_NESTINGS && is_plain_lock(trace, o) &&
                is_plain_lock(trace, event->object))
                judge->nestings[judge->nesting_count++] =
                    rewrite_scene_nesting(event->thread, o, event->object);
        }
        if (event->kind == SYNC_ACQUIRE || event->kind == SYNC_RELEASE)
            holds[event->thread][event->object] = event->kind == SYNC_ACQUIRE;
    }
}

/* One that is about two nested locks. */
static void choose_change(struct judge *judge)
{
    const struct fix_nesting pair =
        judge->nestings[random_below(&judge->random, (uint32_t)judge->nesting_count)];
    size_t kept = 0;

    for (size_t i = 0; i < judge->nesting_count; i++) {
        const struct fix_nesting nesting = judge->nestings[i];
        bool is_of_pair =
            (nesting.outer_class == pair.outer_class && nesting.inner_class == pair.inner_class) ||
            (nesting.outer_class == pair.inner_class && nesting.inner_class == pair.outer_class);
        if (is_of_pair && random_below(&judge->random, 4) != 0)
            judge->nestings[kept++] = nesting;
    }
    judge->classes[0] = pair.outer_class;
    judge->classes[1] = pair.inner_class;
    judge->change = (struct fix_change){
        .kind = random_below(&judge->random, FIX_REMEDY),
        .classes = judge->classes,
        .class_count = 2,
        .keeps_apart = random_below(&judge->random, 8) == 0,
        .nestings = judge->nestings,
        .nesting_count = kept,
    };
    if (judge->change.kind != FIX_RECURSIVE_LOCK)
        judge->change.keeps_apart = false;
}

/* ---- what is wrong ---- */

static const char *find_ill_formed(const struct trace_rewrite *rewrite)
{
    static uint32_t holds[PROGRAM_THREADS][TRACE_MOST_OBJECTS + 1];
    const struct sync_trace *trace = &rewrite->trace;

    memset(holds, 0, sizeof holds);
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        uint32_t *held = &holds[event->thread][event->object];
        bool is_touched =
            event->object == rewrite->new_lock || (event->object < rewrite->run->object_count &&
                                                   is_plain_lock(rewrite->run, event->object));
        if (!is_touched)
            continue;
        if (event->kind == SYNC_RELEASE && (*held)-- == 0)
            return "a lock is given back that is not held";
        if (event->kind == SYNC_ACQUIRE && (*held)++ != 0 && (event->mode & SYNC_READER) == 0)
            return "a lock is taken that is held";
    }
    return NULL;
}

/* An order in which all of it happens, at random; false: none was found. */
static bool find_order(struct judge *judge, struct simulator *simulator, uint32_t *order)
{
    const struct trace_rewrite *rewrite = &scene.rewrite;
    uint32_t threads = rewrite->trace.thread_count;
    size_t done = 0;

    simulator_reset(simulator);
    for (uint32_t tries = 0; done < rewrite->trace.event_count && tries < 16 * threads; tries++) {
        uint32_t next = simulator_next(simulator, random_below(&judge->random, threads));
        if (next == SIMULATOR_NONE || !schedule_is_enabled(simulator, rewrite, next))
            continue;
        schedule_execute(simulator, rewrite, next);
        for (; (rewrite->marks[next] & REWRITE_WITH_NEXT) != 0; next++)
            order[done++] = next;
        order[done++] = next;
        tries = 0;
    }
    return done == rewrite->trace.event_count;
}

static bool is_stuck_in_a_schedule(void)
{
    static bool matters[TRACE_MOST_OBJECTS + 1];
    const struct stuck_finding nothing = {.run = &scene.run};

    memset(matters, true, sizeof matters);
    struct schedule_run *run = schedule_run_create(&scene.arena, &scene.rewrite, matters);
    for (size_t i = 0; i < SCHEDULES; i++) {
        const struct schedule_plan plan = {.policy = i % 4, .seed = i};
        if (!schedule_run(run, &plan) && stuck_circle_find(run, &nothing, true) != STUCK_NONE &&
            !simulator_is_uncertain(schedule_run_simulator(run)))
            return true;
    }
    return false;
}

/* The oracle reads its trace in an order that can happen; a group of acquisitions it does not know.
 */
static const char *ask_oracle(struct judge *judge, const uint32_t *order, bool is_stuck)
{
    static struct sync_event events[4 * TRACE_MOST_EVENTS];
    struct sync_trace trace = scene.rewrite.trace;

    if (trace.event_count > sizeof events / sizeof *events || judge->change.kind == FIX_TRY_BACKOFF)
        return NULL;
    for (size_t i = 0; i < trace.event_count; i++)
        events[i] = trace.events[order[i]];
    trace.events = events;
    if (!oracle_init(&oracle, &trace) || !oracle_explore(&oracle, ORACLE_ANY_ORDER))
        return NULL;
    judge->counts[COUNT_JUDGED]++;
    judge->counts[oracle.circle_count > 0 ? COUNT_CAN_STICK : COUNT_FREE]++;
    judge->counts[COUNT_STUCK] += oracle.circle_count > 0 && is_stuck;
    return is_stuck && oracle.circle_count == 0 ? "a schedule is stuck, and none can be" : NULL;
}

static const char *judge_change(struct judge *judge)
{
    static uint32_t order[4 * TRACE_MOST_EVENTS];
    const char *wrong = find_ill_formed(&scene.rewrite);
    struct simulator *simulator = simulator_create(&scene.arena, &scene.rewrite.trace);
    bool is_run = false;

    judge->counts[COUNT_CHANGED]++;
    judge->kinds[judge->change.kind]++;
    for (int i = 0; i < ATTEMPTS && !is_run && wrong == NULL; i++)
        is_run = find_order(judge, simulator, order);
    judge->counts[COUNT_RUN] += is_run;
    return is_run ? ask_oracle(judge, order, is_stuck_in_a_schedule()) : wrong;
}

static void judge_seed(struct judge *judge, uint64_t seed)
{
    judge->random = seed;
    (void)random_trace_make(&scene.builder, seed);
    list_nestings(judge);
    if (judge->nesting_count == 0)
        return;
    rewrite_scene_init_from(&scene);
    choose_change(judge);
    rewrite_scene_change(&scene, &judge->change);
    const char *wrong = judge_change(judge);
    if (judge->prints)
        trace_builder_print(&scene.builder);
    if (judge->prints || wrong != NULL)
        printf("%s\n", rewrite_scene_words(&scene));
    if (wrong != NULL) {
        judge->wrong++;
        printf("seed %" PRIu64 ", change %d: %s\n", seed, (int)judge->change.kind, wrong);
    }
    rewrite_scene_destroy(&scene);
}

static bool read_options(int argc, char **argv, struct judge *judge)
{
    static const struct option options[] = {{"first", required_argument, NULL, 'f'},
                                            {"traces", required_argument, NULL, 't'},
                                            {"print", no_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'f')
            judge->first = strtoull(optarg, NULL, 0);
        else if (option == 't')
            judge->traces = strtoull(optarg, NULL, 0);
        else if (option == 'p')
            judge->prints = true;
        else
            return false;
    }
    return optind == argc;
}

/* Four of five must be found stuck that can be, and each kind must occur. */
static bool report(const struct judge *judge)
{
    static const char *const texts[] = {
#define X(NAME, text) text,
        X_COUNTS(X)
#undef X
    };
    bool is_enough = judge->counts[COUNT_STUCK] * 5 > judge->counts[COUNT_CAN_STICK] * 4 &&
                     judge->counts[COUNT_RUN] * 2 > judge->counts[COUNT_CHANGED];

    for (size_t i = 0; i < COUNTS; i++)
        printf("%10" PRIu64 " %s\n", judge->counts[i], texts[i]);
    for (size_t i = 0; i < FIX_REMEDY; i++) {
        printf("%10" PRIu64 " %s\n", judge->kinds[i], fix_kind_word((enum fix_kind)i));
        is_enough &= judge->kinds[i] != 0;
    }
    return is_enough;
}

int main(int argc, char **argv)
{
    struct judge judge = {.first = 1, .traces = 1000};

    if (!read_options(argc, argv, &judge)) {
        fprintf(stderr, "usage: judge_rewrites [--first=SEED] [--traces=COUNT] [--print]\n");
        return 2;
    }
    for (uint64_t i = 0; i < judge.traces && judge.wrong < MOST_WRONG; i++)
        judge_seed(&judge, judge.first + i);
    bool is_enough = report(&judge);
    if (!is_enough && judge.traces >= 1000)
        printf("too little occurs: nothing is proved\n");
    return judge.wrong > 0 || (!is_enough && judge.traces >= 1000) ? 1 : 0;
}
