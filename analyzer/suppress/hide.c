#include "analyzer/suppress/hide.h"

#include "analyzer/report/fingerprint.h"

/* "FILE:LINE: NAME" of the first that matches; NULL when none does. Each that does is used. */
static const char *suppressed_by(const struct report *report, const struct report_process *process,
                                 const struct finding *finding, const struct hiding *hiding)
{
    struct candidate candidate = candidate_of(report, process, finding);
    const char *first = NULL;
    for (size_t i = 0; i < hiding->suppressions.list.count; i++) {
        struct suppression *suppression = hiding->suppressions.list.items[i];
        if (suppression_matches(report->arena, suppression, &candidate)) {
            suppression->used++;
            first = first != NULL ? first
                                  : arena_printf(report->arena, "%s:%u: %s", suppression->file,
                                                 suppression->line, suppression->name);
        }
    }
    return first;
}

static bool is_known(const struct report *report, const struct report_process *process,
                     const struct finding *finding, const struct hiding *hiding)
{
    struct known_finding *known =
        hiding->baseline != NULL
            ? baseline_find(hiding->baseline, fingerprint_of_finding(report, process, finding))
            : NULL;
    if (known != NULL) {
        known->is_seen = true;
    }
    return known != NULL;
}

static void hide_in_process(struct report *report, struct report_process *process,
                            const struct hiding *hiding)
{
    struct analysis *analysis = &process->analysis;
    struct hidden_finding *hidden =
        arena_alloc(report->arena, analysis->finding_count + 1, sizeof *hidden);
    struct finding *kept = arena_alloc(report->arena, analysis->finding_count + 1, sizeof *kept);
    size_t kept_count = 0;
    for (size_t i = 0; i < analysis->finding_count; i++) {
        const struct finding *finding = &analysis->findings[i];
        const char *suppression = suppressed_by(report, process, finding, hiding);
        bool known = is_known(report, process, finding, hiding);
        if (suppression == NULL && !known) {
            kept[kept_count++] = *finding;
            continue;
        }
        hidden[analysis->hidden_count++] = (struct hidden_finding){*finding, suppression};
        report->hidden.suppressed += suppression != NULL;
        report->hidden.known += suppression == NULL;
    }
    analysis->hidden = hidden;
    analysis->findings = kept;
    analysis->finding_count = kept_count;
}

static void count_unused(struct report *report, const struct hiding *hiding)
{
    size_t count = hiding->suppressions.list.count;
    struct unused_suppression *unused = arena_alloc(report->arena, count + 1, sizeof *unused);
    for (size_t i = 0; i < count; i++) {
        const struct suppression *suppression = hiding->suppressions.list.items[i];
        if (!suppression_applies(suppression)) {
            report->hidden.inapplicable++;
        } else if (suppression->used == 0) {
            unused[report->hidden.unused_count++] = (struct unused_suppression){
                suppression->file, suppression->line, suppression->name, suppression->is_foreign};
        }
    }
    report->hidden.unused = unused;
}

void hide_findings(struct report *report, struct report_process *processes, struct hiding *hiding)
{
    report->hidden.has_suppressions = hiding->has_suppressions;
    report->hidden.baseline = hiding->baseline != NULL ? hiding->baseline_path : NULL;
    for (size_t i = 0; i < report->process_count; i++) {
        hide_in_process(report, &processes[i], hiding);
    }
    count_unused(report, hiding);
    for (size_t i = 0; hiding->baseline != NULL && i < baseline_count(hiding->baseline); i++) {
        report->hidden.gone += !baseline_get(hiding->baseline, i)->is_seen;
    }
}
