#include "analyzer/report/text.h"

#include <stdarg.h>
#include <string.h>
#include "analyzer/report/escape.h"
#include "analyzer/report/totals.h"

#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

void text_heading(const struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs(text->report->options.color ? BOLD : "", text->out);
    vfprintf(text->out, format, arguments);
    fputs(text->report->options.color ? PLAIN "\n" : "\n", text->out);
    va_end(arguments);
}

const char *text_safe(const struct text *text, const char *name)
{
    return escape_terminal(text->arena, name);
}

const char *text_count(const struct text *text, uint64_t count, const char *noun)
{
    return totals_count(text->arena, count, noun);
}

static bool has_something_to_say(const struct text *text, const struct report_process *process)
{
    const struct analysis *analysis = &process->analysis;
    const struct report_options *options = &text->report->options;
    return analysis->finding_count != 0 ||
           (analysis->hidden_count != 0 && (options->show_suppressed || options->show_known)) ||
           (options->show_dismissed && analysis->dismissed_count != 0) ||
           (options->class_order && analysis->class_only_count != 0);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void process_heading(const struct text *text, const struct execution *execution)
{
    const char *command = "";
    const char *executable = execution->executable != NULL ? execution->executable : "";
    for (size_t i = 0; i < execution->argument_count; i++) {
        command = arena_printf(text->arena, "%s %s", command,
                               escape_shell(text->arena, execution->arguments[i]));
    }
    bool same_name = execution->argument_count > 0 &&
                     strcmp(base_name(execution->arguments[0]), base_name(executable)) == 0;
    if (execution->of_recordings) {
        text_heading(text, "== several recordings, together");
        return;
    }
    if (execution->pid == 0) {
        text_heading(text, "== trace %s", text_safe(text, execution->file));
        return;
    }
    text_heading(text, "== process %u:%s%s%s%s", execution->pid, command, same_name ? "" : " (",
                 same_name ? "" : text_safe(text, executable), same_name ? "" : ")");
}

/* One line for each process, if several share locks. */
static void analysed_heading(const struct text *text, const struct execution *analysed)
{
    if (analysed->member_count == 0) {
        process_heading(text, analysed);
    }
    for (size_t i = 0; i < analysed->member_count; i++) {
        process_heading(text, analysed->members[i]);
    }
    fputc('\n', text->out);
}

static void write_process(const struct text *text, const struct report_process *process)
{
    const struct analysis *analysis = &process->analysis;
    analysed_heading(text, process->analysed != NULL ? process->analysed : &process->execution);
    for (size_t i = 0; i < analysis->finding_count; i++) {
        text_finding(text, analysis->findings[i].id, &analysis->findings[i]);
    }
    if (analysis->finding_count != 0) {
        text_run_again(text, &process->execution);
    }
    text_hidden_findings(text, analysis);
    for (size_t i = 0; text->report->options.class_order && i < analysis->class_only_count; i++) {
        text_class_only(text, &analysis->class_only[i]);
    }
    for (size_t i = 0; text->report->options.show_dismissed && i < analysis->dismissed_count; i++) {
        text_dismissed(text, &analysis->dismissed[i]);
    }
}

void text_write(FILE *out, const struct report *report)
{
    struct text text = {out, report->arena, report};
    for (size_t i = 0; i < report->process_count; i++) {
        if (has_something_to_say(&text, &report->processes[i])) {
            write_process(&text, &report->processes[i]);
        }
    }
    text_summary(&text);
}
