#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/command/installation.h"
#include "analyzer/command/message.h"
#include "analyzer/command/try_fix.h"

#define STATUS_SETUP    125
#define PYTHON          "/usr/bin/python3" /* not the first of PATH: the verdicts are for it */
#define SECONDS_AT_MOST "10"               /* some demos hang, that is their lesson */
#define NAME_WIDTH      27

/* A demo, or the title of the group that follows: then `text` alone is set. */
static const struct demo {
    const char *file, *text, *verdict;
} demos[] = {
#define GROUP(title)              {NULL, title, NULL},
#define DEMO(file, text, verdict) {file, text, verdict},
#include "demos/demos.def"
#undef DEMO
#undef GROUP
};

/* The name is the file's without the ending. */
static int name_length(const struct demo *demo)
{
    return (int)(strrchr(demo->file, '.') - demo->file);
}

static bool is_python(const struct demo *demo)
{
    return strcmp(demo->file + name_length(demo), ".py") == 0;
}

static int list_demos(void)
{
    for (size_t i = 0; i < sizeof demos / sizeof demos[0]; i++) {
        const struct demo *demo = &demos[i];
        if (demo->file == NULL) {
            printf("%s%s\n", i == 0 ? "" : "\n", demo->text);
        } else {
            printf("  %-*.*s %s\n  %-*s expect: %s\n", NAME_WIDTH, name_length(demo), demo->file,
                   demo->text, NAME_WIDTH, "", demo->verdict);
        }
    }
    printf("\nRun one with: unknot demo NAME\n");
    if (fflush(stdout) != 0) {
        message("demo", "cannot write the list");
        return STATUS_SETUP;
    }
    return 0;
}

static const struct demo *find_demo(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof demos / sizeof demos[0]; i++) {
        const struct demo *demo = &demos[i];
        if (demo->file != NULL && (size_t)name_length(demo) == length &&
            memcmp(demo->file, name, length) == 0) {
            return demo;
        }
    }
    return NULL;
}

/* The command line of the demo: the interpreter if it needs one, its file, the user's arguments.
 * NULL after one line on stderr. */
static char **command_line(struct arena *arena, const struct demo *demo, char **arguments,
                           int argument_count)
{
    char *name = arena_printf(arena, "%.*s", name_length(demo), demo->file);
    char *path = (char *)installation_demo(arena, is_python(demo) ? demo->file : name);
    if (path == NULL) {
        message("demo", "the program of '%s' is not installed", name);
        return NULL;
    }
    if (is_python(demo) && access(PYTHON, X_OK) != 0) {
        message("demo", "'%s' needs %s: %s (install the package python3)", name, PYTHON,
                strerror(errno));
        return NULL;
    }
    char **line = arena_alloc(arena, (size_t)argument_count + 2, sizeof *line);
    size_t count = 0;
    if (is_python(demo)) {
        line[count++] = (char *)PYTHON;
    }
    line[count++] = path;
    memcpy(&line[count], &arguments[1], (size_t)argument_count * sizeof *line); /* NULL too */
    return line;
}

int command_demo(const struct options *options)
{
    if (options->argument_count == 0) {
        return list_demos();
    }
    const struct demo *demo = find_demo(options->arguments[0]);
    if (demo == NULL) {
        message("demo", "no demo is called '%s' ('unknot demo' lists them)", options->arguments[0]);
        return STATUS_SETUP;
    }
    struct arena arena;
    int status = STATUS_SETUP;
    arena_init(&arena, (size_t)64 << 20);
    char **line = command_line(&arena, demo, options->arguments, options->argument_count);
    if (line == NULL) {
        goto done;
    }
    struct options with_timeout = *options;
    if (with_timeout.values[OPTION_TIMEOUT] == NULL) {
        with_timeout.values[OPTION_TIMEOUT] = SECONDS_AT_MOST;
    }
    fprintf(stderr, "unknot demo: %s: %s; expect: %s\n", options->arguments[0], demo->text,
            demo->verdict);
    status = run_with_fixes("demo", &with_timeout, line);
done:
    arena_destroy(&arena);
    return status;
}
