#include <stdlib.h>
#include <unistd.h>
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/outputs.h"
#include "analyzer/command/recorded_process.h"
#include "analyzer/command/recordings.h"
#include "analyzer/report/status.h"

#define STATUS_FAILED   2
#define ARENA_BYTES_MAX ((size_t)16 << 30)
#define PID_MAX         ((unsigned long)1 << 22)

/* Its last block may outlive a thread that was killed or never joined. */
static void leave_out_ended(struct live_snapshot *snapshot, unsigned long pid)
{
    size_t kept = 0;
    for (size_t i = 0; snapshot->pid == pid && i < snapshot->thread_count; i++) {
        if (recorded_process_has_thread(pid, snapshot->threads[i].live->kernel_tid)) {
            snapshot->threads[kept++] = snapshot->threads[i];
        }
    }
    if (snapshot->pid == pid) {
        snapshot->thread_count = kept;
    }
}

static void add_names(const struct status *status)
{
    for (size_t i = 0; i < status->snapshot->thread_count; i++) {
        const struct trace_live *live = status->snapshot->threads[i].live;
        for (uint32_t j = 0; j < live->held_count; j++) {
            if (execution_find_lock(status->execution, live->held[j].lock) != NULL) {
                names_add_lock(status->names, status->execution, live->held[j].lock);
            }
        }
    }
}

static void write_formatted(FILE *out, const struct report_format *format, bool color,
                            const void *status)
{
    (void)color;
    status_format_find(format->name)->write(out, status);
}

static bool write_status(struct arena *arena, struct outputs *outputs,
                         const struct execution *execution, const struct live_snapshot *snapshot)
{
    struct status status = {.arena = arena, .execution = execution, .snapshot = snapshot};
    status.symbolizer = symbolizer_create(arena);
    status.names = names_create(arena, status.symbolizer);
    add_names(&status);
    bool written = outputs_write(outputs, OUTPUTS_ALL, write_formatted, &status);
    symbolizer_free(status.symbolizer);
    return written;
}

/* The recording is loaded after the snapshot: what that names was recorded before. */
static int tell(struct arena *arena, unsigned long pid, struct outputs *outputs)
{
    struct live_snapshot snapshot;
    struct execution execution;
    const char *path = NULL;
    const char *error = NULL;
    if (!recorded_process_read(arena, pid, &path, &snapshot, &error) ||
        execution_load(arena, path, &execution, &error) != TRACE_OK) {
        message("status", "%s", error);
        outputs_close(outputs);
        return STATUS_FAILED;
    }
    leave_out_ended(&snapshot, pid);
    return write_status(arena, outputs, &execution, &snapshot) ? 0 : STATUS_FAILED;
}

int command_status(const struct options *options)
{
    struct arena arena;
    struct outputs outputs;
    unsigned long pid;
    int status = STATUS_FAILED;
    const unsigned formats =
        REPORT_FORMAT_BIT(REPORT_FORMAT_TEXT) | REPORT_FORMAT_BIT(REPORT_FORMAT_JSON);
    if (options->argument_count != 1 || !parse_number(options->arguments[0], PID_MAX, &pid)) {
        message("status", "expected the number of one process: unknot status PID");
        return STATUS_FAILED;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    if (outputs_init(&outputs, &arena, "status", options, formats)) {
        bool opened = outputs_open(&outputs, options, STDOUT_FILENO);
        status = tell(&arena, pid, &outputs);
        status = opened ? status : STATUS_FAILED;
    }
    arena_destroy(&arena);
    return status;
}
