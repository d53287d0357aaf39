#include "analyzer/base/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORKS_MAX = 4, BAR_WIDTH = 30, PATIENCE_MS = 1000, BETWEEN_MS = 100 };

/* What goes on; deeper work than this is not told of. */
static struct {
    const char *works[WORKS_MAX];
    unsigned depth;
    int64_t next_ms; /* when to write next; 0: no work has begun */
    int width;       /* of the line on the terminal; 0: there is none */
} progress;

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(const char *what)
{
    if (progress.next_ms == 0)
        progress.next_ms = isatty(STDERR_FILENO) ? now_ms() + PATIENCE_MS : INT64_MAX;
    if (progress.depth++ < WORKS_MAX)
        progress.works[progress.depth - 1] = what;
}

static int write_line(uint64_t done, uint64_t total)
{
    const char *what = progress.works[progress.depth - 1];
    char bar[BAR_WIDTH + 1];

    if (total == 0)
        return fprintf(stderr, "\r%s ...", what);
    if (done > total)
        done = total;
    int full = (int)((double)done / (double)total * BAR_WIDTH);
    memset(bar, ' ', BAR_WIDTH);
    memset(bar, '#', (size_t)full);
    bar[BAR_WIDTH] = '\0';
    return fprintf(stderr, "\r%s [%s] %3d %%", what, bar,
                   (int)((double)done / (double)total * 100));
}

void progress_at(uint64_t done, uint64_t total)
{
    if (progress.next_ms == INT64_MAX || progress.depth == 0 || progress.depth > WORKS_MAX)
        return;
    int64_t now = now_ms();
    if (now < progress.next_ms)
        return;
    progress.next_ms = now + BETWEEN_MS;
    int width = write_line(done, total) - 1;
    /* What a longer line left is overwritten. */
    if (width < progress.width)
        fprintf(stderr, "%*s", progress.width - width, "");
    progress.width = width;
}

void progress_end(void)
{
    if (progress.width > 0)
        fprintf(stderr, "\r%*s\r", progress.width, "");
    progress.width = 0;
    if (progress.depth > 0)
        progress.depth--;
}
