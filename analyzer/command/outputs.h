/* The formats that a command is asked for with --format, and where each of them goes: to a file of
 * its own (FORMAT:FILE), or to the place of the report, which is the file of --output or a
 * descriptor of the process. Text goes to the latter unless another format does.
 *
 * Not thread-safe; allocates from the arena given. */
#ifndef UNKNOT_COMMAND_OUTPUTS_H
#define UNKNOT_COMMAND_OUTPUTS_H

#include "analyzer/command/options.h"
#include "analyzer/command/output.h"

struct format_output {
    const struct report_format *format;
    bool is_own; /* else it goes to the place of the report */
    bool is_open;
    struct output output; /* of its own */
};

struct outputs {
    const char *command;
    const char *color; /* auto, always, never or NULL */
    struct output place;
    bool is_place_open;
    size_t count;
    struct format_output *items; /* in the order given */
};

/* The command takes the formats in the set `allowed`. False, with one line on stderr, when a value
 * is wrong or two formats that cannot share a place have no file. */
__attribute__((warn_unused_result)) bool outputs_init(struct outputs *outputs, struct arena *arena,
                                                      const char *command,
                                                      const struct options *options,
                                                      unsigned allowed);

/* The place of the report is for this format alone, whatever was asked for. */
void outputs_take_place(struct outputs *outputs, const struct report_format *format);

/* Opens all of them without emptying any yet; false, with one line on stderr for each that cannot
 * be written. The others are open all the same. */
__attribute__((warn_unused_result)) bool outputs_open(struct outputs *outputs,
                                                      const struct options *options, int fallback);

/* Which of them are wanted; a file of its own is written in any case. */
enum outputs_wanted { OUTPUTS_ALL, OUTPUTS_FILES_ONLY };

typedef void outputs_writer(FILE *out, const struct report_format *format, bool color,
                            const void *context);

/* Writes and closes those that are open, also after one that failed; false if any of them could not
 * be opened or written, which was told. */
__attribute__((warn_unused_result)) bool outputs_write(struct outputs *outputs,
                                                       enum outputs_wanted wanted,
                                                       outputs_writer *write, const void *context);

/* Closes them all, contents untouched. */
void outputs_close(struct outputs *outputs);

#endif
