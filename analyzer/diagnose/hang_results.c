#include <string.h>
#include "analyzer/diagnose/hang_report.h"
#include "analyzer/diagnose/hang_words.h"
#include "analyzer/report/github.h"
#include "analyzer/report/junit.h"
#include "analyzer/report/sarif.h"

/* One hang on its way to a result. */
struct conversion {
    const struct diagnosis *diagnosis;
    const struct hang *hang;
    const struct results *results; /* what all of them share */
    struct result *result;
};

/* Python's frames where there are any, else the program's. */
static struct frame_list stack_of(struct subject *subject, const struct wait *wait)
{
    struct frame_list python = hang_python_stack(subject, wait->thread);
    return python.count != 0 ? python : wait_program_frames(wait);
}

static void add_step(struct arena *arena, struct result_flow *flow, const char *text,
                     struct frame_list stack)
{
    if (stack.count != 0) {
        *array_add(arena, &flow->steps.list) = (struct result_step){text, stack, 0};
    }
}

/* What the thread holds of what the hang is about, and where it took that if it is known. */
static const char *add_holds(const struct conversion *conversion, struct result_flow *flow,
                             const struct target_thread *thread)
{
    struct subject *subject = conversion->diagnosis->subject;
    const char *line = flow->thread;
    for (size_t i = 0; i < conversion->hang->count; i++) {
        const struct wait *wait = conversion->hang->waits[i];
        if (!hang_is_held_by(wait, thread) || wait->kind == WAIT_JOIN) {
            continue;
        }
        struct frame *taken = arena_alloc(subject->arena, 1, sizeof *taken);
        *taken = wait->taken;
        struct frame_list stack = {wait->taken.line != 0, taken};
        const char *name = hang_lock_name(subject, wait);
        line = arena_printf(subject->arena, "%s holds %s%s, and", line, name,
                            result_at(conversion->results, stack));
        add_step(subject->arena, flow,
                 arena_printf(subject->arena, "%s holds %s, taken here", flow->thread, name),
                 stack);
        break;
    }
    return line;
}

static void add_wait(const struct conversion *conversion, struct result_story *story,
                     const struct wait *wait)
{
    struct subject *subject = conversion->diagnosis->subject;
    struct arena *arena = subject->arena;
    const char *thread = subject_thread_name(subject, wait->thread);
    struct frame_list stack = stack_of(subject, wait);
    const char *wants = hang_wants(subject, wait);
    struct result_flow *flow = result_story_flow(arena, story, thread);
    const char *line = add_holds(conversion, flow, wait->thread);
    add_step(arena, flow, arena_printf(arena, "%s %s here", thread, wants), stack);
    result_add_line(arena, conversion->result,
                    arena_printf(arena, "%s %s%s (%s).", line, wants,
                                 result_at(conversion->results, stack),
                                 hang_holder(subject, wait)));
    if (conversion->result->where.stack.count == 0) {
        conversion->result->where.stack = stack;
    }
}

static void convert(const struct diagnosis *diagnosis, const struct hang *hang,
                    struct results *results)
{
    struct subject *subject = diagnosis->subject;
    struct result *result = array_add(subject->arena, &results->list);
    const struct conversion conversion = {diagnosis, hang, results, result};
    *result = (struct result){
        .id = results->list.count,
        .pid = subject->target->pid,
        .kind = hang_finding_kind(hang),
        .confidence = hang_confidence(hang),
        .rule = hang_rule(hang),
        .title = hang_title(subject, hang),
        .remedy = hang_remedy(subject, hang),
        .instances = 1,
    };
    result->where.text = result->title;
    struct result_story *story = array_add(subject->arena, &result->stories);
    story->text = "What each thread waits for";
    for (size_t i = 0; i < hang->count; i++) {
        add_wait(&conversion, story, hang->waits[i]);
    }
    for (size_t i = 0; i < hang->behind_count; i++) {
        add_wait(&conversion, story, hang->behind[i]);
    }
}

static void tell(FILE *out, const struct results *results, const struct result *result)
{
    hang_text_write_one(out, results->context, result->id - 1);
}

static void results_of_hangs(const struct hang_report *report, struct results *results)
{
    const struct diagnosis *diagnosis = report->diagnosis;
    const struct target *target = diagnosis->subject->target;
    struct arena *arena = diagnosis->subject->arena;
    const char *slash = strrchr(target->executable, '/');
    struct hang_report *plain = arena_alloc(arena, 1, sizeof *plain);
    *plain = *report;
    plain->color = false;
    *results = (struct results){
        .arena = arena,
        .source_root = report->source_root,
        .exit_status = report->exit_status,
        .complete = target->damage == NULL,
        .tell = tell,
        .context = plain,
    };
    *array_add(arena, &results->processes) = (struct result_process){
        target->pid, slash != NULL ? slash + 1 : target->executable, target->arguments, NULL};
    hang_notes_collect(diagnosis, &results->notes);
    for (size_t i = 0; i < diagnosis->hang_count; i++) {
        convert(diagnosis, &diagnosis->hangs[i], results);
    }
}

void hang_report_write(FILE *out, enum report_format_id format, const struct hang_report *report)
{
    static void (*const by_results[REPORT_FORMAT_COUNT])(FILE *, const struct results *) = {
        [REPORT_FORMAT_SARIF] = sarif_write_results,
        [REPORT_FORMAT_JUNIT] = junit_write_results,
        [REPORT_FORMAT_GITHUB] = github_write_results,
    };
    struct results results;
    if (by_results[format] != NULL) {
        results_of_hangs(report, &results);
        by_results[format](out, &results);
    } else if (format == REPORT_FORMAT_JSON) {
        hang_json_write(out, report);
    } else {
        hang_text_write(out, report);
    }
}
