/* `run` with fixes that the library applies while the program runs: one of a finding (--try-fix),
 * or those of a plan (--heal). Not thread-safe. */
#ifndef UNKNOT_COMMAND_TRY_FIX_H
#define UNKNOT_COMMAND_TRY_FIX_H

#include "analyzer/command/options.h"

/* Runs arguments[0] with the rest as its arguments, with such fixes if the options ask for them,
 * and reports; returns the exit status. `command` is the subcommand's name, for messages. */
int run_with_fixes(const char *command, const struct options *options, char **arguments);

#endif
