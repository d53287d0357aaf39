#include <inttypes.h>
#include <string.h>
#include "analyzer/report/escape.h"
#include "analyzer/report/text.h"

#define HELD_SHOWN_MAX 8

struct totals {
    bool dismissed_stopped; /* there may be more of them */
    size_t findings, misuses_unclear, dismissed, class_only, excluded_locks, torn, cut_off;
    uint64_t threads, locks, dependencies, undefined_ids, bound_hit, witness_bound_hit;
    uint64_t lost[TRACE_LOST_COUNT];
};

static struct totals sum(const struct report *report)
{
    struct totals totals;
    memset(&totals, 0, sizeof totals);
    for (size_t i = 0; i < report->process_count; i++) {
        const struct execution *execution = &report->processes[i].execution;
        const struct analysis *analysis = &report->processes[i].analysis;
        totals.findings += analysis->finding_count;
        totals.misuses_unclear += analysis->misuses_unclear;
        for (size_t j = 0; j < analysis->dismissed_count; j++) {
            totals.dismissed += analysis->dismissed[j].instances;
        }
        totals.dismissed_stopped |= analysis->dismissed_bound_hit != 0;
        totals.class_only += analysis->class_only_count;
        totals.excluded_locks += analysis->excluded_locks;
        totals.torn += execution->end == TRACE_TORN;
        totals.cut_off += execution->end != TRACE_TORN && execution->state == TRACE_RUNNING;
        totals.threads += execution->threads_seen;
        totals.locks += execution->locks_seen;
        totals.dependencies += execution->dependency_count;
        totals.undefined_ids += execution->undefined_ids;
        totals.bound_hit =
            analysis->bound_hit > totals.bound_hit ? analysis->bound_hit : totals.bound_hit;
        totals.witness_bound_hit = analysis->witness_bound_hit > totals.witness_bound_hit
                                       ? analysis->witness_bound_hit
                                       : totals.witness_bound_hit;
        for (size_t j = 0; j < TRACE_LOST_COUNT; j++) {
            totals.lost[j] += execution->lost[j];
        }
    }
    return totals;
}

static void note(const struct text *text, const char *line)
{
    fprintf(text->out, "note: %s\n", text_safe(text, line));
}

static void print_failures(const struct text *text)
{
    size_t count = text->report->failure_count;
    if (count != 0 && text->report->process_count != 0) {
        note(text, arena_printf(text->arena, "%s could not be analysed",
                                text_count(text, count, "file")));
    }
}

/* What a thread that never went on waited for when the recording ended. */
static void print_waiting(const struct text *text, const struct execution *execution,
                          const struct live_thread *live)
{
    struct names *names = text->report->names;
    const char *holding = "";
    for (size_t i = 0; i < live->held_count && i < HELD_SHOWN_MAX; i++) {
        holding = arena_printf(text->arena, "%s%s%s", holding, i == 0 ? ", holding " : ", ",
                               names_lock(names, execution, live->held[i].lock));
    }
    const char *more = live->held_count > HELD_SHOWN_MAX ? ", ..." : "";
    note(text, arena_printf(text->arena,
                            "process %u: when the recording ended, %s was waiting for %s%s%s",
                            execution->pid, names_thread(names, execution, live->thread),
                            names_lock(names, execution, live->wanted_lock), holding, more));
}

static void print_process_notes(const struct text *text)
{
    for (size_t i = 0; i < text->report->process_count; i++) {
        const struct execution *execution = &text->report->processes[i].execution;
        for (size_t j = 0; j < execution->note_count; j++) {
            note(text,
                 arena_printf(text->arena, "process %u: %s", execution->pid, execution->notes[j]));
        }
        for (size_t j = 0; execution->state == TRACE_RUNNING && j < execution->live_count; j++) {
            if (execution->live[j].wanted_lock != 0) {
                print_waiting(text, execution, &execution->live[j]);
            }
        }
        if (execution->end == TRACE_TORN) {
            note(text, arena_printf(text->arena,
                                    "%s is damaged or cut short after %zu of %zu bytes; what "
                                    "came before was analysed",
                                    execution->file, execution->torn_at, execution->bytes));
        }
    }
}

static void print_unusable(const char *path, enum symbol_file_state state, void *context)
{
    const struct text *text = context;
    if (state == SYMBOL_FILE_CHANGED) {
        note(text, arena_printf(text->arena,
                                "%s changed since the recording (another build-id): its names "
                                "are not shown",
                                path));
    } else if (path[0] == '/') {
        note(text,
             arena_printf(text->arena, "%s cannot be read here: its names are not shown", path));
    }
}

static void print_totals_notes(const struct text *text, const struct totals *totals)
{
    struct arena *arena = text->arena;
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++) {
        if (totals->lost[i] != 0) {
            note(text, arena_printf(arena, "%s (%" PRIu64 ")", trace_lost_text((enum trace_lost)i),
                                    totals->lost[i]));
        }
    }
    if (totals->cut_off != 0) {
        note(text, arena_printf(arena, "%s did not end normally, or still runs",
                                text_count(text, totals->cut_off, "recording")));
    }
    if (totals->undefined_ids != 0) {
        note(text, arena_printf(arena,
                                "%s left out: they name something the recording does not "
                                "define",
                                text_count(text, totals->undefined_ids, "record")));
    }
    if (totals->misuses_unclear != 0) {
        note(text, arena_printf(arena,
                                "%s failed, and whether the program looked at the result cannot be "
                                "told from its code",
                                text_count(text, totals->misuses_unclear, "call")));
    }
    if (totals->excluded_locks != 0) {
        note(text, arena_printf(arena,
                                "%s left out: unlocked by a thread that did not hold "
                                "them, so not used as locks",
                                text_count(text, totals->excluded_locks, "object")));
    }
    if (totals->bound_hit != 0) {
        note(text, arena_printf(arena,
                                "the search stopped after %" PRIu64 " steps: there may "
                                "be more cycles (--search-limit=N)",
                                totals->bound_hit));
    }
    if (totals->witness_bound_hit != 0) {
        note(text, arena_printf(arena,
                                "the search for schedules stopped after %" PRIu64 " steps: what is "
                                "called possible may be predicted (--search-limit=N)",
                                totals->witness_bound_hit));
    }
    if (totals->dismissed_stopped && text->report->options.show_dismissed) {
        note(text, "the search for cycles to set aside stopped early: there may be more of them");
    }
}

static const char *watched(const struct text *text, const struct totals *totals)
{
    const struct report *report = text->report;
    const char *what = arena_printf(text->arena, "%s, %s, %s while holding another",
                                    text_count(text, totals->threads, "thread"),
                                    text_count(text, totals->locks, "lock"),
                                    text_count(text, totals->dependencies, "request"));
    if (report->process_count == 1) {
        return what;
    }
    return arena_printf(text->arena, "%zu processes, %s", report->process_count, what);
}

static void print_verdict(const struct text *text, const struct totals *totals)
{
    const struct report *report = text->report;
    if (report->process_count == 0) {
        return;
    }
    const char *set_aside = totals->dismissed == 0
                                ? ""
                                : arena_printf(text->arena, "; %s%s set aside as harmless",
                                               totals->dismissed_stopped ? "at least " : "",
                                               text_count(text, totals->dismissed, "cycle"));
    const char *class_only =
        totals->class_only == 0
            ? ""
            : arena_printf(text->arena, "; %s between different locks of the same classes",
                           text_count(text, totals->class_only, "cycle"));
    text_heading(text, "unknot: %s in %s%s%s",
                 totals->findings != 0 ? text_count(text, totals->findings, "finding")
                 : report->hidden.suppressed + report->hidden.known != 0 ? "no other finding"
                                                                         : "no lock-order problem",
                 watched(text, totals), set_aside, class_only);
}

static void print_command(const struct text *text, const char *purpose, const char *option)
{
    const char *input = text->report->options.of_traces ? "--input=std " : "";
    fprintf(text->out, "%s: unknot report %s%s%s\n", purpose, input, option,
            escape_shell(text->arena, text->report->options.path));
}

static void print_next(const struct text *text, const struct totals *totals)
{
    const struct report_options *options = &text->report->options;
    bool dismissed = totals->dismissed != 0 && !options->show_dismissed;
    bool class_only = totals->class_only != 0 && !options->class_order;
    if (options->path == NULL) {
        return;
    }
    if (dismissed) {
        print_command(text, "what was set aside, and why", "--show-dismissed ");
    }
    if (class_only) {
        print_command(text, "the cycles between classes", "--class-order ");
    }
    if (options->just_recorded && !dismissed && !class_only) {
        print_command(text, "to see this again", "");
    }
}

/* The last line: what the process may have locked without our seeing it. */
static void print_unseen(const struct text *text)
{
    struct unseen unseen = {0};
    const char *list = "";
    for (size_t i = 0; i < text->report->process_count; i++) {
        unseen_add_all(text->arena, &unseen, &text->report->processes[i].unseen);
    }
    for (size_t i = 0; i < unseen.texts.count; i++) {
        list = arena_printf(text->arena, "%s%s%s", list, i == 0 ? "" : "; ", unseen.texts.items[i]);
    }
    if (unseen.texts.count != 0) {
        fprintf(text->out, "not seen, and used here: %s\n", list);
    }
}

void text_summary(const struct text *text)
{
    struct totals totals = sum(text->report);
    print_failures(text);
    print_process_notes(text);
    symbolizer_each_unusable(text->report->symbolizer, print_unusable, (void *)text);
    print_totals_notes(text, &totals);
    print_verdict(text, &totals);
    text_hidden_counts(text);
    print_next(text, &totals);
    print_unseen(text);
}
