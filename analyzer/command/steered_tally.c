#include "analyzer/command/steered_tally.h"

#include <string.h>
#include "analyzer/report/escape.h"

void steered_tally_add(struct steered_tally *tally, const struct report *report)
{
    (void)report;
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
 * told once. */
static void write_apart(FILE *out, const struct plan *plan, const struct steered_tally *tally,
                        size_t step)
{
    for (size_t i = step + 1; i < plan->steps.count && i < TALLY_STEPS_MAX; i++) {
        bool met = (tally->together[step] >> i & 1) != 0 || (tally->together[i] >> step & 1) != 0;
        if (!met && tally->reached[step] != 0 && tally->reached[i] != 0) {
            fprintf(out, "   at step %zu and step %zu no two threads stood at the same time\n",
                    step + 1, i + 1);
        }
    }
}

void steered_tally_write(FILE *out, const struct plan *plan, const struct steered_tally *tally)
{
    size_t count = plan->steps.count < TALLY_STEPS_MAX ? plan->steps.count : TALLY_STEPS_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct plan_step *step = &plan->steps.items[i];
        fprintf(out, "   step %zu, %s in %s: %s\n", i + 1, escape_terminal(plan->arena, step->text),
                escape_terminal(plan->arena, step->requests.frames[0].function),
                in_runs(plan->arena, tally->reached[i], tally->runs));
    }
    for (size_t i = 0; i < count; i++) {
        write_apart(out, plan, tally, i);
    }
}
