/* The body of `unknot run`, which `unknot demo` shares. */
#ifndef UNKNOT_COMMAND_RUN_H
#define UNKNOT_COMMAND_RUN_H

#include "analyzer/command/options.h"

/* Runs arguments[0] with the rest as its arguments, watched, then reports; returns the exit
 * status. `command` is the subcommand's name, for messages. */
int run_program(const char *command, const struct options *options, char **arguments);

#endif
