#include "tests/support/analyzed.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void analyzed_load(struct analyzed *analyzed, struct recording_builder *rec)
{
    char path[] = "/tmp/unknot-test-XXXXXX";
    const char *error;
    int file = mkstemp(path);

    if (file < 0) {
        perror(path);
        abort();
    }
    close(file);
    *analyzed = (struct analyzed){0};
    arena_init(&analyzed->arena, 0);
    recording_write(rec, path);
    enum trace_status status = execution_load(&analyzed->arena, path, &analyzed->execution, &error);
    unlink(path);
    if (status != TRACE_OK) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
}

void analyzed_init(struct analyzed *analyzed, struct recording_builder *rec,
                   const struct lock_order_options *options)
{
    analyzed_load(analyzed, rec);
    lock_order_analyze(&analyzed->arena, &analyzed->execution, options, &analyzed->analysis);
}

void analyzed_destroy(struct analyzed *analyzed)
{
    arena_destroy(&analyzed->arena);
}
