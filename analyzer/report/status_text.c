#include <inttypes.h>
#include "analyzer/report/escape.h"
#include "analyzer/report/place.h"
#include "analyzer/report/status.h"

#define HOLDERS_SHOWN_MAX 8

static const char *safe(const struct status *status, const char *text)
{
    return escape_terminal(status->arena, text);
}

/* "f1 (demo.c:12)" */
static const char *place(const struct status *status, uint32_t stack)
{
    const char *summary = place_summary(
        status->arena, symbolizer_stack(status->symbolizer, status->execution, stack));
    return summary != NULL ? safe(status, summary) : "a place that was not recorded";
}

static const char *thread_name(const struct status *status, const struct trace_live *live)
{
    return arena_printf(status->arena, "%s (tid %" PRIu32 ")",
                        safe(status, names_thread(status->names, status->execution, live->thread)),
                        live->kernel_tid);
}

static void print_held(FILE *out, const struct status *status, const struct trace_held *held)
{
    const char *name = safe(status, status_lock_name(status, held->lock, held->address));
    fprintf(out, "  holds %s%s", name,
            (held->site_mode & TRACE_MODE_READ) != 0 ? " for reading" : "");
    if (held->count > 1) {
        fprintf(out, " (%" PRIu32 " times)", held->count);
    }
    fprintf(out, ", taken at %s\n", place(status, held->stack));
}

static void print_awaited(FILE *out, const struct status *status, const struct trace_live *live)
{
    size_t shown = 0;
    for (size_t i = 0; i < status->snapshot->thread_count; i++) {
        const struct live_snapshot_thread *other = &status->snapshot->threads[i];
        if (live->wanted_kind == TRACE_LOCK_THREAD || !status_is_awaited(live, other)) {
            continue;
        }
        if (shown < HOLDERS_SHOWN_MAX) {
            fprintf(out, "%s%s", shown == 0 ? "; held by " : ", ",
                    other->live->thread == live->thread
                        ? "itself"
                        : safe(status, names_thread(status->names, status->execution,
                                                    other->live->thread)));
        }
        shown++;
    }
    if (shown > HOLDERS_SHOWN_MAX) {
        fprintf(out, " and %zu more", shown - HOLDERS_SHOWN_MAX);
    }
}

static void print_wait(FILE *out, const struct status *status, const struct trace_live *live)
{
    fprintf(out, "  has waited %.1f s for %s%s%s at %s", (double)status_wait_ns(status, live) / 1e9,
            safe(status, status_wanted_name(status, live)),
            (live->wanted_mode & TRACE_MODE_READ) != 0 ? " for reading" : "",
            (live->wanted_mode & TRACE_MODE_TIMED) != 0 ? " (for a time only)" : "",
            place(status, live->wanted_stack));
    print_awaited(out, status, live);
    fputc('\n', out);
}

static void print_thread(FILE *out, const struct status *status,
                         const struct live_snapshot_thread *thread)
{
    const struct trace_live *live = thread->live;
    fprintf(out, "\n%s%s\n", thread_name(status, live),
            thread->is_settled ? "" : ", which takes and releases locks all the time");
    for (uint32_t i = 0; i < live->held_count; i++) {
        print_held(out, status, &live->held[i]);
    }
    if (live->held_count == 0) {
        fputs("  holds nothing\n", out);
    }
    if (live_is_blocked(live)) {
        print_wait(out, status, live);
    }
}

static void print_heading(FILE *out, const struct status *status, size_t waiting)
{
    const struct execution *execution = status->execution;
    size_t count = status->snapshot->thread_count;
    fprintf(out, "unknot: process %" PRIu32 " (%s): %zu of %zu thread%s wait%s\n", execution->pid,
            safe(status, execution->executable), waiting, count, count == 1 ? "" : "s",
            waiting == 1 ? "s" : "");
}

void status_write_text(FILE *out, const struct status *status)
{
    size_t waiting = 0, idle = 0;
    for (size_t i = 0; i < status->snapshot->thread_count; i++) {
        const struct live_snapshot_thread *thread = &status->snapshot->threads[i];
        waiting += live_is_blocked(thread->live);
        idle += status_is_idle(thread);
    }
    print_heading(out, status, waiting);
    for (size_t i = 0; i < status->snapshot->thread_count; i++) {
        if (!status_is_idle(&status->snapshot->threads[i])) {
            print_thread(out, status, &status->snapshot->threads[i]);
        }
    }
    if (idle != 0) {
        fprintf(out, "\n%zu thread%s hold%s nothing and wait%s for nothing\n", idle,
                idle == 1 ? "" : "s", idle == 1 ? "s" : "", idle == 1 ? "s" : "");
    }
}
