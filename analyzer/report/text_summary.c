#include "analyzer/report/escape.h"
#include "analyzer/report/notes.h"
#include "analyzer/report/text.h"

static void print_notes(const struct text *text, const struct totals *totals)
{
    struct notes notes;
    if (text->report->process_count == 0) {
        return; /* each file was told of already */
    }
    notes_collect(text->report, totals, &notes);
    for (size_t i = 0; i < notes.list.count; i++) {
        fprintf(text->out, "note: %s\n", text_safe(text, notes.list.items[i].text));
    }
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
                 totals_watched(report, totals), set_aside, class_only);
}

static void print_command(const struct text *text, const char *purpose, const char *option)
{
    const struct report_options *options = &text->report->options;
    const char *input = options->of_traces ? "--input=std " : "";
    const char *order =
        options->order == NULL
            ? ""
            : arena_printf(text->arena, "--order=%s ", escape_shell(text->arena, options->order));
    fprintf(text->out, "%s: unknot report %s%s%s%s\n", purpose, input, order, option,
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
    struct totals totals = totals_of(text->report);
    print_notes(text, &totals);
    print_verdict(text, &totals);
    text_hidden_counts(text);
    print_next(text, &totals);
    print_unseen(text);
}
