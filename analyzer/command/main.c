#include <string.h>
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"

#define STATUS_USAGE 2

/* Help that cannot be written is a failure too. */
static int printed(void)
{
    return fflush(stdout) == 0 ? 0 : STATUS_USAGE;
}

static const struct command *find_or_complain(const char *name)
{
    const struct command *command = command_find(name);
    if (command == NULL) {
        message(NULL, "no command is called '%s' (see 'unknot --help')", name);
    }
    return command;
}

int command_help(const struct options *options)
{
    const struct command *command = NULL;
    if (options->argument_count > 0) {
        command = find_or_complain(options->arguments[0]);
        if (command == NULL) {
            return STATUS_USAGE;
        }
    }
    options_print_help(stdout, command);
    return printed();
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct options options;
    int status = command->usage_status;
    if (!options_parse(command, argc, argv, &options)) {
        goto done;
    }
    if (options_has(&options, OPTION_HELP)) {
        options_print_help(stdout, command);
        status = printed();
        goto done;
    }
    status = command->run(&options);
done:
    options_destroy(&options);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        options_print_help(stderr, NULL);
        return STATUS_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0) {
        options_print_help(stdout, NULL);
        return printed();
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("unknot " UNKNOT_VERSION);
        return printed();
    }
    if (argv[1][0] == '-') {
        message(NULL, "unknown option '%s' (see 'unknot --help')", argv[1]);
        return STATUS_USAGE;
    }
    const struct command *command = find_or_complain(argv[1]);
    return command != NULL ? run_command(command, argc - 2, argv + 2) : STATUS_USAGE;
}
