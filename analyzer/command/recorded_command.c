#include "analyzer/command/recorded_command.h"

#include <string.h>
#include <sys/stat.h>
#include "analyzer/command/message.h"

#define NANOSECONDS_PER_MS 1000000u

/* Who executed this program, or made its process. */
static const struct execution *before(const struct report *report,
                                      const struct execution *execution)
{
    for (size_t i = 0; i < report->process_count; i++) {
        const struct execution *other = &report->processes[i].execution;
        if ((other->pid == execution->pid || other->pid == execution->parent_pid) &&
            other->start_monotonic_ns < execution->start_monotonic_ns && other->pid != 0) {
            return other;
        }
    }
    return NULL;
}

const struct execution *recorded_first(const struct report *report,
                                       const struct execution *execution)
{
    const struct execution *earlier;
    while ((earlier = before(report, execution)) != NULL) {
        execution = earlier;
    }
    return execution;
}

bool recorded_command_get(struct arena *arena, const char *command,
                          const struct execution *execution, struct recorded_command *recorded)
{
    struct stat status;
    if (execution->executable == NULL || execution->executable[0] == '\0' ||
        execution->argument_count == 0 || execution->directory == NULL) {
        message(command, "the recording does not tell how its program was started: give it, behind "
                         "a '--'");
        return false;
    }
    if (stat(execution->directory, &status) != 0 || !S_ISDIR(status.st_mode)) {
        message(command,
                "%s, where the program was started, is not there: give the program, behind a '--'",
                execution->directory);
        return false;
    }
    recorded->program = execution->executable;
    recorded->directory = execution->directory;
    recorded->arguments = arena_alloc(arena, execution->argument_count + 1, sizeof(char *));
    for (size_t i = 0; i < execution->argument_count; i++) {
        recorded->arguments[i] = arena_strdup(arena, execution->arguments[i]);
    }
    return true;
}

uint64_t recorded_duration_ms(const struct execution *execution)
{
    uint64_t end_ns = execution->end_monotonic_ns;
    for (size_t i = 0; i < execution->deadlock_count && end_ns == 0; i++) {
        end_ns = execution->deadlocks[i]->time_ns;
    }
    return end_ns > execution->start_monotonic_ns
               ? (end_ns - execution->start_monotonic_ns) / NANOSECONDS_PER_MS
               : 0;
}
