/* What the numbers of a trace are in the execution that reports speak of. */
#ifndef UNKNOT_SCHEDULE_TRACE_IDS_H
#define UNKNOT_SCHEDULE_TRACE_IDS_H

#include "analyzer/model/finding.h"
#include "analyzer/schedule/sync_trace.h"

struct trace_ids {
    const uint32_t *threads; /* by thread: its id */
    const uint32_t *locks;   /* by object: the id of the lock that it is, or 0 */
    uint32_t first_stack;    /* of site 0; the others follow */
};

/* An event as reports have it. */
static inline struct witness_event
trace_ids_event(const struct trace_ids *ids, const struct sync_trace *trace, uint32_t position)
{
    const struct sync_event *event = &trace->events[position];
    const struct sync_object *object = &trace->objects[event->object];

    return (struct witness_event){
        .thread = ids->threads[event->thread],
        .lock = ids->locks[event->object],
        .other = object->kind == SYNC_THREAD ? ids->threads[object->thread] : 0,
        .stack = ids->first_stack + event->site,
        .kind = event->kind,
        .mode = event->mode,
    };
}

#endif
