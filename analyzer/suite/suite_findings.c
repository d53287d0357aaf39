#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/report/finding_title.h"
#include "analyzer/report/fingerprint.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/text.h"
#include "analyzer/suite/suite_collect.h"

/* As the text report tells it, without its heading; first a line with the recording's name. */
static const char *story_of(const struct report *report, const struct finding *finding,
                            const char *file)
{
    struct report plain = *report;
    struct text text = {.arena = report->arena, .report = &plain};
    char *told = NULL;
    size_t bytes;

    memset(&plain.options, 0, sizeof plain.options);
    text.out = open_memstream(&told, &bytes);
    if (text.out == NULL)
        return file;
    text_finding(&text, 1, finding);
    if (fclose(text.out) != 0 || told == NULL) {
        free(told);
        return file;
    }
    const char *line_end = strchr(told, '\n');
    const char *story =
        arena_printf(report->arena, "%s\n%s", file, line_end != NULL ? line_end + 1 : "");
    free(told);
    return story;
}

void suite_collect_findings(struct suite *suite, const struct report *report, size_t index,
                            uint32_t recording)
{
    const struct report_process *process = &report->processes[index];
    const char *file = suite_text(
        suite, suite_row(suite, SUITE_RECORDING, recording)->words[SUITE_RECORDING_FILE]);

    for (size_t i = 0; i < process->analysis.finding_count; i++) {
        const struct finding *finding = &process->analysis.findings[i];
        const char *ring = suite_collect_ring(suite, report->arena, report->symbolizer,
                                              finding->execution, finding);
        const uint64_t words[] = {
            [SUITE_TOLD_KIND] = suite_text_word(suite, finding_kind_word(finding->kind)),
            [SUITE_TOLD_RULE] = suite_text_word(suite, rule_word(finding)),
            [SUITE_TOLD_CONFIDENCE] = suite_text_word(suite, confidence_word(finding->confidence)),
            [SUITE_TOLD_FINGERPRINT] =
                suite_text_word(suite, fingerprint_of_finding(report, process, finding)),
            [SUITE_TOLD_RING] = suite_text_word(suite, ring),
        };
        uint32_t row = suite_add(suite, SUITE_TOLD, words, sizeof words / sizeof words[0]);
        suite_merge_text(suite, SUITE_TOLD, row, 0, finding_title(report, finding));
        suite_merge_text(suite, SUITE_TOLD, row, 1, story_of(report, finding, file));
        suite_merge_recording(suite, SUITE_TOLD, row, recording);
    }
}
