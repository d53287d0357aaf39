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
    /* The library's options of these names, NULL: their defaults. */
    const char *events, *times, *plan, *perturb, *end_suspected;
    /* Of a program that runs several times, unseen: where it is started, and a file for all that it
     * writes; NULL: as this process. With such a file it has an input of its own, too: that of this
     * process from its beginning if it is a file, else none. */
    const char *directory, *output;
};

struct launch_result {
    int status; /* the program's exit status, or 128 + the signal that ended it */
    bool timed_out;
    bool stopped;   /* by a signal from outside: one that was passed on, or that a terminal sends */
    int exec_error; /* errno when the program could not be started, else 0 */
};

/* False when no process could be made; errno says why. SIGTERM and SIGHUP are passed on to the
 * program; SIGINT and SIGQUIT, which a terminal sends to both, are left to it. Signal settings
 * are as before when it returns. */
__attribute__((warn_unused_result)) bool
launch_and_wait(struct arena *arena, const struct launch *launch, struct launch_result *result);

#endif
