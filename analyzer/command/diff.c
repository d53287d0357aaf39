#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/command/message.h"
#include "analyzer/command/recordings.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/json_value.h"
#include "analyzer/suppress/candidate.h"

#define STATUS_NEW      1
#define STATUS_FAILED   2
#define ARENA_BYTES_MAX ((size_t)16 << 30)

struct diff {
    struct arena *arena;
    const struct report_settings *settings;
    struct baseline *old, *new;
};

/* Those of one side that the other one has, or has not. */
struct part {
    const char *word, *member; /* in text and in JSON */
    bool of_old, in_both;
};

static const struct part parts[] = {
    {"new", "new", false, false},
    {"fixed", "fixed", true, false},
    {"still there", "still_there", false, true},
};

#define PART_COUNT (sizeof parts / sizeof parts[0])

/* A folder, or a file whose name says so: else it is a report or a list. */
static bool is_of_recordings(const char *path)
{
    struct stat status;
    return recordings_is_name(path) || (stat(path, &status) == 0 && S_ISDIR(status.st_mode));
}

static bool read_recordings(struct diff *diff, const char *path, struct baseline *side)
{
    struct report report;
    struct recordings recordings = {.arena = diff->arena, .command = "diff"};
    recordings_add(&recordings, path);
    recordings_report(&recordings, diff->settings, &report);
    for (size_t i = 0; i < report.process_count; i++) {
        const struct analysis *analysis = &report.processes[i].analysis;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            struct candidate told =
                candidate_of(&report, &report.processes[i], &analysis->findings[j]);
            baseline_add(side, (struct known_finding){.fingerprint = told.fingerprint,
                                                      .kind = told.kind,
                                                      .confidence =
                                                          confidence_word(told.finding->confidence),
                                                      .title = told.title});
        }
    }
    report_destroy(&report);
    return report.failure_count == 0;
}

static bool read_side(struct diff *diff, const char *path, struct baseline *side)
{
    const char *error = "";
    if (is_of_recordings(path)) {
        return read_recordings(diff, path, side);
    }
    if (!baseline_read(side, path, &error)) {
        message("diff", "%s", error);
        return false;
    }
    return true;
}

/* The next finding of the part from *index on; NULL when there is none left. */
static const struct known_finding *next_of(const struct diff *diff, const struct part *part,
                                           size_t *index)
{
    const struct baseline *side = part->of_old ? diff->old : diff->new;
    const struct baseline *other = part->of_old ? diff->new : diff->old;
    while (*index < baseline_count(side)) {
        const struct known_finding *finding = baseline_get(side, (*index)++);
        if ((baseline_find(other, finding->fingerprint) != NULL) == part->in_both) {
            return finding;
        }
    }
    return NULL;
}

static size_t count_of(const struct diff *diff, const struct part *part)
{
    size_t count = 0, index = 0;
    while (next_of(diff, part, &index) != NULL) {
        count++;
    }
    return count;
}

static void write_text(FILE *out, const struct diff *diff)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct known_finding *finding;
        size_t index = 0;
        while ((finding = next_of(diff, &parts[i], &index)) != NULL) {
            bool has_kind = finding->kind[0] != '\0';
            fprintf(out, "%-11s  %s  %s%s%s%s%s\n", parts[i].word, finding->fingerprint,
                    escape_terminal(diff->arena, finding->kind), has_kind ? " (" : "",
                    escape_terminal(diff->arena, finding->confidence), has_kind ? "): " : "",
                    escape_terminal(diff->arena, finding->title));
        }
    }
    size_t new = count_of(diff, &parts[0]);
    fprintf(out, "unknot: %zu new finding%s, %zu fixed or not seen, %zu still there\n", new,
            new == 1 ? "" : "s", count_of(diff, &parts[1]), count_of(diff, &parts[2]));
}

static void write_json(FILE *out, const struct diff *diff)
{
    struct json_object *document = json_value_object();
    json_value_set(document, "schema", json_value_number(1));
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct known_finding *finding;
        struct json_object *list = json_value_array();
        size_t index = 0;
        while ((finding = next_of(diff, &parts[i], &index)) != NULL) {
            struct json_object *object = json_value_object();
            json_value_set(object, "fingerprint",
                           json_value_string(diff->arena, finding->fingerprint));
            json_value_set(object, "kind", json_value_string(diff->arena, finding->kind));
            json_value_set(object, "confidence",
                           json_value_string(diff->arena, finding->confidence));
            json_value_set(object, "title", json_value_string(diff->arena, finding->title));
            json_value_append(list, object);
        }
        json_value_set(document, parts[i].member, list);
    }
    json_value_write(out, document);
}

static void write_diff(FILE *out, const struct report_format *format, bool color,
                       const void *context)
{
    const struct diff *diff = context;
    (void)color;
    if (format->id == REPORT_FORMAT_JSON) {
        write_json(out, diff);
    } else {
        write_text(out, diff);
    }
}

static int compare(struct diff *diff, char **paths, struct outputs *outputs)
{
    diff->old = baseline_create(diff->arena);
    diff->new = baseline_create(diff->arena);
    bool read = read_side(diff, paths[0], diff->old);
    if (!read_side(diff, paths[1], diff->new) || !read) {
        outputs_close(outputs);
        return STATUS_FAILED;
    }
    if (!outputs_write(outputs, OUTPUTS_ALL, write_diff, diff)) {
        return STATUS_FAILED;
    }
    return count_of(diff, &parts[0]) != 0 ? STATUS_NEW : 0;
}

int command_diff(const struct options *options)
{
    struct arena arena;
    struct outputs outputs;
    struct report_settings settings;
    int status = STATUS_FAILED;
    const unsigned formats =
        REPORT_FORMAT_BIT(REPORT_FORMAT_TEXT) | REPORT_FORMAT_BIT(REPORT_FORMAT_JSON);
    if (options->argument_count != 2) {
        message("diff", "tell the old and the new report or recordings: unknot diff OLD NEW");
        return STATUS_FAILED;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    struct diff diff = {.arena = &arena, .settings = &settings};
    if (report_settings_init(&settings, &arena, "diff", options) &&
        outputs_init(&outputs, &arena, "diff", options, formats) &&
        report_settings_load(&settings, &arena, "diff", options)) {
        bool opened = outputs_open(&outputs, options, STDOUT_FILENO);
        status = compare(&diff, options->arguments, &outputs);
        status = opened ? status : STATUS_FAILED;
    }
    arena_destroy(&arena);
    return status;
}
