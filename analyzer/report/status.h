/* What the threads of a running process hold and wait for, told to a person or as JSON. A lock that
 * no record describes yet is named by its address.
 *
 * Not thread-safe; allocates from the arena. */
#ifndef UNKNOT_REPORT_STATUS_H
#define UNKNOT_REPORT_STATUS_H

#include <stdio.h>
#include "analyzer/model/live_snapshot.h"
#include "analyzer/report/name.h"

struct status {
    struct arena *arena;
    const struct execution *execution; /* loaded after the snapshot was taken */
    const struct live_snapshot *snapshot;
    struct symbolizer *symbolizer;
    struct names *names;
};

struct status_format {
    const char *name;
    void (*write)(FILE *out, const struct status *status);
};

/* NULL when no format is called that. */
const struct status_format *status_format_find(const char *name);

void status_write_text(FILE *out, const struct status *status);
void status_write_json(FILE *out, const struct status *status);

/* What both formats tell. */

/* Whether the thread holds nothing and waits for nothing. */
bool status_is_idle(const struct live_snapshot_thread *thread);
/* Names not yet escaped. */
const char *status_lock_name(const struct status *status, uint32_t lock, uint64_t address);
/* "lock_A", "condition changed", "the end of T2 'worker'" */
const char *status_wanted_name(const struct status *status, const struct trace_live *live);
/* "mutex", "condition" */
const char *status_wanted_kind(const struct trace_live *live);
/* Whether `thread` is one of those that must act before the wait of `live` can end. */
bool status_is_awaited(const struct trace_live *live, const struct live_snapshot_thread *thread);
/* How long the wait has lasted. */
uint64_t status_wait_ns(const struct status *status, const struct trace_live *live);

#endif
