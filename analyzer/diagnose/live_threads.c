#include "analyzer/diagnose/live_threads.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/diagnose/proc_file.h"

bool live_threads_state(struct arena *arena, uint32_t pid, char *state, uint32_t *threads)
{
    const char *status = proc_file_read(arena, "/proc/%" PRIu32 "/status", pid);
    const char *line = status != NULL ? strstr(status, "\nState:") : NULL;
    /* A thread's number has such a file too, though /proc does not list it. */
    if (line == NULL || proc_file_field(status, "Tgid:", 0) != pid ||
        sscanf(line, "\nState: %c", state) != 1) {
        return false;
    }
    *threads = (uint32_t)proc_file_field(status, "Threads:", 0);
    return true;
}

/* "202 0x7f01 0x80 0x2 0x0 0x0 0x0 0x7ffe 0x7f02", "-1 0x7ffe 0x7f02" while it is blocked outside
 * of a call, "running". */
static void take_syscall(const char *line, struct target_thread *thread)
{
    int64_t number;
    uint64_t values[8];
    int count = sscanf(line,
                       "%" SCNd64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
                       " %" SCNx64 " %" SCNx64 " %" SCNx64,
                       &number, &values[0], &values[1], &values[2], &values[3], &values[4],
                       &values[5], &values[6], &values[7]);
    if (count == 9) {
        thread->in_syscall = true;
        thread->syscall = number;
        memcpy(thread->arguments, values, sizeof thread->arguments);
        thread->stack_pointer = values[6];
        thread->pc = values[7];
    } else if (count == 3) {
        thread->stack_pointer = values[0];
        thread->pc = values[1];
    }
}

static const char *first_line(char *text)
{
    return text != NULL ? strsep(&text, "\n") : "";
}

/* False when it ended meanwhile. */
static bool read_thread(struct arena *arena, uint32_t pid, uint32_t tid,
                        struct target_thread *thread)
{
    const char *status =
        proc_file_read(arena, "/proc/%" PRIu32 "/task/%" PRIu32 "/status", pid, tid);
    const char *line = status != NULL ? strstr(status, "\nState:") : NULL;
    if (line == NULL || sscanf(line, "\nState: %c", &thread->state) != 1) {
        return false;
    }
    thread->seen_tid = tid;
    thread->tid = (uint32_t)proc_file_last_field(status, "NSpid:", tid);
    thread->sleeps = proc_file_field(status, "voluntary_ctxt_switches:", 0);
    thread->switches = thread->sleeps + proc_file_field(status, "nonvoluntary_ctxt_switches:", 0);
    thread->name =
        first_line(proc_file_read(arena, "/proc/%" PRIu32 "/task/%" PRIu32 "/comm", pid, tid));
    const char *call =
        proc_file_read(arena, "/proc/%" PRIu32 "/task/%" PRIu32 "/syscall", pid, tid);
    if (call != NULL) {
        take_syscall(call, thread);
    }
    return true;
}

static int by_tid(const void *a, const void *b)
{
    uint32_t one = ((const struct target_thread *)a)->tid;
    uint32_t other = ((const struct target_thread *)b)->tid;
    return one < other ? -1 : one > other;
}

bool live_threads_read(struct target *target, uint32_t pid)
{
    struct arena *arena = target->arena;
    ARRAY(struct target_thread) list = {0};
    char path[64];
    snprintf(path, sizeof path, "/proc/%" PRIu32 "/task", pid);
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return false;
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct target_thread thread = {0};
        uint32_t tid = (uint32_t)strtoul(entry->d_name, NULL, 10);
        if (tid != 0 && read_thread(arena, pid, tid, &thread)) {
            *array_add(arena, &list) = thread;
        }
    }
    closedir(directory);
    if (list.count == 0) {
        return false;
    }
    qsort(list.items, list.count, sizeof *list.items, by_tid);
    target->threads = list.items;
    target->thread_count = list.count;
    return true;
}
