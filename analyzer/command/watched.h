/* A program that is to be started under the library: found, judged, and the library for it. Not
 * thread-safe; allocates from the arena. */
#ifndef UNKNOT_COMMAND_WATCHED_H
#define UNKNOT_COMMAND_WATCHED_H

#include "analyzer/command/launch.h"
#include "analyzer/command/options.h"
#include "analyzer/command/program.h"
#include "analyzer/report/elf_facts.h"

struct watched {
    struct program program;
    struct elf_facts facts;
};

/* Fills launch->path and launch->library, which stays NULL for a program that is to be started
 * unwatched (--allow-unwatched). Returns 0, or the exit status after one line on stderr. */
int watched_find(struct arena *arena, const char *command, const struct options *options,
                 const char *name, struct watched *watched, struct launch *launch);

#endif
