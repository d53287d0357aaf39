#include "analyzer/command/options.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/command/message.h"

#define ON(ID) (1u << COMMAND_##ID)

static const struct command commands[] = {
#define COMMAND(ID, name, arguments, usage_status, text)                                           \
    {COMMAND_##ID, #name, arguments, usage_status, text, command_##name},
#include "analyzer/command/commands.def"
#undef COMMAND
};

static const struct option {
    const char *name;
    const char *value; /* what --help calls it, NULL when the option takes none */
    unsigned commands; /* bit set of command_id */
    const char *text;
} table[OPTION_COUNT] = {
#define OPTION(ID, name, value, commands, text) {name, value, commands, text},
#include "analyzer/command/options.def"
#undef OPTION
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

/* The option that `argument` (without its dashes) names, up to a '='; OPTION_COUNT if none. */
static size_t find_option(const struct command *command, const char *argument)
{
    size_t bytes = strcspn(argument, "=");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if ((table[i].commands & 1u << command->id) != 0 && strlen(table[i].name) == bytes &&
            strncmp(table[i].name, argument, bytes) == 0) {
            return i;
        }
    }
    return OPTION_COUNT;
}

/* Takes argv[0] and, if it needs one, its value; returns how many arguments that were, 0 with a
 * message when they are wrong. */
static int take_option(const struct command *command, char **argv, struct options *options)
{
    const char *equals = strchr(argv[0], '=');
    size_t option =
        strncmp(argv[0], "--", 2) == 0 ? find_option(command, argv[0] + 2) : OPTION_COUNT;
    if (option == OPTION_COUNT) {
        message(command->name, "unknown option '%s' (see 'unknot %s --help')", argv[0],
                command->name);
        return 0;
    }
    if (table[option].value == NULL && equals != NULL) {
        message(command->name, "option '--%s' takes no value", table[option].name);
        return 0;
    }
    const char *value = equals != NULL ? equals + 1 : table[option].value == NULL ? "" : argv[1];
    if (value == NULL || (table[option].value != NULL && value[0] == '\0')) {
        message(command->name, "option '--%s' needs a value: --%s=%s", table[option].name,
                table[option].name, table[option].value);
        return 0;
    }
    options->values[option] = value;
    options->given[options->given_count++] = (struct option_given){option, value};
    return table[option].value != NULL && equals == NULL ? 2 : 1;
}

bool options_parse(const struct command *command, int argc, char **argv, struct options *options)
{
    bool stop_at_argument =
        command->id == COMMAND_RUN || command->id == COMMAND_DEMO || command->id == COMMAND_DOCTOR;
    memset(options, 0, sizeof *options);
    options->arguments = argv;
    options->given = calloc((size_t)argc + 1, sizeof *options->given);
    if (options->given == NULL) {
        message(command->name, "out of memory");
        return false;
    }
    for (int i = 0; i < argc;) {
        bool is_end = strcmp(argv[i], "--") == 0;
        bool is_option = argv[i][0] == '-' && argv[i][1] != '\0';
        if (is_end || (!is_option && stop_at_argument)) {
            options->own_count = options->argument_count;
            for (i += is_end; i < argc; i++) {
                options->arguments[options->argument_count++] = argv[i];
            }
            break;
        }
        if (!is_option) {
            options->arguments[options->argument_count++] = argv[i++];
            options->own_count = options->argument_count;
            continue;
        }
        int taken = take_option(command, argv + i, options);
        if (taken == 0) {
            return false;
        }
        i += taken;
    }
    options->arguments[options->argument_count] = NULL;
    return true;
}

void options_destroy(struct options *options)
{
    free(options->given);
}

const char *options_next(const struct options *options, enum option_id id, size_t *cursor)
{
    while (*cursor < options->given_count) {
        const struct option_given *given = &options->given[(*cursor)++];
        if (given->id == id) {
            return given->value;
        }
    }
    return NULL;
}

static void print_all_commands(FILE *out)
{
    fputs("unknot finds deadlocks in programs as they are, without rebuilding them.\n\n"
          "Usage: unknot COMMAND ...\n\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].text);
    }
    fputs("\n'unknot help COMMAND' shows the options of a command, 'unknot --version' the version."
          "\nStart here: unknot demo\n",
          out);
}

void options_print_help(FILE *out, const struct command *command)
{
    if (command == NULL) {
        print_all_commands(out);
        return;
    }
    fprintf(out, "Usage: unknot %s %s\n\n%s\n\n", command->name, command->arguments, command->text);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if ((table[i].commands & 1u << command->id) != 0) {
            fprintf(out, "  --%s%s%s\n        %s\n", table[i].name,
                    table[i].value != NULL ? "=" : "", table[i].value != NULL ? table[i].value : "",
                    table[i].text);
        }
    }
}
