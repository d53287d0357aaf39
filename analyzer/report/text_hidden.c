#include <string.h>
#include "analyzer/report/text.h"

static void show(const struct text *text, const struct analysis *analysis, bool is_known)
{
    for (size_t i = 0; i < analysis->hidden_count; i++) {
        const struct hidden_finding *hidden = &analysis->hidden[i];
        if ((hidden->suppression == NULL) != is_known) {
            continue;
        }
        if (is_known) {
            fputs("known (baseline):\n", text->out);
        } else {
            fprintf(text->out, "suppressed by %s\n", text_safe(text, hidden->suppression));
        }
        text_finding(text, hidden->finding.id, &hidden->finding);
    }
}

void text_hidden_findings(const struct text *text, const struct analysis *analysis)
{
    if (text->report->options.show_suppressed) {
        show(text, analysis, false);
    }
    if (text->report->options.show_known) {
        show(text, analysis, true);
    }
}

/* How many of a file's suppressions matched nothing. */
static size_t unused_of_file(const struct hidden_summary *hidden, const char *file)
{
    size_t count = 0;
    for (size_t i = 0; i < hidden->unused_count; i++) {
        count += strcmp(hidden->unused[i].file, file) == 0;
    }
    return count;
}

static bool is_first_of_file(const struct hidden_summary *hidden, size_t index)
{
    return index == 0 || strcmp(hidden->unused[index - 1].file, hidden->unused[index].file) != 0;
}

static void print_unused(const struct text *text, const struct hidden_summary *hidden)
{
    for (size_t i = 0; i < hidden->unused_count; i++) {
        const struct unused_suppression *unused = &hidden->unused[i];
        if (!unused->is_foreign) {
            fprintf(text->out, "unused suppression: %s:%u: %s\n", text_safe(text, unused->file),
                    unused->line, text_safe(text, unused->name));
        } else if (is_first_of_file(hidden, i)) {
            fprintf(text->out, "unused in %s: %s\n", text_safe(text, unused->file),
                    text_count(text, unused_of_file(hidden, unused->file), "suppression"));
        }
    }
    if (hidden->inapplicable != 0) {
        fprintf(text->out, "not for unknot: %s of what it does not look for\n",
                text_count(text, hidden->inapplicable, "suppression"));
    }
}

void text_hidden_counts(const struct text *text)
{
    const struct hidden_summary *hidden = &text->report->hidden;
    const struct report_options *options = &text->report->options;
    if (hidden->has_suppressions) {
        fprintf(text->out, "suppressed: %s%s\n", text_count(text, hidden->suppressed, "finding"),
                hidden->suppressed != 0 && !options->show_suppressed ? " (--show-suppressed)" : "");
    }
    if (hidden->baseline != NULL) {
        const char *gone =
            hidden->gone != 0 ? arena_printf(text->arena, "; %zu of it not seen here", hidden->gone)
                              : "";
        fprintf(text->out, "known from %s: %s%s%s\n", text_safe(text, hidden->baseline),
                text_count(text, hidden->known, "finding"),
                hidden->known != 0 && !options->show_known ? " (--show-known)" : "", gone);
    }
    print_unused(text, hidden);
}
