#include "analyzer/suite/suite_cycles.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/suite/suite_execution.h"
#include "analyzer/suite/suite_family.h"

/* A recording shows a class requested while another is held, wherever. */
struct shown_edge {
    uint32_t held, requested, recording;
};

struct cycles {
    struct arena *arena;
    const struct suite *suite;
    const struct execution *execution;
    const uint32_t *families;       /* by recording */
    uint32_t *seen;                 /* by the same: in how many steps so far; else all 0 */
    ARRAY(struct shown_edge) edges; /* sorted */
};

static const struct suite_row *row_of(const struct cycles *cycles, const struct cycle_step *step)
{
    return suite_row(cycles->suite, SUITE_DEPENDENCY,
                     (size_t)(step->dependency - cycles->execution->dependencies));
}

/* Whether all the steps are by recordings with one number in common: an entry of `of`, or without
 * that the recording itself. Linear in their sets. */
static bool have_in_common(const struct cycles *cycles, const struct cycle_step *steps,
                           size_t count, const uint32_t *of)
{
    const struct suite_row *first = row_of(cycles, &steps[0]);
    bool found = false;

    for (size_t step = 0; step < count; step++) {
        const struct suite_row *row = row_of(cycles, &steps[step]);
        for (size_t i = 0; i < row->recordings.count; i++) {
            uint32_t number = row->recordings.items[i];
            uint32_t *seen = &cycles->seen[of != NULL ? of[number] : number];
            if (*seen == step)
                *seen = (uint32_t)step + 1;
            found |= *seen == count;
        }
    }
    for (size_t i = 0; i < first->recordings.count; i++) {
        uint32_t number = first->recordings.items[i];
        cycles->seen[of != NULL ? of[number] : number] = 0;
    }
    return found;
}

/* Whether one recording has all the steps: its own analysis knows more about them. */
static bool is_of_one_recording(const struct cycles *cycles, const struct cycle_step *steps,
                                size_t count)
{
    return have_in_common(cycles, steps, count, NULL);
}

static uint32_t held_class(const struct cycles *cycles, const struct cycle_step *step)
{
    const struct suite_row *row = row_of(cycles, step);
    return (uint32_t)row->words[SUITE_DEPENDENCY_HELD + 3 * step->hold_index] - 1;
}

static int compare_edges(const void *a, const void *b)
{
    const struct shown_edge *one = a, *two = b;

    if (one->held != two->held)
        return one->held < two->held ? -1 : 1;
    if (one->requested != two->requested)
        return one->requested < two->requested ? -1 : 1;
    return one->recording < two->recording ? -1 : one->recording > two->recording;
}

static void list_edges(struct cycles *cycles)
{
    const struct suite *suite = cycles->suite;

    for (size_t i = 0; i < suite_count(suite, SUITE_DEPENDENCY); i++) {
        const struct suite_row *row = suite_row(suite, SUITE_DEPENDENCY, i);
        uint32_t held_count = cycles->execution->dependencies[i].held_count;
        for (uint32_t j = 0; j < held_count * row->recordings.count; j++) {
            uint32_t held = j % held_count;
            *array_add(cycles->arena, &cycles->edges) = (struct shown_edge){
                .held = (uint32_t)row->words[SUITE_DEPENDENCY_HELD + 3 * held] - 1,
                .requested = (uint32_t)row->words[SUITE_DEPENDENCY_CLASS] - 1,
                .recording = row->recordings.items[j / held_count],
            };
        }
    }
    if (cycles->edges.count != 0)
        qsort(cycles->edges.items, cycles->edges.count, sizeof *cycles->edges.items, compare_edges);
}

/* Whether the recording shows a cycle of these classes by itself: as its own analysis did not make
 * a finding of it, it knows why. */
static bool shows_all(const struct cycles *cycles, uint32_t recording,
                      const struct cycle_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct shown_edge edge = {
            .held = held_class(cycles, &steps[i]),
            .requested = held_class(cycles, &steps[(i + 1) % count]),
            .recording = recording,
        };
        if (cycles->edges.count == 0 || bsearch(&edge, cycles->edges.items, cycles->edges.count,
                                                sizeof edge, compare_edges) == NULL)
            return false;
    }
    return true;
}

/* The position of the first recording that shows the edge. */
static size_t first_edge(const struct cycles *cycles, const struct shown_edge *wanted)
{
    size_t low = 0, high = cycles->edges.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_edges(&cycles->edges.items[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* For a cycle of these classes, whatever its places: a step that only recordings can have
 * that show all of it. */
static bool is_elsewhere(const struct cycles *cycles, const struct cycle_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct shown_edge wanted = {
            .held = held_class(cycles, &steps[i]),
            .requested = held_class(cycles, &steps[(i + 1) % count]),
        };
        bool has_other = false;
        for (size_t at = first_edge(cycles, &wanted);
             at < cycles->edges.count && cycles->edges.items[at].held == wanted.held &&
             cycles->edges.items[at].requested == wanted.requested && !has_other;
             at++)
            has_other = !shows_all(cycles, cycles->edges.items[at].recording, steps, count);
        if (!has_other)
            return true;
    }
    return false;
}

/* A step that only recordings have that show all of the cycle. */
static bool needs_one_that_shows_all(const struct cycles *cycles, const struct cycle_step *steps,
                                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct suite_row *row = row_of(cycles, &steps[i]);
        bool has_other = false;
        for (size_t j = 0; j < row->recordings.count && !has_other; j++)
            has_other = !shows_all(cycles, row->recordings.items[j], steps, count);
        if (!has_other)
            return true;
    }
    return false;
}

static bool is_known_ring(const struct cycles *cycles, const struct cycle_step *steps, size_t count)
{
    const struct suite *suite = cycles->suite;
    uint32_t *classes = arena_alloc(cycles->arena, count, sizeof *classes);

    for (size_t i = 0; i < count; i++)
        classes[i] = held_class(cycles, &steps[i]);
    const char *ring = suite_ring(suite, cycles->arena, classes, count);
    for (size_t i = 0; i < suite->rings.count; i++) {
        if (strcmp(suite->rings.items[i], ring) == 0)
            return true;
    }
    for (size_t i = 0; i < suite_count(suite, SUITE_TOLD); i++) {
        const struct suite_row *told = suite_row(suite, SUITE_TOLD, i);
        if (strcmp(suite_text(suite, told->words[SUITE_TOLD_RING]), ring) == 0)
            return true;
    }
    return false;
}

/* A lock that step `a` holds, of a class of many, and step `b` may hold too; 0 if there is none. */
static uint32_t shared_gate(const struct cycles *cycles, const struct cycle_step *a,
                            const struct cycle_step *b)
{
    const struct suite *suite = cycles->suite;
    const struct suite_row *row_a = row_of(cycles, a), *row_b = row_of(cycles, b);

    for (uint32_t i = 0; i < a->dependency->held_count; i++) {
        const struct suite_row *class_a =
            suite_row(suite, SUITE_CLASS, row_a->words[SUITE_DEPENDENCY_HELD + 3 * i] - 1);
        for (uint32_t j = 0; j < b->dependency->held_count; j++) {
            const struct suite_row *class_b =
                suite_row(suite, SUITE_CLASS, row_b->words[SUITE_DEPENDENCY_HELD + 3 * j] - 1);
            if (class_a->bits & class_b->bits & SUITE_CLASS_MANY &&
                class_a->words[SUITE_CLASS_KIND] == class_b->words[SUITE_CLASS_KIND])
                return a->dependency->held[i].lock;
        }
    }
    return 0;
}

/* Two steps that may hold a lock in common. */
static bool find_gate(const struct cycles *cycles, const struct cycle_step *steps, size_t count,
                      struct cycle_opinion *opinion)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            opinion->step_a = i;
            opinion->step_b = j;
            opinion->gate_lock = shared_gate(cycles, &steps[i], &steps[j]);
            if (opinion->gate_lock != 0)
                return true;
        }
    }
    return false;
}

static struct cycle_opinion judge(void *context, const struct cycle_step *steps, size_t count,
                                  bool thorough)
{
    const struct cycles *cycles = context;
    struct cycle_opinion opinion = {.verdict = CYCLE_ELSEWHERE, .work = count};

    (void)thorough;
    opinion.for_all = is_elsewhere(cycles, steps, count);
    if (opinion.for_all || is_of_one_recording(cycles, steps, count) ||
        is_known_ring(cycles, steps, count) || needs_one_that_shows_all(cycles, steps, count))
        return opinion;
    struct cycle_step *kept = arena_alloc(cycles->arena, count, sizeof *kept);
    memcpy(kept, steps, count * sizeof *kept);
    opinion.steps = kept;
    opinion.verdict = CYCLE_DISMISSED;
    if (have_in_common(cycles, steps, count, cycles->families))
        opinion.reason = DISMISSAL_SEPARATE;
    else if (find_gate(cycles, steps, count, &opinion))
        opinion.reason = DISMISSAL_GATE_LOCK;
    else
        opinion.verdict = CYCLE_SPLIT;
    return opinion;
}

/* What one recording shows is told with it. */
static void keep_split_asides(const struct cycles *cycles, struct analysis *analysis, bool listed)
{
    size_t kept = 0;

    for (size_t i = 0; i < analysis->dismissed_count; i++) {
        const struct dismissed *dismissed = &analysis->dismissed[i];
        if (!is_of_one_recording(cycles, dismissed->steps, dismissed->step_count))
            analysis->dismissed[kept++] = *dismissed;
    }
    analysis->dismissed_count = kept;
    kept = 0;
    for (size_t i = 0; i < analysis->class_only_count; i++) {
        const struct finding *finding = &analysis->class_only[i];
        if (!have_in_common(cycles, finding->steps, finding->step_count, cycles->families) &&
            !is_known_ring(cycles, finding->steps, finding->step_count))
            analysis->class_only[kept++] = *finding;
    }
    analysis->class_only_count = kept;
    analysis->class_only_ordered = 0;
    for (size_t i = 0; i < kept; i++)
        analysis->class_only_ordered +=
            finding_nesting_is_ordered(&analysis->class_only[i].nesting);
    if (!listed)
        analysis->class_only = NULL;
}

void suite_cycles_find(struct arena *arena, const struct suite *suite,
                       const struct lock_order_options *options, struct report_process *process)
{
    struct cycles cycles = {
        .arena = arena,
        .suite = suite,
        .execution = &process->execution,
        .families = suite_families(arena, suite),
        .seen = arena_alloc(arena, suite_count(suite, SUITE_RECORDING) + 1, sizeof(uint32_t)),
    };
    const struct cycle_judge asked = {.judge = judge, .context = &cycles, .must_say_so = true};
    struct lock_order_options own = *options;

    memset(process, 0, sizeof *process);
    suite_execution_make(arena, suite, &process->execution);
    process->analysed = &process->execution;
    list_edges(&cycles);
    own.judge = &asked;
    own.class_order = true;
    lock_order_analyze(arena, &process->execution, &own, &process->analysis);
    if (process->analysis.bound_hit == 0)
        process->analysis.bound_hit = process->analysis.witness_bound_hit;
    process->analysis.witness_bound_hit = 0;
    keep_split_asides(&cycles, &process->analysis, options->class_order);
}
