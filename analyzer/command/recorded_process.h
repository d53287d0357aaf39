/* Which recording a running process writes: told by its memory map, for it maps what it records. */
#ifndef UNKNOT_COMMAND_RECORDED_PROCESS_H
#define UNKNOT_COMMAND_RECORDED_PROCESS_H

#include <stdbool.h>
#include "analyzer/base/arena.h"
#include "analyzer/model/live_snapshot.h"

/* Finds the recording of process `pid` and what its threads hold and wait for. False: *error is one
 * line that says why not, and what to do. */
__attribute__((warn_unused_result)) bool recorded_process_read(struct arena *arena,
                                                               unsigned long pid, const char **path,
                                                               struct live_snapshot *snapshot,
                                                               const char **error);

/* Whether that thread still runs; true when that cannot be told from here. */
bool recorded_process_has_thread(unsigned long pid, uint32_t tid);

#endif
