/* What a command line says about analysis and report: the same for all commands that report. Not
 * thread-safe; everything lives in the arena given. */
#ifndef UNKNOT_COMMAND_REPORT_SETTINGS_H
#define UNKNOT_COMMAND_REPORT_SETTINGS_H

#include "analyzer/command/hiding.h"
#include "analyzer/command/options.h"
#include "analyzer/command/outputs.h"
#include "analyzer/predict/lock_order.h"
#include "analyzer/report/format.h"

/* The options about analysis and report, checked. */
struct report_settings {
    struct report_options report;
    struct lock_order_options analysis;
    struct path_map *path_map; /* where files lie here; NULL: where they lay there */
    struct order_file *order;  /* --order, NULL: none */
    struct hiding *hiding;     /* what is not told; NULL: all is */
    bool is_std;               /* --input=std */
};

/* False, with one line on stderr, when a value is wrong. */
__attribute__((warn_unused_result)) bool report_settings_init(struct report_settings *settings,
                                                              struct arena *arena,
                                                              const char *command,
                                                              const struct options *options);

/* Takes the path map that the options give, into the arena. False, with one line on stderr, when a
 * rule is wrong. */
__attribute__((warn_unused_result)) bool report_settings_map_paths(struct report_settings *settings,
                                                                   struct arena *arena,
                                                                   const char *command,
                                                                   const struct options *options);

/* Reads the file of --order, if there is one. False, with one line on stderr, when it is wrong. */
__attribute__((warn_unused_result)) bool
report_settings_read_order(struct report_settings *settings, struct arena *arena,
                           const char *command, const struct options *options);

/* Both, and reads suppressions and the baseline. */
__attribute__((warn_unused_result)) bool report_settings_load(struct report_settings *settings,
                                                              struct arena *arena,
                                                              const char *command,
                                                              const struct options *options);

/* The formats of a report, or ready suppressions in its place. */
__attribute__((warn_unused_result)) bool report_outputs_init(struct outputs *outputs,
                                                             struct arena *arena,
                                                             const char *command,
                                                             const struct options *options);

/* A decimal number of at most `max`; false for anything else. */
__attribute__((warn_unused_result)) bool parse_number(const char *text, unsigned long max,
                                                      unsigned long *value);

#endif
