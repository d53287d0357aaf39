#include "analyzer/suppress/generate.h"

#include <string.h>
#include "analyzer/report/escape.h"
#include "analyzer/report/place.h"
#include "analyzer/report/title.h"
#include "analyzer/suppress/candidate.h"

#define STACK_FRAMES_MAX 8

/* What changes from run to run, or build to build, becomes a `*`: the number of an array's element,
 * a line, a process. What no terminal shows becomes a `?`. */
static const char *with_stars(struct arena *arena, const char *name)
{
    static const char digits[] = "0123456789";
    char *text = arena_strdup(arena, name);
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        if (*from < ' ' || *from > '~') {
            *to++ = '?';
            from++;
            continue;
        }
        size_t bytes = strspn(from, digits);
        bool changes =
            bytes != 0 && from != text &&
            ((from[-1] == '[' && from[bytes] == ']') || (from[-1] == ':' && from[bytes] == ')') ||
             (from[-1] == ' ' && from[bytes] == '\0'));
        if (changes) {
            *to++ = '*';
            from += bytes;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return text;
}

/* Which thread first used a lock that nothing initialised is chance. */
static bool has_lasting_name(const struct report *report, const struct finding *finding,
                             uint32_t id)
{
    const struct lock *lock = execution_find_lock(finding->execution, id);
    return lock != NULL &&
           (lock->name != NULL || lock->init_stack != 0 ||
            symbolizer_data(report->symbolizer, finding->execution, lock->location).name != NULL);
}

static void write_lock(FILE *out, const struct report *report, const char *name)
{
    fprintf(out, "    lock: %s\n", with_stars(report->arena, name));
}

static void write_locks(FILE *out, const struct report *report, const struct finding *finding)
{
    if (finding->misuse != NULL) {
        uint32_t lock = finding->misuse->lock;
        if (lock != 0 && has_lasting_name(report, finding, lock)) {
            write_lock(out, report, names_lock_class(report->names, finding->execution, lock));
        }
    }
    for (size_t i = 0; i < finding->step_count; i++) {
        uint32_t lock = step_wanted(&finding->steps[i]);
        if (has_lasting_name(report, finding, lock)) {
            write_lock(out, report, names_lock_class(report->names, finding->execution, lock));
        }
    }
}

static void write_stacks(FILE *out, const struct report *report, const struct candidate *candidate)
{
    for (size_t i = 0; i < candidate->stacks.count; i++) {
        struct frame_list stack = candidate->stacks.items[i].program;
        const char *text = "";
        for (size_t j = 0; j < stack.count && j < STACK_FRAMES_MAX; j++) {
            text = arena_printf(report->arena, "%s%s%s", text, j == 0 ? "" : " < ",
                                place_function(report->arena, &stack.frames[j]));
        }
        fprintf(out, "    # stack: %s\n", escape_terminal(report->arena, text));
    }
}

static void write_one(FILE *out, const struct report *report, const struct report_process *process,
                      const struct finding *finding)
{
    struct candidate candidate = candidate_of(report, process, finding);
    fprintf(out, "\nsuppression %s\n", escape_terminal(report->arena, candidate.title));
    fprintf(out, "    rule: %s\n", candidate.rule);
    write_locks(out, report, finding);
    write_stacks(out, report, &candidate);
    fprintf(out, "    fingerprint: %s\n", candidate.fingerprint);
}

static void write_suppressions(FILE *out, const struct report *report)
{
    fputs("# Each suppression silences one finding; all of its lines have to match. Without its\n"
          "# fingerprint it silences all that match the others. Lines with '#' are comments.\n",
          out);
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            write_one(out, report, &report->processes[i], &analysis->findings[j]);
        }
    }
}

const struct report_format suppressions_format = {
    .id = REPORT_FORMAT_COUNT, .name = "suppressions", .shares = true, .write = write_suppressions};
