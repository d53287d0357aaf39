/* What steering did in the recorded run, for tests: a line for each step that threads came to, and
 * one for each deadlock. Usage: show_steering RECORDING */
#include <inttypes.h>
#include <stdio.h>
#include "analyzer/model/execution.h"

static void show(const struct trace_steering *record)
{
    if (record->step == TRACE_STEERING_PERTURB)
        printf("delays %u of %u, places %016" PRIx64 "\n", record->held, record->reached,
               record->together);
    else
        printf("step %u reached %u held %u met %u expired %u in_the_way %u alone %u ms %" PRIu64
               " together %" PRIx64 "\n",
               record->step, record->reached, record->held, record->met, record->expired,
               record->in_the_way, record->alone, record->held_ms, record->together);
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct execution execution;
    const char *error = "usage: show_steering RECORDING";

    arena_init(&arena, 0);
    if (argc != 2 || execution_load(&arena, argv[1], &execution, &error) != TRACE_OK) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    for (size_t i = 0; i < execution.steering_count; i++)
        show(execution.steering[i]);
    for (size_t i = 0; i < execution.deadlock_count; i++)
        printf("deadlock sort %u flags %u\n", execution.deadlocks[i]->sort,
               execution.deadlocks[i]->flags);
    for (size_t i = 0; i < execution.note_count; i++)
        printf("note %s\n", execution.notes[i]);
    arena_destroy(&arena);
    return 0;
}
