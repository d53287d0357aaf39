#include <stdlib.h>
#include <string.h>
#include "analyzer/command/installation.h"
#include "analyzer/command/message.h"
#include "analyzer/command/run.h"

#define STATUS_SETUP 125

static const struct demo {
    const char *name, *text, *verdict;
} demos[] = {
#define DEMO(name, text, verdict) {name, text, verdict},
#include "demos/demos.def"
#undef DEMO
};

static int list_demos(void)
{
    for (size_t i = 0; i < sizeof demos / sizeof demos[0]; i++) {
        printf("%-18s %s\n%-18s expect: %s\n", demos[i].name, demos[i].text, "", demos[i].verdict);
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
    for (size_t i = 0; i < sizeof demos / sizeof demos[0]; i++) {
        if (strcmp(demos[i].name, name) == 0) {
            return &demos[i];
        }
    }
    return NULL;
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
    char *path = (char *)installation_demo(&arena, demo->name);
    if (path == NULL) {
        message("demo", "the program of '%s' is not installed", demo->name);
        goto done;
    }
    options->arguments[0] = path;
    fprintf(stderr, "unknot demo: %s; expect: %s\n", demo->text, demo->verdict);
    status = run_program("demo", options, options->arguments);
done:
    arena_destroy(&arena);
    return status;
}
