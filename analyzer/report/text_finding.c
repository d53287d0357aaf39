#include <string.h>
#include "analyzer/report/text_step.h"
#include "analyzer/report/title.h"
#include "analyzer/report/witness_words.h"

static void print_cycle(const struct text *text, const struct execution *execution,
                        const struct cycle_step *steps, size_t step_count)
{
    text_print_steps(text, execution, steps, step_count);
    text_print_who_and_what(text, execution, steps, step_count);
}

/* The cycles that the one shown stands for too; `where` tells what else they have in common. */
static void print_instances(const struct text *text, size_t instances, const char *where)
{
    if (instances > 1) {
        fprintf(text->out, "   (and %zu more between locks of the same classes%s)\n", instances - 1,
                where);
    }
}

static const char *cycle_title(const struct text *text, const struct execution *execution,
                               const struct cycle_step *steps, size_t step_count)
{
    return text_safe(text,
                     title_cycle(text->arena, text->report->names, execution, steps, step_count));
}

/* What a step's thread would do later, for which the one before waits. */
static void print_wake(const struct text *text, const struct finding *finding, size_t step)
{
    const struct witness_event *wake = &finding->wakes[step];
    if (wake->thread != 0) {
        const char *what =
            witness_event_text(text->arena, text->report->names, finding->execution, wake);
        fprintf(text->out, "     only then %s, ", text_safe(text, what));
        text_print_place(text, finding->execution, wake->stack, "at ");
    }
}

static void print_finding_steps(const struct text *text, const struct finding *finding)
{
    for (size_t i = 0; i < finding->step_count; i++) {
        text_print_step(text, finding->execution, &finding->steps[i]);
        if (finding->wakes != NULL) {
            print_wake(text, finding, i);
        }
    }
}

/* Why none of them goes on. */
static const char *cycle_reason(const struct finding *finding)
{
    if (finding->kind == FINDING_BLOCKED_WAIT) {
        return "each waits for the next one, for ever, and nobody else in this run would end that";
    }
    return finding->rule == FINDING_RULE_RECURSIVE_READ
               ? "each waits for the other, for ever: readers of this lock queue behind writers"
               : "each waits for what the next one holds, for ever";
}

static void text_cycle(const struct text *text, size_t number, const struct finding *finding)
{
    text_heading(text, "%zu. %s (%s): %s", number, finding_kind_word(finding->kind),
                 confidence_word(finding->confidence),
                 text_safe(text, title_finding(text->arena, text->report->names, finding)));
    print_instances(text, finding->instances, ", at the same places");
    fprintf(text->out, "   %s, %s:\n",
            finding->execution->of_recordings
                ? "No recording shows all of this. If one process does it at the same time"
                : "If these happen at the same time",
            cycle_reason(finding));
    print_finding_steps(text, finding);
    if (finding->witness != NULL) {
        text_witness(text, finding);
    } else {
        text_doubt(text, finding);
    }
    text_print_who_and_what(text, finding->execution, finding->steps, finding->step_count);
}

static void text_order_violation(const struct text *text, size_t number,
                                 const struct finding *finding)
{
    const struct finding_order_broken *broken = finding->broken;
    const char *title = title_order_violation(text->arena, text->report->names, finding);
    text_heading(text, "%zu. %s (%s): %s", number, finding_kind_word(finding->kind),
                 confidence_word(finding->confidence), text_safe(text, title));
    print_instances(text, finding->instances, ", at the same places");
    fprintf(text->out, "   The order is: %s before %s. One thread that breaks it is enough:\n",
            text_safe(text, broken->before), text_safe(text, broken->after));
    text_print_steps(text, finding->execution, finding->steps, finding->step_count);
    fputs("   locks:\n", text->out);
    text_print_lock(text, finding->execution, step_hold(&finding->steps[0])->lock);
    text_print_lock(text, finding->execution, finding->steps[0].dependency->lock);
    fputc('\n', text->out);
}

/* The story is that of a report: escaped already, if the file is what it should be. */
static void text_told(const struct text *text, size_t number, const struct finding *finding)
{
    const struct finding_told *told = finding->told;
    text_heading(text, "%zu. %s (%s): %s", number, text_safe(text, told->rule),
                 confidence_word(finding->confidence), text_safe(text, told->title));
    fprintf(text->out, "   in %s, one of %s merged that have it:\n", text_safe(text, told->file),
            text_count(text, told->recordings, "recording"));
    for (const char *line = told->story; *line != '\0';) {
        size_t bytes = strcspn(line, "\n");
        const char *copy = arena_printf(text->arena, "%.*s", (int)bytes, line);
        fprintf(text->out, "%s\n", text_safe(text, copy));
        line += bytes + (line[bytes] != '\0');
    }
}

void text_finding(const struct text *text, size_t number, const struct finding *finding)
{
    if (finding->told != NULL) {
        text_told(text, number, finding); /* with its own advice */
        return;
    }
    if (finding->broken != NULL) {
        text_order_violation(text, number, finding);
    } else if (finding->live != NULL) {
        text_deadlock(text, number, finding);
    } else if (finding->misuse != NULL) {
        text_misuse(text, number, finding);
    } else {
        text_cycle(text, number, finding);
    }
    text_advice(text, number, finding);
    fputc('\n', text->out);
}

/* Whether one could know which of two locks of a class to take first. */
static const char *nesting_text(const struct text *text, const struct finding_nesting *nesting)
{
    size_t upward = nesting->upward, downward = nesting->count - nesting->upward;
    if (nesting->declared == nesting->count) {
        return "Always in an order that the program declared";
    }
    if (nesting->count == 1) {
        return "Seen in one way only, which shows no order";
    }
    if (finding_nesting_is_ordered(nesting)) {
        return arena_printf(text->arena, "Always, in %zu ways, the one at the %s address first",
                            nesting->count, upward != 0 ? "lower" : "higher");
    }
    return arena_printf(text->arena,
                        "Not in the order of addresses: in %s the lower one first, in %s the "
                        "higher one; a list or a tree may order them, or nothing",
                        text_count(text, upward, "way"), text_count(text, downward, "way"));
}

void text_class_only(const struct text *text, const struct finding *finding)
{
    const char *title = title_class_cycle(text->arena, text->report->names, finding->execution,
                                          finding->steps, finding->step_count);
    text_heading(text, "class order only, no finding: %s", text_safe(text, title));
    if (finding->step_count == 1) {
        fprintf(text->out, "   Never the same two in both orders. %s.\n",
                nesting_text(text, &finding->nesting));
    } else {
        fputs(
            "   Locks of these classes are taken in all these orders, but never the same locks:\n",
            text->out);
    }
    print_cycle(text, finding->execution, finding->steps, finding->step_count);
    fputc('\n', text->out);
}

void text_dismissed(const struct text *text, const struct dismissed *dismissed)
{
    text_heading(text, "set aside (%s): %s", dismissal_word(dismissed->reason),
                 cycle_title(text, dismissed->execution, dismissed->steps, dismissed->step_count));
    fprintf(text->out, "   Harmless: %s.\n",
            text_safe(text, title_dismissal(text->arena, text->report->names, dismissed)));
    print_instances(text, dismissed->instances, ", for the same reason");
    for (size_t i = 0; i < dismissed->step_count; i++) {
        text_print_step(text, dismissed->execution, &dismissed->steps[i]);
    }
    fputc('\n', text->out);
}
