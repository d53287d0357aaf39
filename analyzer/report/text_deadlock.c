#include "analyzer/report/cause.h"
#include "analyzer/report/text_step.h"
#include "analyzer/report/title.h"

#define STUCK_SHOWN_MAX 20

/* Why they wait for ever, after the thread that is gone. */
static const char *live_reason(const struct finding *finding)
{
    switch (finding->live->sort) {
    case TRACE_DEADLOCK_SELF:
        return "It waits for itself";
    case TRACE_DEADLOCK_OWNER_GONE:
        return "The second of these threads has ended without releasing what the first one wants";
    case TRACE_DEADLOCK_NOT_FORKED:
        return "The second of these is a thread of the parent process: in the child, nobody will "
               "release what the first one wants";
    case TRACE_DEADLOCK_EVERYONE:
        return "Each thread of the process waits, and none runs that could wake another";
    default:
        return "Each of these waits for what the next one holds";
    }
}

static void print_stuck(const struct text *text, const struct finding *finding)
{
    size_t count = finding->live->stuck_count;
    if (count == 0) {
        return;
    }
    fprintf(text->out, "   stuck behind %s:\n", finding->step_count == 1 ? "it" : "them");
    for (size_t i = 0; i < count && i < STUCK_SHOWN_MAX; i++) {
        text_print_step(text, finding->execution, &finding->stuck[i]);
    }
    if (count > STUCK_SHOWN_MAX) {
        fprintf(text->out, "     (and %zu more threads)\n", count - STUCK_SHOWN_MAX);
    }
}

static bool is_everyone(const struct finding *finding)
{
    return finding->live != NULL && finding->live->sort == TRACE_DEADLOCK_EVERYONE;
}

static bool is_wanted_before(const struct cycle_step *steps, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (steps[i].dependency->lock == steps[index].dependency->lock) {
            return true;
        }
    }
    return false;
}

/* Once for each thing that is awaited. */
static void print_causes(const struct text *text, const struct finding *finding)
{
    const char *heading = "   why nobody wakes them:\n";
    for (size_t i = 0; i < finding->step_count && is_everyone(finding); i++) {
        const char *nested =
            cause_nested_monitor(text->report, finding->execution, &finding->steps[i]);
        if (nested != NULL) {
            fprintf(text->out, "%s     %s\n", heading, text_safe(text, nested));
            heading = "";
        }
    }
    for (size_t i = 0; i < finding->step_count; i++) {
        if (is_wanted_before(finding->steps, i)) {
            continue;
        }
        struct cause cause =
            cause_of(text->report, finding->execution, finding->steps[i].dependency);
        if (cause.wakes != NULL) {
            fprintf(text->out, "%s     %s\n", heading, text_safe(text, cause.text));
            heading = "";
        }
    }
}

/* What it takes for them to go on all the same. */
static const char *live_doubt(const struct finding *finding)
{
    if (finding->confidence != CONFIDENCE_SUSPECTED) {
        return "";
    }
    return is_everyone(finding)
               ? " unless a signal handler comes to their help"
               : " unless another thread comes to their help: nothing moved for a second";
}

void text_deadlock(const struct text *text, size_t number, const struct finding *finding)
{
    const char *title = title_deadlock(text->arena, text->report->names, finding);
    bool ended = finding->live->flags & TRACE_DEADLOCK_ENDED;
    text_heading(text, "%zu. %s (%s): %s", number, finding_kind_word(finding->kind),
                 confidence_word(finding->confidence), text_safe(text, title));
    fprintf(text->out, "   %s, for ever%s%s:\n", live_reason(finding), live_doubt(finding),
            ended ? "; the program was ended for it" : "");
    text_print_steps(text, finding->execution, finding->steps, finding->step_count);
    print_causes(text, finding);
    print_stuck(text, finding);
    text_print_who_and_what(text, finding->execution, finding->steps, finding->step_count);
}
