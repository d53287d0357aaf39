/* What the simulation says of one lock, and of a lock around all, for a recording's first finding.
 *
 *     fix_cost_told RECORDING
 *
 * One line for each: kind, cost in percent, processors simulated, schedules of the run as it was
 * that got stuck, those with the change, processor milliseconds it took. */
#include <stdio.h>
#include <time.h>
#include "analyzer/fix/fix_place.h"
#include "analyzer/fix/simulate.h"

#define ARENA_BYTES_MAX ((size_t)8 << 30)

enum { STEPS_MAX = 16 };

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static uint32_t class_of(const struct fix_subject *subject, uint32_t lock)
{
    const struct lock *found = execution_find_lock(subject->execution, lock);
    return found != NULL ? subject->lock_class[found - subject->execution->locks] : 0;
}

/* The locks of the finding, and how they are nested. */
static size_t describe(const struct fix_subject *subject, uint32_t *classes,
                       struct fix_nesting *nestings)
{
    const struct finding *finding = subject->finding;
    size_t count = finding->step_count < STEPS_MAX ? finding->step_count : STEPS_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct dependency *dependency = finding->steps[i].dependency;
        const struct trace_dependency_held *held = &dependency->held[finding->steps[i].hold_index];
        const struct fix_places places =
            fix_places_find(subject->execution, held->stack, dependency->stack);
        classes[i] = class_of(subject, dependency->lock);
        nestings[i] = (struct fix_nesting){.outer_class = class_of(subject, held->lock),
                                           .inner_class = classes[i],
                                           .outer_place = places.outer,
                                           .inner_place = places.inner};
    }
    return count;
}

static void tell(struct arena *arena, struct fix_subject *subject, const struct fix_change *change)
{
    struct fix_verdict verdict = {.rejection = FIX_REJECTION_NONE};
    double start = milliseconds();
    bool is_fix = fix_simulate(arena, subject, change, &verdict);
    if (!verdict.is_timed) {
        printf("%s untimed\n", fix_kind_word(change->kind));
        return;
    }
    printf("%s %.1f %u %zu %zu %s %.1f\n", fix_kind_word(change->kind), verdict.cost_percent,
           verdict.processors, verdict.stuck_before, verdict.stuck_after,
           is_fix ? "fix" : fix_rejection_word(verdict.rejection), milliseconds() - start);
}

static int report(struct arena *arena, const char *path)
{
    struct execution execution;
    struct analysis analysis;
    uint32_t classes[STEPS_MAX];
    struct fix_nesting nestings[STEPS_MAX];
    const char *error = "";
    if (execution_load(arena, path, &execution, &error) != TRACE_OK) {
        fprintf(stderr, "fix_cost_told: %s\n", error);
        return 1;
    }
    struct recorded_judge judge = {.arena = arena, .execution = &execution};
    const struct cycle_judge asked = {.judge = recorded_judge_ask, .context = &judge};
    lock_order_analyze(arena, &execution, &(struct lock_order_options){.judge = &asked}, &analysis);
    if (analysis.finding_count == 0) {
        fprintf(stderr, "fix_cost_told: %s has no finding\n", path);
        return 1;
    }
    struct fix_subject subject = {.execution = &execution,
                                  .lock_class = analysis.lock_class,
                                  .finding = &analysis.findings[0],
                                  .judge = &judge};
    size_t count = describe(&subject, classes, nestings);
    struct fix_change change = {.kind = FIX_RECURSIVE_LOCK,
                                .classes = classes,
                                .class_count = count,
                                .nestings = nestings,
                                .nesting_count = count};
    tell(arena, &subject, &change);
    change.kind = FIX_GATE_LOCK;
    tell(arena, &subject, &change);
    return 0;
}

int main(int argc, char **argv)
{
    struct arena arena;
    if (argc != 2) {
        fprintf(stderr, "usage: fix_cost_told RECORDING\n");
        return 2;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    int status = report(&arena, argv[1]);
    arena_destroy(&arena);
    return status;
}
