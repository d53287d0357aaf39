/* Whether the library can be preloaded into a program, decided before it is started: the loader
 * ignores a library it cannot use, and the program would run unwatched without a word. */
#ifndef UNKNOT_COMMAND_WATCHABLE_H
#define UNKNOT_COMMAND_WATCHABLE_H

#include "analyzer/report/elf_facts.h"
#include "analyzer/command/program.h"

struct watchable {
    const char *problem; /* why it cannot be watched, one line; NULL when it can */
    /* With a problem: preloading does the program itself no harm (and may reach the programs that
     * it starts); another loader, word size or a sanitizer's runtime would complain or fail. */
    bool preload_is_harmless;
};

/* `facts` may be filled by the call even when there is a problem. */
struct watchable watchable_check(struct arena *arena, const struct program *program,
                                 struct elf_facts *facts);

#endif
