/* The fixes of a finding in the text report: what to change, whether it holds, and the lines. */
#include <inttypes.h>
#include <string.h>
#include "analyzer/report/fix_advice.h"
#include "analyzer/report/fix_words.h"
#include "analyzer/report/place.h"
#include "analyzer/report/source_text.h"
#include "analyzer/report/text.h"

#define FIXES_SHOWN_MAX 3
#define LINES_SHOWN_MAX 16
/* Edits that lie so close are shown with the lines between them. */
#define CONTEXT_LINES_MAX 3

/* Lines that change, on their way out. */
struct hunk {
    const struct text *text;
    const struct source_text *source; /* NULL: it cannot be read any more */
    size_t shown, limit;              /* lines */
};

static void print_line(struct hunk *hunk, char mark, const char *line, size_t bytes)
{
    if (hunk->shown++ < hunk->limit) {
        const char *copy = arena_printf(hunk->text->arena, "%c %.*s", mark, (int)bytes, line);
        fprintf(hunk->text->out, "%s%s\n", bytes != 0 || mark != ' ' ? "          " : "",
                bytes != 0    ? text_safe(hunk->text, copy)
                : mark == '-' ? "-"
                : mark == '+' ? "+"
                              : "");
    }
}

static void print_source_lines(struct hunk *hunk, char mark, uint32_t first, uint32_t count)
{
    for (uint32_t line = first;
         hunk->source != NULL && line < first + count && line <= hunk->source->line_count; line++) {
        print_line(hunk, mark, hunk->source->lines[line - 1],
                   strlen(hunk->source->lines[line - 1]));
    }
}

static void print_new_lines(struct hunk *hunk, const char *lines)
{
    while (*lines != '\0') {
        size_t bytes = strcspn(lines, "\n");
        print_line(hunk, '+', lines, bytes);
        lines += bytes + (lines[bytes] == '\n');
    }
}

/* Whether the edit follows the last one so closely that no new heading is needed. */
static bool goes_on(const struct fix_edit *last, const struct fix_edit *edit)
{
    return last != NULL && strcmp(last->file, edit->file) == 0 &&
           edit->line - (last->line + last->replaced) <= CONTEXT_LINES_MAX;
}

static void print_edits(const struct text *text, const struct execution *execution,
                        const struct fix_advice *advice, size_t limit)
{
    struct hunk hunk = {.text = text, .limit = limit};
    const struct fix_edit *last = NULL;
    for (size_t i = 0; i < advice->edit_count; i++) {
        const struct fix_edit *edit = &advice->edits[i];
        const struct frame place = {.file = edit->file, .line = edit->line, .module = ""};
        hunk.source = source_texts_find(text->report->sources, edit->file);
        if (goes_on(last, edit)) {
            uint32_t next = last->line + last->replaced;
            print_source_lines(&hunk, ' ', next, edit->line - next);
        } else if (hunk.shown < limit) {
            fprintf(text->out, "        %s\n",
                    text_safe(text, place_line(text->arena, execution, &place)));
        }
        print_source_lines(&hunk, '-', edit->line, edit->replaced);
        print_new_lines(&hunk, edit->text);
        last = edit;
    }
    if (hunk.shown > limit) {
        fprintf(text->out, "          (and %zu more lines)\n", hunk.shown - limit);
    }
}

static const char *verdict(const struct text *text, const struct finding *finding, size_t number)
{
    const struct fix_verdict *own = &finding->fixes->fixes[number - 1].verdict;
    const char *words = fix_verdict_text(text->report, finding, own);
    return own->verified
               ? arena_printf(text->arena, "%s; %s", words, fix_cost_text(text->arena, own))
               : words;
}

/* Whether the same was checked, with the same result and cost; in short, whatever the schedules
 * were. */
static bool says_the_same(const struct text *text, const struct finding *finding, size_t number,
                          size_t other)
{
    struct fix_verdict one = finding->fixes->fixes[number - 1].verdict;
    struct fix_verdict two = finding->fixes->fixes[other - 1].verdict;
    if (!text->report->options.all_stacks) {
        one.stuck_before = two.stuck_before;
        one.inconclusive = two.inconclusive;
    }
    return one.verified == two.verified &&
           strcmp(fix_verdict_text(text->report, finding, &one),
                  fix_verdict_text(text->report, finding, &two)) == 0 &&
           strcmp(fix_cost_text(text->arena, &one), fix_cost_text(text->arena, &two)) == 0;
}

/* What it risks, and the lines: of the first, and of all where all are shown. */
static void print_more(const struct text *text, const struct finding *finding,
                       const struct fix *fix, const struct fix_advice *advice, size_t line_limit)
{
    const char *risk = fix_kind_risk(fix->change.kind);
    if (risk[0] != '\0') {
        fprintf(text->out, "        what it risks: %s\n", risk);
    }
    print_edits(text, finding->execution, advice, line_limit);
    if (advice->is_outdated) {
        fputs("        the source was changed since: these lines may not fit\n", text->out);
    } else if (advice->edit_count != 0 && !advice->is_complete) {
        fputs("        these lines are not all that has to change\n", text->out);
    }
}

/* `before`: the number of the one shown before it; 0: none. */
static void print_fix(const struct text *text, const struct finding *finding, size_t number,
                      size_t before, size_t line_limit)
{
    const struct fix *fix = &finding->fixes->fixes[number - 1];
    const char *words = verdict(text, finding, number);
    bool is_same = before != 0 && says_the_same(text, finding, number, before);
    struct fix_advice advice;
    fix_advise(text->report, finding, fix, &advice);
    fprintf(text->out, "     %zu. %s: %s\n", number, fix_kind_word(fix->change.kind),
            text_safe(text, advice.what));
    fprintf(text->out, "        %s\n",
            !is_same                ? text_safe(text, words)
            : fix->verdict.verified ? "verified on this run, as above"
                                    : "rejected, as above");
    if (fix->verdict.verified && line_limit != 0) {
        print_more(text, finding, fix, &advice, line_limit);
    }
}

void text_fixes(const struct text *text, const struct finding *finding, const char *more)
{
    bool all = text->report->options.all_stacks;
    size_t count = finding->fixes->count;
    size_t shown = 0, last = 0;
    fputs("   fixes:\n", text->out);
    for (size_t i = 0; i < count; i++) {
        bool verified = finding->fixes->fixes[i].verdict.verified;
        if (all) {
            print_fix(text, finding, i + 1, last, SIZE_MAX);
        } else if (verified && shown < FIXES_SHOWN_MAX) {
            print_fix(text, finding, i + 1, last, shown == 0 ? LINES_SHOWN_MAX : 0);
        } else {
            continue;
        }
        last = i + 1;
        shown++;
    }
    size_t rejected = count - fix_verified_count(finding);
    size_t further = count - rejected - shown;
    if (!all && count > shown) {
        const char *told = further == 0 ? ""
                                        : arena_printf(text->arena, "%zu more%s", further,
                                                       rejected != 0 ? ", " : "");
        fprintf(text->out, "     (%s%s%s%s)\n", told,
                rejected != 0 ? arena_printf(text->arena, "%zu rejected", rejected) : "",
                more != NULL ? ": " : "", more != NULL ? more : "");
    }
}
