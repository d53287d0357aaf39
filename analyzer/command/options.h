/* The subcommands and their options, as the tables commands.def and options.def have them. */
#ifndef UNKNOT_COMMAND_OPTIONS_H
#define UNKNOT_COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

enum command_id {
#define COMMAND(ID, name, arguments, usage_status, text) COMMAND_##ID,
#include "analyzer/command/commands.def"
#undef COMMAND
    COMMAND_COUNT
};

enum option_id {
#define OPTION(ID, name, value, commands, text) OPTION_##ID,
#include "analyzer/command/options.def"
#undef OPTION
    OPTION_COUNT
};

/* One time that an option was given. */
struct option_given {
    enum option_id id;
    const char *value;
};

/* What the command line said: values[ID] is NULL when the option was not given, "" for one
 * without a value, the last one if it was given several times. The arguments left over start at
 * `arguments` and end with NULL; `own_count` of them came before a "--", all if there was none. */
struct options {
    const char *values[OPTION_COUNT];
    struct option_given *given; /* all of them, in order */
    size_t given_count;
    int argument_count, own_count;
    char **arguments;
};

struct command {
    enum command_id id;
    const char *name;
    const char *arguments;
    int usage_status; /* exit status of a wrong usage */
    const char *text;
    int (*run)(const struct options *options);
};

/* Each subcommand lies in the file of its name. They return the exit status. */
#define COMMAND(ID, name, arguments, usage_status, text) int command_##name(const struct options *);
#include "analyzer/command/commands.def"
#undef COMMAND

/* NULL when there is no such subcommand. */
const struct command *command_find(const char *name);

/* Parses argv (after the subcommand's name; reordered: options first), false with one line on
 * stderr when it is wrong. run, demo and doctor stop at the first argument that is no option. */
__attribute__((warn_unused_result)) bool options_parse(const struct command *command, int argc,
                                                       char **argv, struct options *options);
/* Also after a parse that failed. */
void options_destroy(struct options *options);

/* The values of an option that may be given several times, one at each call; NULL after the last.
 * *cursor starts at 0. */
const char *options_next(const struct options *options, enum option_id id, size_t *cursor);

static inline bool options_has(const struct options *options, enum option_id id)
{
    return options->values[id] != NULL;
}

/* Help of one subcommand; of the whole command when NULL. */
void options_print_help(FILE *out, const struct command *command);

#endif
