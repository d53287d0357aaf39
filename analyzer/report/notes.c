#include "analyzer/report/notes.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/report/applied_fix.h"

#define HELD_SHOWN_MAX 8

struct collector {
    const struct report *report;
    struct notes *notes;
};

static void add(const struct collector *collector, enum note_level level, const char *id,
                const char *text)
{
    *array_add(collector->report->arena, &collector->notes->list) = (struct note){level, id, text};
}

static void add_failures(const struct collector *collector)
{
    const struct report *report = collector->report;
    if (report->failure_count != 0) {
        add(collector, NOTE_FAILURE, "unreadable",
            arena_printf(report->arena, "%s could not be analysed",
                         totals_count(report->arena, report->failure_count, "file")));
    }
}

/* What a thread that never went on waited for when the recording ended. */
static void add_waiting(const struct collector *collector, const struct execution *execution,
                        const struct live_thread *live)
{
    struct arena *arena = collector->report->arena;
    struct names *names = collector->report->names;
    const char *holding = "";
    for (size_t i = 0; i < live->held_count && i < HELD_SHOWN_MAX; i++) {
        holding = arena_printf(arena, "%s%s%s", holding, i == 0 ? ", holding " : ", ",
                               names_lock(names, execution, live->held[i].lock));
    }
    const char *more = live->held_count > HELD_SHOWN_MAX ? ", ..." : "";
    add(collector, NOTE_INFORMATION, "waiting",
        arena_printf(arena, "process %u: when the recording ended, %s was waiting for %s%s%s",
                     execution->pid, names_thread(names, execution, live->thread),
                     names_lock(names, execution, live->wanted_lock), holding, more));
}

static bool is_same_fix(const struct applied_fix *one, const struct applied_fix *other)
{
    return one->kind == other->kind && strcmp(one->name, other->name) == 0 &&
           strcmp(one->plan, other->plan) == 0;
}

/* Of those of a process, NULL if it has none such. */
static const struct applied_fix *find_fix(const struct execution *execution,
                                          const struct applied_fix *wanted)
{
    for (size_t i = 0; i < execution->fix_count; i++) {
        if (is_same_fix(&execution->fixes_applied[i], wanted)) {
            return &execution->fixes_applied[i];
        }
    }
    return NULL;
}

static bool matched(const struct applied_fix *fix)
{
    return fix != NULL && fix->locks + fix->left != 0;
}

/* That a fix matched nothing matters only if that is so in all processes, and once. */
static bool is_worth_telling(const struct report *report, size_t process,
                             const struct applied_fix *fix)
{
    bool is_told = false;
    for (size_t i = 0; i < report->process_count && !is_told; i++) {
        const struct applied_fix *other = find_fix(&report->processes[i].execution, fix);
        is_told = matched(other) || (i < process && other != NULL);
    }
    return matched(fix) || !is_told;
}

static void add_fixes(const struct collector *collector, size_t process)
{
    const struct report *report = collector->report;
    const struct execution *execution = &report->processes[process].execution;
    for (size_t i = 0; i < execution->fix_count; i++) {
        const struct applied_fix *fix = &execution->fixes_applied[i];
        const char *who = report->process_count == 1 || !matched(fix)
                              ? ""
                              : arena_printf(report->arena, "process %u: ", execution->pid);
        if (is_worth_telling(report, process, fix)) {
            add(collector, NOTE_INFORMATION, "fix",
                arena_printf(report->arena, "%s%s", who, applied_fix_text(report->arena, fix)));
        }
    }
}

static void add_process(const struct collector *collector, const struct execution *execution)
{
    struct arena *arena = collector->report->arena;
    for (size_t i = 0; i < execution->note_count; i++) {
        add(collector, NOTE_INCOMPLETE, "recorder",
            arena_printf(arena, "process %u: %s", execution->pid, execution->notes[i]));
    }
    for (size_t i = 0; execution->state == TRACE_RUNNING && i < execution->live_count; i++) {
        if (execution->live[i].wanted_lock != 0) {
            add_waiting(collector, execution, &execution->live[i]);
        }
    }
    if (execution->end == TRACE_TORN) {
        add(collector, NOTE_INCOMPLETE, "torn",
            arena_printf(arena,
                         "%s is damaged or cut short after %zu of %zu bytes; what came before was "
                         "analysed",
                         execution->file, execution->torn_at, execution->bytes));
    }
}

static void add_unusable(const char *path, enum symbol_file_state state, void *context)
{
    const struct collector *collector = context;
    struct arena *arena = collector->report->arena;
    if (state == SYMBOL_FILE_CHANGED) {
        add(collector, NOTE_INFORMATION, "symbols",
            arena_printf(arena,
                         "%s changed since the recording (another build-id): its names are not "
                         "shown",
                         path));
    } else if (path[0] == '/') {
        add(collector, NOTE_INFORMATION, "symbols",
            arena_printf(arena, "%s cannot be read here: its names are not shown", path));
    }
}

static void add_lost(const struct collector *collector, const struct totals *totals)
{
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++) {
        if (totals->lost[i] != 0) {
            add(collector, NOTE_INCOMPLETE,
                arena_printf(collector->report->arena, "lost-%s",
                             trace_lost_name((enum trace_lost)i)),
                arena_printf(collector->report->arena, "%s (%" PRIu64 ")",
                             trace_lost_text((enum trace_lost)i), totals->lost[i]));
        }
    }
}

static void add_left_out(const struct collector *collector, const struct totals *totals)
{
    struct arena *arena = collector->report->arena;
    if (totals->cut_off != 0) {
        add(collector, NOTE_INCOMPLETE, "cut-off",
            arena_printf(arena, "%s did not end normally, or still runs",
                         totals_count(arena, totals->cut_off, "recording")));
    }
    if (totals->undefined_ids != 0) {
        add(collector, NOTE_INCOMPLETE, "undefined",
            arena_printf(arena, "%s left out: they name something the recording does not define",
                         totals_count(arena, totals->undefined_ids, "record")));
    }
    if (totals->misuses_unclear != 0) {
        add(collector, NOTE_INFORMATION, "unclear-misuse",
            arena_printf(arena,
                         "%s failed, and whether the program looked at the result cannot be told "
                         "from its code",
                         totals_count(arena, totals->misuses_unclear, "call")));
    }
    if (totals->excluded_locks != 0) {
        add(collector, NOTE_INFORMATION, "excluded",
            arena_printf(arena,
                         "%s left out: unlocked by a thread that did not hold them, so not used "
                         "as locks",
                         totals_count(arena, totals->excluded_locks, "object")));
    }
}

static void add_bounds(const struct collector *collector, const struct totals *totals)
{
    struct arena *arena = collector->report->arena;
    if (totals->bound_hit != 0) {
        add(collector, NOTE_INCOMPLETE, "search-limit",
            arena_printf(arena,
                         "the search stopped after %" PRIu64
                         " steps: there may be more cycles (--search-limit=N)",
                         totals->bound_hit));
    }
    if (totals->witness_bound_hit != 0) {
        add(collector, NOTE_INCOMPLETE, "schedule-limit",
            arena_printf(arena,
                         "the search for schedules stopped after %" PRIu64
                         " steps: what is called possible may be predicted (--search-limit=N)",
                         totals->witness_bound_hit));
    }
    if (totals->dismissed_stopped && collector->report->options.show_dismissed) {
        add(collector, NOTE_INFORMATION, "dismissed-limit",
            "the search for cycles to set aside stopped early: there may be more of them");
    }
}

/* What recordings that were merged lacked. */
static void add_merged(const struct collector *collector)
{
    struct arena *arena = collector->report->arena;
    const struct report_merged *merged = &collector->report->merged;
    if (merged->incomplete != 0) {
        add(collector, NOTE_INCOMPLETE, "merged-incomplete",
            arena_printf(arena,
                         "%s of %s merged did not end normally, still ran, or lost something "
                         "(%" PRIu64 ")",
                         totals_count(arena, merged->incomplete, "recording"),
                         totals_count(arena, merged->recordings, "recording"), merged->lost));
    }
    if (merged->shared != 0) {
        add(collector, NOTE_INFORMATION, "merged-shared",
            arena_printf(arena,
                         "%s merged use locks that processes share: what happens between processes "
                         "only a report of the recordings tells",
                         totals_count(arena, merged->shared, "recording")));
    }
}

void notes_collect(const struct report *report, const struct totals *totals, struct notes *notes)
{
    struct collector collector = {report, notes};
    *notes = (struct notes){{NULL, 0, 0}};
    add_failures(&collector);
    for (size_t i = 0; i < report->process_count; i++) {
        add_process(&collector, &report->processes[i].execution);
        add_fixes(&collector, i);
    }
    symbolizer_each_unusable(report->symbolizer, add_unusable, &collector);
    add_lost(&collector, totals);
    add_left_out(&collector, totals);
    add_bounds(&collector, totals);
    add_merged(&collector);
}
