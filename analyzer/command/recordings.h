/* From recordings on disk to a written report: what `report` and the end of `run` share. */
#ifndef UNKNOT_COMMAND_RECORDINGS_H
#define UNKNOT_COMMAND_RECORDINGS_H

#include "analyzer/base/array.h"
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

/* Writes a report; `context` is the struct report. An outputs_writer. */
void recordings_write(FILE *out, const struct report_format *format, bool color,
                      const void *context);

/* A decimal number of at most `max`; false for anything else. */
__attribute__((warn_unused_result)) bool parse_number(const char *text, unsigned long max,
                                                      unsigned long *value);

struct cycle_verdicts;

struct paths {
    const char **items;
    size_t count, capacity;
};

/* The recordings in files and directories; grows as paths are added. */
struct recordings {
    struct arena *arena;
    const char *command;
    struct paths paths;
    size_t failure_count; /* paths without a recording; each was told on stderr */
    /* By process of the report: who can tell a witness as a whole; NULL if there was none to ask.
     */
    struct cycle_verdicts **verdicts;
};

/* Adds a file, or the recordings and merged files in a directory in the order of their names, then
 * those in its folders but NAME.old. */
void recordings_add(struct recordings *recordings, const char *path);

/* Whether `name` is that of a recording. */
bool recordings_is_name(const char *name);

/* Analyses a loaded process by itself, whatever it shares with others. */
void recordings_analyze_alone(struct arena *arena, struct report_process *process,
                              const struct lock_order_options *options);

/* Loads and analyses all of them, those that share locks as one, and merged files; what cannot be
 * loaded is told on stderr and counted. Of several recordings also the cycles split over them. */
void recordings_report(struct recordings *recordings, const struct report_settings *settings,
                       struct report *report);

#endif
