/* Starts a program with the library preloaded and waits for it, as invisibly as a shell would:
 * same process group, same signals and descriptors. */
#ifndef UNKNOT_COMMAND_LAUNCH_H
#define UNKNOT_COMMAND_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

struct launch {
    const char *path;
    char **arguments;
    const char *library;        /* to preload; NULL: start it as it is */
    const char *data_directory; /* absolute; used with a library */
    const char *on_deadlock;    /* the library's option of that name; used with a library */
    unsigned deadlock_status;   /* exit status of a program ended by it */
    uint64_t timeout_ms;        /* 0: none */
    const char *misuse;         /* rules to switch, NULL: none */
    const char *events;         /* the library's option of that name, NULL: its default */
};

struct launch_result {
    int status; /* the program's exit status, or 128 + the signal that ended it */
    bool timed_out;
    int exec_error; /* errno when the program could not be started, else 0 */
};

/* False when no process could be made; errno says why. SIGTERM and SIGHUP are passed on to the
 * program; SIGINT and SIGQUIT, which a terminal sends to both, are left to it. Signal settings
 * are as before when it returns. */
__attribute__((warn_unused_result)) bool
launch_and_wait(struct arena *arena, const struct launch *launch, struct launch_result *result);

#endif
