#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/report/escape.h"
#include "analyzer/report/fix_words.h"
#include "analyzer/report/remedy.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/text.h"

static bool is_current_directory(const char *directory)
{
    char *current = get_current_dir_name();
    bool is = current != NULL && strcmp(current, directory) == 0;
    free(current);
    return is;
}

/* The command that shows all of a finding; NULL where there is nothing to show it from. */
static const char *explain_command(const struct text *text, size_t number)
{
    const struct report_options *options = &text->report->options;
    return options->path == NULL ? NULL
                                 : arena_printf(text->arena, "unknot explain %s%s %zu",
                                                options->of_traces ? "--input=std " : "",
                                                escape_shell(text->arena, options->path), number);
}

static void print_remedy(const struct text *text, const struct finding *finding)
{
    struct remedy remedy = remedy_of_finding(text->report, finding);
    fprintf(text->out, "   what helps: %s", text_safe(text, remedy.text));
    if (remedy.place != NULL) {
        fprintf(text->out, " (%s)", text_safe(text, remedy.place));
    }
    fputc('\n', text->out);
}

void text_advice(const struct text *text, size_t number, const struct finding *finding)
{
    const char *explain = explain_command(text, number);
    bool is_fixed = fix_best(finding) != NULL;
    bool has_fixes = finding->fixes != NULL && finding->fixes->count != 0;
    if (!is_fixed) {
        print_remedy(text, finding);
    }
    if (is_fixed || (has_fixes && text->report->options.all_stacks)) {
        text_fixes(text, finding, explain);
    } else if (has_fixes) {
        fprintf(text->out, "   no fix holds on this run: %zu rejected\n", finding->fixes->count);
    }
    fprintf(text->out, "   rule: %s", rule_word(finding));
    if (explain != NULL) {
        fprintf(text->out, "; every frame: %s", explain);
    }
    fputc('\n', text->out);
}

void text_run_again(const struct text *text, const struct execution *execution)
{
    const char *directory = execution->directory;
    bool elsewhere = directory != NULL && !is_current_directory(directory);
    if (execution->argument_count == 0) {
        return; /* a trace in text */
    }
    fputs("to run it again: ", text->out);
    if (elsewhere) {
        fprintf(text->out, "cd %s && ", escape_shell(text->arena, directory));
    }
    fputs("unknot run --", text->out);
    for (size_t i = 0; i < execution->argument_count; i++) {
        fprintf(text->out, " %s", escape_shell(text->arena, execution->arguments[i]));
    }
    fputs("\n\n", text->out);
}
