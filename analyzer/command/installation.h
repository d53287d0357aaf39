/* Where the parts installed beside this command are: found from the command's own place, so that a
 * build tree and a moved installation work alike. */
#ifndef UNKNOT_COMMAND_INSTALLATION_H
#define UNKNOT_COMMAND_INSTALLATION_H

#include "analyzer/base/arena.h"

/* The absolute path of libunknot.so: `given` if not NULL, else beside this command. NULL, with one
 * line on stderr, when it is not there or LD_PRELOAD could not name it. */
const char *installation_library(struct arena *arena, const char *command, const char *given);

/* The path of a demonstration program; NULL when it is not installed. */
const char *installation_demo(struct arena *arena, const char *name);

#endif
