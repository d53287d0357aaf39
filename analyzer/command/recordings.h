/* From recordings on disk to a written report: what `report` and the end of `run` share. */
#ifndef UNKNOT_COMMAND_RECORDINGS_H
#define UNKNOT_COMMAND_RECORDINGS_H

#include "analyzer/base/array.h"
#include "analyzer/command/report_settings.h"

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
    bool deadlocks_only; /* what happened is told, and nothing is looked for */
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

/* Writes a report; `context` is the struct report. An outputs_writer. */
void recordings_write(FILE *out, const struct report_format *format, bool color,
                      const void *context);

#endif
