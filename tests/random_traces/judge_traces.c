/* judge_traces [--first=SEED] [--traces=COUNT] [--print]: judges random traces, each made from the
 * next seed. Says the seed of each that is judged wrong; the status is 1 if there is one, or if
 * something that has to occur does not. --print prints the traces. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/random_traces/judge.h"
#include "tests/random_traces/random_program.h"

enum { MOST_WRONG = 20 };

static struct oracle oracle;

struct run {
    uint64_t first, count;
    bool prints;
    uint64_t wrong;
    uint64_t traces_with[FEATURE_COUNT], reached_with[FEATURE_COUNT];
    uint64_t dismissed_with[FEATURE_COUNT];
    uint64_t events[SYNC_EVENT_KINDS];
    struct judge judge;
};

static bool read_options(int argc, char **argv, struct run *run)
{
    static const struct option options[] = {{"first", required_argument, NULL, 'f'},
                                            {"traces", required_argument, NULL, 't'},
                                            {"print", no_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'f')
            run->first = strtoull(optarg, NULL, 0);
        else if (option == 't')
            run->count = strtoull(optarg, NULL, 0);
        else if (option == 'p')
            run->prints = true;
        else
            return false;
    }
    return optind == argc;
}

static void judge_seed(struct run *run, uint64_t seed)
{
    static struct trace_builder builder;
    uint64_t random = seed, reached = run->judge.counts[JUDGE_REACHED];
    uint64_t dismissed = run->judge.counts[JUDGE_DISMISSED];
    uint32_t features = random_trace_make(&builder, seed);

    if (run->prints)
        trace_builder_print(&builder);
    for (size_t i = 0; i < builder.trace.event_count; i++)
        run->events[builder.events[i].kind]++;
    const char *wrong = judge_trace(&run->judge, &builder.trace, &random);
    for (uint32_t f = 0; f < FEATURE_COUNT; f++) {
        bool has = (features >> f & 1) != 0;
        run->traces_with[f] += has;
        run->reached_with[f] += has && run->judge.counts[JUDGE_REACHED] > reached;
        run->dismissed_with[f] += has && run->judge.counts[JUDGE_DISMISSED] > dismissed;
    }
    if (!wrong)
        return;
    run->wrong++;
    printf("seed %" PRIu64 ", pattern %zu: %s\n", seed, run->judge.pattern, wrong);
}

/* Prints what was seen; false if something was not that must be, so that nothing is proved. */
static bool report(const struct run *run)
{
    static const char *const features[] = {
#define X(name) #name,
#include "tests/random_traces/random_features.def"
#undef X
    };
    static const char *const kinds[] = {
#define X(name, text) #name,
#include "analyzer/schedule/sync_events.def"
#undef X
    };
    bool complete = true;

    for (enum judge_count i = 0; i < JUDGE_COUNT_COUNT; i++)
        printf("%10" PRIu64 " %s\n", run->judge.counts[i], judge_count_text(i));
    for (uint32_t f = 0; f < FEATURE_COUNT; f++) {
        printf("%10" PRIu64 " traces with %s: %" PRIu64 " can deadlock, %" PRIu64
               " have a pattern dismissed\n",
               run->traces_with[f], features[f], run->reached_with[f], run->dismissed_with[f]);
        complete &= run->reached_with[f] > 0 && run->dismissed_with[f] > 0;
    }
    for (uint32_t k = 0; k < SYNC_EVENT_KINDS; k++) {
        complete &= run->events[k] > 0;
        if (run->events[k] == 0)
            printf("no %s\n", kinds[k]);
    }
    complete &= run->judge.counts[JUDGE_WAITS_FOUND] > run->judge.counts[JUDGE_WAITS_REVERSED] &&
                run->judge.counts[JUDGE_WAITS_REVERSED] > 0;
    for (uint32_t k = 1; k <= PROGRAM_THREADS; k++) {
        printf("%10" PRIu64 " patterns of %u requests that can deadlock\n",
               run->judge.reached_threads[k], k);
        complete &= run->judge.reached_threads[k] > 0;
    }
    return complete;
}

int main(int argc, char **argv)
{
    struct run run = {.first = 1, .count = 1000, .judge.oracle = &oracle};

    if (!read_options(argc, argv, &run)) {
        fprintf(stderr, "usage: judge_traces [--first=SEED] [--traces=COUNT] [--print]\n");
        return 2;
    }
    for (uint64_t i = 0; i < run.count && run.wrong < MOST_WRONG; i++)
        judge_seed(&run, run.first + i);
    bool complete = report(&run);
    if (!complete && run.count >= 1000)
        printf("something has to occur that did not: nothing is proved\n");
    return run.wrong > 0 || (!complete && run.count >= 1000) ? 1 : 0;
}
