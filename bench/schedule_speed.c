/* How long the analysis of traces in the std format takes, reading them apart.
 *
 *     schedule_speed TRACE...
 *
 * One line for each: events, processor seconds to read and to analyse, millions of events analysed
 * a second, bytes of the index for each section of a shared lock, findings, those predicted. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "analyzer/schedule/trace_analysis.h"
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

/* What the index of a trace takes for each section of a shared lock. */
static double section_bytes(struct arena *arena, const struct sync_trace *trace)
{
    struct abstract_requests requests;
    abstract_requests_collect(arena, trace, &requests);
    size_t bytes = arena->used_bytes;
    (void)schedule_index_create(arena, &requests);
    size_t sections = count_sections(trace, requests.is_shared);
    return (double)(arena->used_bytes - bytes) / (double)(sections != 0 ? sections : 1);
}

static void measure(struct arena *arena, struct std_source *source, const char *path)
{
    struct trace_analysis reading;
    struct execution execution;
    struct analysis analysis;
    const char *error = "";
    size_t predicted = 0;
    double start = seconds();
    if (!trace_analysis_read(&reading, arena, std_source_events(source), TRACE_KEEP_MOST_EVENTS,
                             &error)) {
        fprintf(stderr, "schedule_speed: %s\n", error);
        exit(1);
    }
    double read = seconds();
    const struct std_names names = std_source_names(source);
    trace_analysis_run(&reading, &names, path, &(struct lock_order_options){.keep_dismissed = true},
                       &execution, &analysis);
    double done = seconds();
    for (size_t i = 0; i < analysis.finding_count; i++) {
        predicted += analysis.findings[i].confidence == CONFIDENCE_PREDICTED;
    }
    size_t lines = std_source_line_count(source);
    struct sync_trace trace = *std_source_events(source)->trace;
    trace.events = reading.keep.events;
    trace.event_count = reading.keep.count;
    printf("%s %zu %.3f %.3f %.1f %.0f %zu %zu\n", path, lines, read - start, done - read,
           (double)lines / (done - read) / 1e6, section_bytes(arena, &trace),
           analysis.finding_count, predicted);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct arena arena;
        struct std_source *source;
        const char *error = "";
        arena_init(&arena, ARENA_BYTES_MAX);
        if (!std_source_open(&arena, argv[i], &source, &error)) {
            fprintf(stderr, "schedule_speed: %s\n", error);
            return 1;
        }
        measure(&arena, source, argv[i]);
        std_source_close(source);
        arena_destroy(&arena);
    }
    return 0;
}
