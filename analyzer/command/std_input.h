/* Traces in the std format as input of reports, in place of recordings. */
#ifndef UNKNOT_COMMAND_STD_INPUT_H
#define UNKNOT_COMMAND_STD_INPUT_H

#include "analyzer/command/recordings.h"
#include "analyzer/schedule/cycle_verdict.h"

/* Reads and analyses the trace at `path`; its verdicts are left in *verdicts. False: *error is one
 * line for the user. */
__attribute__((warn_unused_result)) bool std_input_load(struct arena *arena, const char *path,
                                                        const struct lock_order_options *options,
                                                        struct report_process *process,
                                                        struct cycle_verdicts **verdicts,
                                                        const char **error);

/* `report --export=std`: writes the trace in the file, in text or of a recording's events. Returns
 * the exit status. */
int std_input_export(struct arena *arena, const char *path, bool is_std, struct output *output);

#endif
