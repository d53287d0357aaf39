#include "analyzer/command/suite_input.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "analyzer/command/merged_input.h"
#include "analyzer/command/message.h"
#include "analyzer/suite/suite_collect.h"
#include "analyzer/suite/suite_file.h"

/* So many recordings are in memory at a time; they share the symbols that were looked up. */
#define BATCH           32
#define ARENA_BYTES_MAX ((size_t)16 << 30)

/* A part of the paths: first, first + step, ... */
struct share {
    size_t first, step;
};

struct worker {
    pid_t pid;
    int file; /* what it writes its suite to */
};

static const struct lock_order_options analysis_options = {.keep_dismissed = false};

static void complain(struct recordings *recordings, const char *error)
{
    message(recordings->command, "%s", error);
    recordings->failure_count++;
}

static void collect_batch(struct suite *suite, struct arena *arena,
                          struct report_process *processes, size_t count)
{
    struct report report;
    for (size_t i = 0; i < count; i++) {
        recordings_analyze_alone(arena, &processes[i], &analysis_options);
    }
    report_init(&report, arena, processes, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t recording =
            suite_collect_execution(suite, arena, report.symbolizer, &processes[i].execution);
        suite_collect_findings(suite, &report, i, recording);
    }
    report_destroy(&report);
}

/* Starting at *next, which it moves on. */
static void read_batch(struct recordings *recordings, const struct share *share, size_t *next,
                       struct suite *suite)
{
    struct arena arena;
    const char *error;
    size_t count = 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct report_process *processes = arena_alloc(&arena, BATCH, sizeof *processes);
    for (; *next < recordings->paths.count && count < BATCH; *next += share->step) {
        const char *path = recordings->paths.items[*next];
        if (merged_input_is_one(path)) {
            if (!merged_input_add(suite, path, &error)) {
                complain(recordings, error);
            }
        } else if (execution_load(&arena, path, &processes[count].execution, &error) == TRACE_OK) {
            count++;
        } else {
            complain(recordings, error);
        }
    }
    collect_batch(suite, &arena, processes, count);
    arena_destroy(&arena);
}

static void read_share(struct recordings *recordings, const struct share *share,
                       struct suite *suite)
{
    for (size_t next = share->first; next < recordings->paths.count;) {
        read_batch(recordings, share, &next, suite);
    }
}

/* The child's whole life. Returns its exit status: 0, or 1 when an input could not be read, 2 when
 * nothing could be written. */
static int work(struct recordings *recordings, const struct share *share, int file)
{
    struct arena arena;
    struct suite suite;
    arena_init(&arena, ARENA_BYTES_MAX);
    suite_init(&suite, &arena);
    recordings->failure_count = 0;
    read_share(recordings, share, &suite);
    suite_finish(&suite);
    FILE *out = fdopen(file, "w");
    if (out == NULL) {
        return 2;
    }
    suite_file_write(out, &suite);
    bool failed = ferror(out) != 0;
    failed |= fclose(out) != 0;
    return failed ? 2 : recordings->failure_count != 0;
}

static bool start_worker(struct recordings *recordings, const struct share *share,
                         struct worker *worker)
{
    worker->file = memfd_create("unknot-merge", MFD_CLOEXEC);
    worker->pid = worker->file >= 0 ? fork() : -1;
    if (worker->pid == 0) {
        _exit(work(recordings, share, worker->file));
    }
    return worker->pid > 0;
}

/* False when what the worker did is lost. */
static bool take_result(struct suite *suite, int file)
{
    const char *error;
    off_t size = lseek(file, 0, SEEK_END);
    void *data = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
    if (data == MAP_FAILED) {
        return false;
    }
    bool ok = suite_file_read(suite, data, (size_t)size, &error);
    munmap(data, (size_t)size);
    return ok;
}

static void end_worker(struct recordings *recordings, const struct worker *worker,
                       struct suite *suite)
{
    int status = 0;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) {
    }
    bool finished = WIFEXITED(status) && WEXITSTATUS(status) <= 1;
    if (!finished || !take_result(suite, worker->file)) {
        complain(recordings, "a process of --jobs failed: its part is missing");
    } else {
        recordings->failure_count += (size_t)WEXITSTATUS(status);
    }
    close(worker->file);
}

void suite_input_collect(struct recordings *recordings, unsigned jobs, struct suite *suite)
{
    struct worker *workers = arena_alloc(recordings->arena, jobs, sizeof *workers);
    unsigned started = 0;
    if (jobs > recordings->paths.count) {
        jobs = (unsigned)recordings->paths.count;
    }
    while (jobs > 1 && started < jobs) {
        struct share share = {started, jobs};
        if (!start_worker(recordings, &share, &workers[started])) {
            break;
        }
        started++;
    }
    /* Without processes to be had, what is left is done here. */
    for (unsigned i = started; i < jobs; i++) {
        struct share share = {i, jobs};
        read_share(recordings, &share, suite);
    }
    for (unsigned i = 0; i < started; i++) {
        end_worker(recordings, &workers[i], suite);
    }
}
