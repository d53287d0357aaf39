#include "analyzer/command/finding_input.h"

#include <string.h>
#include "analyzer/command/message.h"

const struct finding *report_find_finding(const struct report *report, size_t number,
                                          size_t *process)
{
    size_t before = 0;
    for (size_t i = 0; number != 0 && i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        if (number - before <= analysis->finding_count) {
            *process = i;
            return &analysis->findings[number - before - 1];
        }
        before += analysis->finding_count;
    }
    return NULL;
}

/* As a finding: what it would be if it had not been set aside. */
static const struct finding *find_dismissed(struct finding_input *input, size_t number)
{
    const struct report *report = &input->report;
    size_t before = 0;
    for (size_t i = 0; number != 0 && i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        if (number - before <= analysis->dismissed_count) {
            const struct dismissed *dismissed = &analysis->dismissed[number - before - 1];
            struct finding *finding = arena_alloc(report->arena, 1, sizeof *finding);
            *finding = (struct finding){
                .kind = FINDING_LOCK_ORDER_CYCLE,
                .confidence = CONFIDENCE_POSSIBLE,
                .execution = dismissed->execution,
                .step_count = dismissed->step_count,
                .steps = dismissed->steps,
                .instances = dismissed->instances,
            };
            input->process = i;
            return finding;
        }
        before += analysis->dismissed_count;
    }
    return NULL;
}

static size_t dismissed_count(const struct report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->process_count; i++) {
        count += report->processes[i].analysis.dismissed_count;
    }
    return count;
}

static void tell_missing(const struct finding_input *input, const char *path, const char *id,
                         bool is_dismissed)
{
    if (input->report.failure_count != 0) {
        return; /* told */
    }
    message(input->recordings.command, "there is no finding %s: %s has %zu%s", id, path,
            is_dismissed ? dismissed_count(&input->report) : report_finding_count(&input->report),
            is_dismissed ? " that were set aside" : "");
}

bool finding_input_read(struct finding_input *input, struct arena *arena, const char *command,
                        const struct report_settings *settings, const char *path, const char *id)
{
    unsigned long number;
    bool is_dismissed = id[0] == 'd';
    memset(input, 0, sizeof *input);
    input->recordings = (struct recordings){.arena = arena, .command = command};
    if (!parse_number(id + is_dismissed, UINT32_MAX, &number) || number == 0) {
        message(command, "'%s' is no number of a finding: 'unknot report %s' tells them", id, path);
        return false;
    }
    recordings_add(&input->recordings, path);
    recordings_report(&input->recordings, settings, &input->report);
    input->number = is_dismissed ? 0 : number;
    input->finding = is_dismissed ? find_dismissed(input, number)
                                  : report_find_finding(&input->report, number, &input->process);
    if (input->finding == NULL) {
        tell_missing(input, path, id, is_dismissed);
    }
    return input->finding != NULL;
}

void finding_input_destroy(struct finding_input *input)
{
    if (input->report.arena != NULL) {
        report_destroy(&input->report);
    }
}
