#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/report/escape.h"
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

void text_advice(const struct text *text, size_t number, const struct finding *finding)
{
    const struct report_options *options = &text->report->options;
    fprintf(text->out, "   what helps: %s\n",
            text_safe(text, remedy_of_finding(text->report, finding)));
    fprintf(text->out, "   rule: %s", rule_word(finding));
    if (options->path != NULL) {
        fprintf(text->out, "; every frame: unknot explain %s%s %zu",
                options->of_traces ? "--input=std " : "", escape_shell(text->arena, options->path),
                number);
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
