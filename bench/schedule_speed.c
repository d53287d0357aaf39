/* How long the analysis of traces in the std format takes, reading them apart.
 *
 *     schedule_speed TRACE...
 *
 * One line for each: events, processor seconds to read and to analyse, millions of events analysed
 * a second, bytes of the index for each section of a shared lock, findings, those predicted. */
#include <stdio.h>
#include <time.h>
#include "analyzer/schedule/cycle_verdict.h"
#include "analyzer/schedule/witness.h"

#define ARENA_BYTES_MAX ((size_t)16 << 30)

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t count_sections(const struct sync_trace *trace, const bool *is_shared)
{
    size_t count = 0;
    for (size_t i = 0; i < trace->event_count; i++) {
        count += trace->events[i].kind == SYNC_ACQUIRE && is_shared[trace->events[i].object];
    }
    return count;
}

static void analyze(struct arena *arena, const struct std_trace *std, const char *path,
                    struct abstract_requests *requests, struct analysis *analysis)
{
    struct traced_execution *traced = arena_alloc(arena, 1, sizeof *traced);
    abstract_requests_collect(arena, &std->trace, requests);
    trace_execution_make(arena, std, requests, path, traced);
    const struct cycle_judge judge = {
        .judge = cycle_verdicts_judge,
        .context = cycle_verdicts_create(arena, requests, traced),
    };
    lock_order_analyze(arena, &traced->execution,
                       &(struct lock_order_options){.keep_dismissed = true, .judge = &judge},
                       analysis);
}

static bool measure(const char *path)
{
    struct arena arena;
    struct std_trace std;
    struct abstract_requests requests;
    struct analysis analysis;
    const char *error = "";
    size_t predicted = 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    double start = seconds();
    if (!std_trace_read(&arena, path, &std, &error)) {
        fprintf(stderr, "schedule_speed: %s\n", error);
        arena_destroy(&arena);
        return false;
    }
    double read = seconds();
    analyze(&arena, &std, path, &requests, &analysis);
    double done = seconds();
    size_t bytes = arena.used_bytes;
    (void)schedule_index_create(&arena, &requests);
    size_t sections = count_sections(&std.trace, requests.is_shared);
    for (size_t i = 0; i < analysis.finding_count; i++) {
        predicted += analysis.findings[i].confidence == CONFIDENCE_PREDICTED;
    }
    printf("%s %zu %.3f %.3f %.1f %.0f %zu %zu\n", path, std.line_count, read - start, done - read,
           (double)std.line_count / (done - read) / 1e6,
           (double)(arena.used_bytes - bytes) / (double)(sections != 0 ? sections : 1),
           analysis.finding_count, predicted);
    arena_destroy(&arena);
    return true;
}

int main(int argc, char **argv)
{
    bool ok = true;
    for (int i = 1; i < argc; i++) {
        ok &= measure(argv[i]);
    }
    return ok ? 0 : 1;
}
