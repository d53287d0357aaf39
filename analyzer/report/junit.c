#include "analyzer/report/junit.h"

#include <stdlib.h>
#include "analyzer/report/escape.h"

/* The case that passes in a suite without a finding. */
#define CLEAN_CASE "no finding"

/* On one line, in an attribute; control characters of names are shown, as on a terminal. */
static const char *attribute(const struct results *results, const char *text)
{
    return escape_xml(results->arena, escape_terminal(results->arena, text), true);
}

static size_t count_of_process(const struct results *results, size_t process)
{
    size_t count = 0;
    for (size_t i = 0; i < results->list.count; i++) {
        count += results->list.items[i].process == process;
    }
    return count;
}

static const struct note *failure(const struct results *results)
{
    for (size_t i = 0; i < results->notes.list.count; i++) {
        if (results->notes.list.items[i].level == NOTE_FAILURE) {
            return &results->notes.list.items[i];
        }
    }
    return NULL;
}

/* What the text report says of it. */
static void write_story(FILE *out, const struct results *results, const struct result *result)
{
    char *story = NULL;
    size_t bytes = 0;
    FILE *memory = open_memstream(&story, &bytes);
    if (memory != NULL) {
        results->tell(memory, results, result);
    }
    if (memory != NULL && fclose(memory) == 0) {
        fputs(escape_xml(results->arena, story, false), out);
    } else {
        fputs("not told: out of memory", out);
    }
    free(story);
}

static void write_finding(FILE *out, const struct results *results, const struct result *result,
                          const char *suite)
{
    const char *title = attribute(results, result->title);
    fprintf(out, "    <testcase classname=\"%s\" name=\"%s: %s\">\n", suite,
            attribute(results, result->rule), title);
    fprintf(out, "      <failure type=\"%s\" message=\"%s (%s): %s\">",
            attribute(results, result->rule), attribute(results, result->rule),
            confidence_word(result->confidence), title);
    write_story(out, results, result);
    fputs("</failure>\n    </testcase>\n", out);
}

static void write_suite(FILE *out, const struct results *results, size_t process)
{
    const char *name = arena_printf(results->arena, "unknot.%s",
                                    attribute(results, results->processes.items[process].name));
    size_t failures = count_of_process(results, process);
    fprintf(out, "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", name,
            failures == 0 ? 1 : failures, failures);
    fprintf(out,
            "    <properties>\n      <property name=\"command\" value=\"%s\"/>\n"
            "    </properties>\n",
            attribute(results, results->processes.items[process].command));
    if (failures == 0) {
        fprintf(out, "    <testcase classname=\"%s\" name=\"" CLEAN_CASE "\"/>\n", name);
    }
    for (size_t i = 0; i < results->list.count; i++) {
        if (results->list.items[i].process == process) {
            write_finding(out, results, &results->list.items[i], name);
        }
    }
    fputs("  </testsuite>\n", out);
}

/* Whether all was read, and what else there is to know. */
static void write_recordings(FILE *out, const struct results *results)
{
    const struct note *failed = failure(results);
    fprintf(out, "  <testsuite name=\"unknot\" tests=\"1\" failures=\"0\" errors=\"%d\">\n",
            failed != NULL);
    fputs("    <testcase classname=\"unknot\" name=\"recordings\">\n", out);
    if (failed != NULL) {
        const char *text = attribute(results, failed->text);
        fprintf(out, "      <error type=\"%s\" message=\"%s\">%s</error>\n", failed->id, text,
                text);
    }
    fputs("      <system-out>", out);
    for (size_t i = 0; i < results->notes.list.count; i++) {
        const char *text = escape_terminal(results->arena, results->notes.list.items[i].text);
        fprintf(out, "note: %s\n", escape_xml(results->arena, text, false));
    }
    fputs("</system-out>\n    </testcase>\n  </testsuite>\n", out);
}

void junit_write_results(FILE *out, const struct results *results)
{
    size_t tests = 1;
    for (size_t i = 0; i < results->processes.count; i++) {
        size_t failures = count_of_process(results, i);
        tests += failures == 0 ? 1 : failures;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
    fprintf(out, "<testsuites name=\"unknot\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\">\n",
            tests, results->list.count, failure(results) != NULL);
    for (size_t i = 0; i < results->processes.count; i++) {
        write_suite(out, results, i);
    }
    write_recordings(out, results);
    fputs("</testsuites>\n", out);
}

void junit_write(FILE *out, const struct report *report)
{
    struct results results;
    results_of_report(report, &results);
    junit_write_results(out, &results);
}
