/* Random traces, one seed after the other. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/random_traces/agreement.h"
#include "tests/random_traces/random_program.h"

static struct oracle oracle;

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1, count = argc > 2 ? strtoull(argv[2], NULL, 0) : 1000;
    uint64_t large = 0, states[3] = {0}, circles[3] = {0}, with[3] = {0}, ev = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        static struct trace_builder builder;
        struct arena arena;
        uint64_t random = seed;
        random_trace_make(&builder, seed);
        if (argc > 3) trace_builder_print(&builder);
        ev += builder.trace.event_count;
        arena_init(&arena, SIZE_MAX);
        struct simulator *sim = simulator_create(&arena, &builder.trace);
        const char *wrong = agreement_replay(sim, &builder.trace);
        if (!oracle_init(&oracle, &builder.trace)) { large++; printf("%" PRIu64 ": init\n", seed); goto next; }
        for (int i = 0; i < 4 && !wrong; i++)
            wrong = agreement_walk(&oracle, sim, &random);
        for (int m = 0; m < 3; m++) {
            if (wrong) break;
            if (!oracle_explore(&oracle, m)) { large++; break; }
            states[m] += oracle.state_count; circles[m] += oracle.circle_count; with[m] += oracle.circle_count > 0;
            if (m != ORACLE_LOOSE)
                wrong = agreement_circles(&oracle, sim);
        }
next:
        if (wrong) printf("%" PRIu64 ": %s\n", seed, wrong);
        arena_destroy(&arena);
    }
    printf("events %" PRIu64 " large %" PRIu64 "\n", ev, large);
    for (int m = 0; m < 3; m++) printf("states %" PRIu64 " circles %" PRIu64 " with %" PRIu64 "\n", states[m], circles[m], with[m]);
}
