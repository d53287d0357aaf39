#include "analyzer/command/steered_tally.h"

#include <string.h>
#include "analyzer/report/escape.h"

static void add_process(const struct execution *execution, bool *reached,
                        struct steered_tally *tally)
{
    for (size_t i = 0; i < execution->steering_count; i++) {
        const struct trace_steering *steering = execution->steering[i];
        if (steering->step < TRACE_STEERING_STEPS && steering->reached != 0) {
            reached[steering->step] = true;
            tally->together[steering->step] |= steering->together;
        }
    }
}

void steered_tally_add(struct steered_tally *tally, const struct report *report)
{
    bool reached[TRACE_STEERING_STEPS] = {false};
    for (size_t i = 0; i < report->process_count; i++) {
        add_process(&report->processes[i].execution, reached, tally);
    }
    for (size_t i = 0; i < TRACE_STEERING_STEPS; i++) {
        tally->reached[i] += reached[i];
    }
    tally->runs++;
}

static const char *in_runs(struct arena *arena, size_t count, size_t runs)
{
    return count == 0 ? "never reached"
           : count == runs
               ? arena_printf(arena, "reached in %s", runs == 1 ? "the run" : "all runs")
               : arena_printf(arena, "reached in %zu of %zu runs", count, runs);
}

/* Those at which no thread stood while one stood at this one; later ones only, so that each pair is
 * told once. False if there is none, and this one was reached. */
static bool write_apart(FILE *out, const struct plan *plan, const struct steered_tally *tally,
                        size_t step)
{
    bool is_apart = tally->reached[step] == 0;
    for (size_t i = step + 1; i < plan->steps.count && i < TRACE_STEERING_STEPS; i++) {
        bool met = (tally->together[step] >> i & 1) != 0 || (tally->together[i] >> step & 1) != 0;
        if (!met && tally->reached[step] != 0 && tally->reached[i] != 0) {
            fprintf(out, "   at step %zu and step %zu no two threads stood at the same time\n",
                    step + 1, i + 1);
            is_apart = true;
        }
    }
    return is_apart;
}

void steered_tally_write(FILE *out, const struct plan *plan, const struct steered_tally *tally)
{
    size_t count =
        plan->steps.count < TRACE_STEERING_STEPS ? plan->steps.count : TRACE_STEERING_STEPS;
    for (size_t i = 0; i < count; i++) {
        const struct plan_step *step = &plan->steps.items[i];
        fprintf(out, "   step %zu, %s in %s: %s\n", i + 1, escape_terminal(plan->arena, step->text),
                escape_terminal(plan->arena, step->requests.frames[0].function),
                in_runs(plan->arena, tally->reached[i], tally->runs));
    }
    bool is_any_apart = false;
    for (size_t i = 0; i < count; i++) {
        is_any_apart |= write_apart(out, plan, tally, i);
    }
    if (!is_any_apart && count > 1) {
        fputs("   at any two of them threads stood at the same time, but that was no deadlock\n",
              out);
    }
}
