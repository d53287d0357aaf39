#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/base/progress.h"
#include "analyzer/command/data_directory.h"
#include "analyzer/command/finding_input.h"
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/plan_input.h"
#include "analyzer/command/steered_run.h"
#include "analyzer/command/steered_tally.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/text.h"
#include "analyzer/report/title.h"

#define STATUS_NOT_REACHED 0
#define STATUS_CONFIRMED   1
#define STATUS_FAILED      2
#define STATUS_DEADLOCK    66 /* of the program */
#define DATA_DEFAULT       "unknot.confirm"
#define TRIES_DEFAULT      10
#define TRIES_MAX          10000
#define PAUSE_FIRST_MS     50.0
#define PAUSE_LAST_MS      2000.0
#define ARENA_BYTES_MAX    ((size_t)16 << 30)

struct confirm {
    const struct options *options;
    struct arena arena;
    struct report_settings settings;
    struct plan_input input;
    struct output output;
    bool is_told;
    uint64_t timeout_ms;                 /* of one run; 0: as long as it seems to need */
    unsigned long tries, pause_ms, seed; /* pause_ms 0: growing */
    const char *folder;                  /* as the user would name it */
    struct steered_tally tally;
    size_t timeouts; /* runs that had to be ended */
    /* Titles of other deadlocks on the way, each once. */
    ARRAY(const char *) others;
};

static bool parse_number_option(const struct options *options, enum option_id id, const char *name,
                                unsigned long max, unsigned long *value)
{
    const char *text = options->values[id];
    if (text != NULL && (!parse_number(text, max, value) || *value == 0)) {
        message("confirm", "--%s=%s: expected a number from 1 to %lu", name, text, max);
        return false;
    }
    return true;
}

static bool parse_timeout(struct confirm *confirm)
{
    unsigned long seconds = 0;
    bool good =
        parse_number_option(confirm->options, OPTION_TIMEOUT, "timeout", UINT32_MAX, &seconds);
    confirm->timeout_ms = (uint64_t)seconds * 1000;
    return good;
}

static bool parse(struct confirm *confirm)
{
    const struct options *options = confirm->options;
    confirm->tries = TRIES_DEFAULT;
    return parse_number_option(options, OPTION_TRIES, "tries", TRIES_MAX, &confirm->tries) &&
           parse_number_option(options, OPTION_PAUSE, "pause", PLAN_PAUSE_MAX_MS,
                               &confirm->pause_ms) &&
           parse_number_option(options, OPTION_PERTURB, "perturb", UINT32_MAX, &confirm->seed) &&
           parse_timeout(confirm) &&
           report_settings_init(&confirm->settings, &confirm->arena, "confirm", options) &&
           report_settings_map_paths(&confirm->settings, &confirm->arena, "confirm", options) &&
           report_settings_read_order(&confirm->settings, &confirm->arena, "confirm", options);
}

/* Growing by a factor: what is short is tried first, and what is long when that was not enough. */
static unsigned pause_of(const struct confirm *confirm, unsigned long index)
{
    double pause_ms = PAUSE_FIRST_MS;
    double steps = confirm->tries > 1 ? (double)(confirm->tries - 1) : 1;
    if (confirm->pause_ms != 0) {
        return (unsigned)confirm->pause_ms;
    }
    double share = (double)index / steps;
    return (unsigned)(pause_ms * pow(PAUSE_LAST_MS / PAUSE_FIRST_MS, share));
}

/* In the order of the schedule that the recorded run allows, if there is one; in another order, as
 * who comes first may keep the others from coming; and in none. */
static struct plan_manner manner_of(const struct confirm *confirm, unsigned long index)
{
    size_t count = confirm->input.plan.steps.count;
    bool is_turned = index % 3 == 1 && count > 1;
    return (struct plan_manner){
        .is_ranked = index % 3 != 2,
        .first_rank = is_turned ? 1 + index / 3 % (count - 1) : 0,
        .pause_ms = pause_of(confirm, index),
    };
}

/* Chance helps where a plan does not: in the last third of the runs, or all if it was asked for. */
static const char *seed_of(struct confirm *confirm, unsigned long index)
{
    bool is_late = confirm->tries > 2 && index >= confirm->tries - confirm->tries / 3;
    return confirm->seed != 0 || is_late
               ? arena_printf(&confirm->arena, "%lu", confirm->seed + index + 1)
               : NULL;
}

static void note_others(struct confirm *confirm, const struct steered_run *run)
{
    for (size_t i = 0; i < run->report.process_count; i++) {
        const struct analysis *analysis = &run->report.processes[i].analysis;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            const struct finding *finding = &analysis->findings[j];
            bool is_known = finding == run->same;
            const char *title = title_deadlock(run->report.arena, run->report.names, finding);
            for (size_t k = 0; k < confirm->others.count && !is_known; k++) {
                is_known = strcmp(confirm->others.items[k], title) == 0;
            }
            if (!is_known) {
                *array_add(&confirm->arena, &confirm->others) =
                    arena_strdup(&confirm->arena, title);
            }
        }
    }
}

struct told {
    const struct confirm *confirm;
    const struct steered_run *run; /* the one that confirmed it; NULL: none did */
    bool color;
};

static void write_others(FILE *out, const struct confirm *confirm)
{
    for (size_t i = 0; i < confirm->others.count; i++) {
        fprintf(out, "   another deadlock on the way, which is not this one: %s\n",
                escape_terminal((struct arena *)&confirm->arena, confirm->others.items[i]));
    }
}

static void write_confirmed(FILE *out, const struct told *told)
{
    struct report report = told->run->report;
    report.options.color = told->color;
    report.options.all_stacks = told->confirm->settings.report.all_stacks;
    struct text text = {out, report.arena, &report};
    const char *name = told->confirm->input.name;
    text_heading(&text, "unknot: %s is %s: the program deadlocked in run %zu of at most %lu", name,
                 confidence_word(CONFIDENCE_CONFIRMED), told->confirm->tally.runs,
                 told->confirm->tries);
    fputc('\n', out);
    struct finding same = *told->run->same;
    same.confidence = CONFIDENCE_CONFIRMED;
    text_finding(&text, same.id, &same);
    write_others(out, told->confirm);
    fprintf(out, "   the recording: unknot report %s\n",
            escape_shell(report.arena, told->run->folder));
    fprintf(out, "   once more:     unknot reproduce %s -- %s\n",
            escape_shell(report.arena, told->run->launch.plan),
            plan_input_program_text(&told->confirm->input));
}

static void write_not_reached(FILE *out, const struct told *told)
{
    const struct confirm *confirm = told->confirm;
    struct report report = {.options.color = told->color};
    struct text text = {out, (struct arena *)&confirm->arena, &report};
    text_heading(&text, "unknot: %s was not reached in %zu %s", confirm->input.name,
                 confirm->tally.runs, confirm->tally.runs == 1 ? "run" : "runs");
    steered_tally_write(out, &confirm->input.plan, &confirm->tally);
    write_others(out, confirm);
    if (confirm->timeouts != 0) {
        fprintf(out, "   %zu of the runs had to be ended: they took too long (--timeout)\n",
                confirm->timeouts);
    }
    fprintf(out, "   That does not prove that it cannot happen. The recordings are in %s.\n",
            escape_terminal(text.arena, confirm->folder));
}

static void write_told(FILE *out, const void *context)
{
    const struct told *told = context;
    if (told->run != NULL) {
        write_confirmed(out, told);
    } else {
        write_not_reached(out, told);
    }
}

static int tell(struct confirm *confirm, const struct steered_run *run)
{
    const struct told told = {
        confirm, run, output_has_color(&confirm->output, confirm->options->values[OPTION_COLOR])};
    confirm->is_told = true;
    if (!output_write_by(&confirm->output, "confirm", write_told, &told)) {
        return STATUS_FAILED;
    }
    return run != NULL ? STATUS_CONFIRMED : STATUS_NOT_REACHED;
}

/* A deadlock that is only suspected, since nothing proved that a semaphore is a lock, is the one
 * that a schedule of the recorded run ends in: that has proved it. */
static bool is_confirmed(const struct confirm *confirm, const struct steered_run *run)
{
    return run->same != NULL && (run->same->confidence != CONFIDENCE_SUSPECTED ||
                                 plan_input_has_schedule(&confirm->input));
}

static int stopped(const struct confirm *confirm)
{
    message("confirm", "stopped in run %zu: a signal ended the program", confirm->tally.runs);
    return STATUS_FAILED;
}

/* One run; its status if that ends it all, -1 if the next one is to be made. */
static int try_once(struct confirm *confirm, unsigned long index)
{
    struct arena arena;
    int status = STATUS_FAILED;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct steered_run run = {
        .command = "confirm",
        .plan = &confirm->input.plan,
        .manner = manner_of(confirm, index),
        .folder = arena_printf(&arena, "%s/%lu", confirm->folder, index + 1),
        .launch = confirm->input.launch,
        .settings = &confirm->settings,
    };
    run.launch.timeout_ms = confirm->timeout_ms != 0
                                ? confirm->timeout_ms
                                : plan_input_timeout_ms(&confirm->input, run.manner.pause_ms);
    run.launch.on_deadlock = "exit";
    run.launch.deadlock_status = STATUS_DEADLOCK;
    run.launch.end_suspected = "1";
    run.launch.events = "0";
    run.launch.perturb = seed_of(confirm, index);
    if (mkdir(run.folder, 0777) != 0) {
        message("confirm", "cannot make %s to record into: %s", run.folder, strerror(errno));
    } else if (steered_run_make(&run, &arena)) {
        steered_tally_add(&confirm->tally, &run.report);
        confirm->timeouts += run.result.timed_out;
        note_others(confirm, &run);
        status = is_confirmed(confirm, &run) ? tell(confirm, &run)
                 : run.result.stopped        ? stopped(confirm)
                                             : -1;
        steered_run_destroy(&run);
    }
    arena_destroy(&arena);
    return status;
}

static int try_all(struct confirm *confirm)
{
    const char *data = confirm->options->values[OPTION_DATA];
    confirm->folder =
        data_directory_create(&confirm->arena, "confirm", data != NULL ? data : DATA_DEFAULT);
    if (confirm->folder == NULL) {
        output_close(&confirm->output);
        return STATUS_FAILED;
    }
    int status = -1;
    progress_begin("running the program");
    for (unsigned long i = 0; i < confirm->tries && status < 0; i++) {
        progress_at(i, confirm->tries);
        status = try_once(confirm, i);
    }
    progress_end();
    if (status == STATUS_FAILED && !confirm->is_told) {
        output_close(&confirm->output);
    }
    return status < 0 ? tell(confirm, NULL) : status;
}

static bool can_be_steered(const struct confirm *confirm)
{
    if (confirm->input.launch.library == NULL) {
        message("confirm", "%s cannot be steered: the library is not loaded into it",
                confirm->input.launch.path);
    }
    return confirm->input.launch.library != NULL;
}

static int confirm_finding(struct confirm *confirm)
{
    const struct options *options = confirm->options;
    if (options->own_count != 2) {
        message("confirm", "tell the file and the number of a finding in its report: "
                           "unknot confirm FILE ID [-- PROGRAM ARGUMENTS...]");
        return STATUS_FAILED;
    }
    int status = STATUS_FAILED;
    if (parse(confirm) &&
        plan_input_read_finding(&confirm->input, &confirm->arena, "confirm", options,
                                &confirm->settings) &&
        plan_input_find_program(&confirm->input) && plan_input_watch(&confirm->input) == 0 &&
        can_be_steered(confirm) &&
        output_open(&confirm->output, "confirm", options->values[OPTION_OUTPUT], STDOUT_FILENO)) {
        status = try_all(confirm);
    }
    plan_input_destroy(&confirm->input);
    return status;
}

int command_confirm(const struct options *options)
{
    struct confirm confirm = {.options = options};
    arena_init(&confirm.arena, ARENA_BYTES_MAX);
    int status = confirm_finding(&confirm);
    arena_destroy(&confirm.arena);
    return status;
}
