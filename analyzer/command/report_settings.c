#include "analyzer/command/report_settings.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/command/message.h"
#include "analyzer/report/order_file.h"
#include "analyzer/suppress/generate.h"

bool parse_number(const char *text, unsigned long max, unsigned long *value)
{
    char *end;
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || number > max) {
        return false;
    }
    *value = number;
    return true;
}

static bool is_one_of(const char *value, const char *const *choices)
{
    for (; value != NULL && *choices != NULL; choices++) {
        if (strcmp(value, *choices) == 0) {
            return true;
        }
    }
    return value == NULL;
}

static bool wrong_value(const char *command, const char *option, const char *value,
                        const char *expected)
{
    message(command, "--%s=%s: expected %s", option, value, expected);
    return false;
}

static bool find_source_root(struct report_settings *settings, struct arena *arena,
                             const char *command, const char *given)
{
    char *real = realpath(given != NULL ? given : ".", NULL);
    if (real == NULL && given != NULL) {
        message(command, "--source-root=%s: %s", given, strerror(errno));
        return false;
    }
    settings->report.source_root = real != NULL ? arena_strdup(arena, real) : NULL;
    free(real);
    return true;
}

bool report_settings_init(struct report_settings *settings, struct arena *arena,
                          const char *command, const struct options *options)
{
    static const char *const colors[] = {"auto", "always", "never", NULL};
    static const char *const stacks[] = {"short", "all", NULL};
    static const char *const inputs[] = {"std", NULL};
    const char *input = options->values[OPTION_INPUT];
    const char *color = options->values[OPTION_COLOR];
    const char *stack = options->values[OPTION_STACKS];
    const char *limit = options->values[OPTION_SEARCH_LIMIT];
    unsigned long search_limit = 0;
    memset(settings, 0, sizeof *settings);
    if (!is_one_of(color, colors)) {
        return wrong_value(command, "color", color, "auto, always or never");
    }
    if (!is_one_of(stack, stacks)) {
        return wrong_value(command, "stacks", stack, "short or all");
    }
    if (limit != NULL && (!parse_number(limit, ULONG_MAX, &search_limit) || search_limit == 0)) {
        return wrong_value(command, "search-limit", limit, "a number of steps from 1");
    }
    if (!is_one_of(input, inputs)) {
        return wrong_value(command, "input", input, "std");
    }
    settings->is_std = settings->report.of_traces = input != NULL;
    settings->report.all_stacks = stack != NULL && strcmp(stack, "all") == 0;
    settings->report.show_dismissed = options_has(options, OPTION_SHOW_DISMISSED);
    settings->report.show_suppressed = options_has(options, OPTION_SHOW_SUPPRESSED);
    settings->report.show_known = options_has(options, OPTION_SHOW_KNOWN);
    settings->report.class_order = options_has(options, OPTION_CLASS_ORDER);
    settings->analysis.search_limit = search_limit;
    settings->analysis.keep_dismissed = true;
    settings->analysis.class_order = settings->report.class_order;
    return find_source_root(settings, arena, command, options->values[OPTION_SOURCE_ROOT]);
}

bool report_outputs_init(struct outputs *outputs, struct arena *arena, const char *command,
                         const struct options *options)
{
    if (!outputs_init(outputs, arena, command, options, REPORT_FORMATS_ALL)) {
        return false;
    }
    if (options_has(options, OPTION_GEN_SUPPRESSIONS)) {
        outputs_take_place(outputs, &suppressions_format);
    }
    return true;
}

bool report_settings_map_paths(struct report_settings *settings, struct arena *arena,
                               const char *command, const struct options *options)
{
    size_t cursor = 0;
    const char *rule;
    while ((rule = options_next(options, OPTION_PATH_MAP, &cursor)) != NULL) {
        if (settings->path_map == NULL) {
            settings->path_map = arena_alloc(arena, 1, sizeof *settings->path_map);
        }
        if (!path_map_add(arena, settings->path_map, rule)) {
            return wrong_value(command, "path-map", rule, "FROM=TO, two folders");
        }
    }
    return true;
}

bool report_settings_read_order(struct report_settings *settings, struct arena *arena,
                                const char *command, const struct options *options)
{
    const char *error;
    const char *path = options->values[OPTION_ORDER];
    if (path == NULL) {
        return true;
    }
    settings->order = order_file_read(arena, path, &error);
    if (settings->order == NULL) {
        message(command, "%s", error);
    }
    return settings->order != NULL;
}

bool report_settings_load(struct report_settings *settings, struct arena *arena,
                          const char *command, const struct options *options)
{
    return report_settings_map_paths(settings, arena, command, options) &&
           report_settings_read_order(settings, arena, command, options) &&
           hiding_load(arena, command, options, &settings->hiding);
}
