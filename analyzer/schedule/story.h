/* What of a witness matters to a reader: for each of its threads what it holds in the end and what
 * had to come before, by another thread: the last release of that lock, and the last event that the
 * thread needed from another. Then the requests.
 *
 * Linear in the witness and the objects. */
#ifndef UNKNOT_SCHEDULE_STORY_H
#define UNKNOT_SCHEDULE_STORY_H

#include "analyzer/model/finding.h"
#include "analyzer/schedule/held_stack.h"
#include "analyzer/schedule/schedule_index.h"
#include "analyzer/schedule/trace_ids.h"
#include "analyzer/schedule/witness.h"

struct story {
    const struct witness_event *events;
    size_t event_count;
    const struct sync_trace *trace;
    const struct trace_ids *ids;
    struct held_stack
        *holds; /* by request: what its thread holds; tags are positions of acquires */
};

/* The events live in `arena`, the rest in `scratch`. */
void story_tell(struct arena *arena, struct arena *scratch, struct schedule_index *index,
                const struct trace_ids *ids, const struct witness *witness, struct story *story);

/* Where the thread of that request took the lock, both as ids; `otherwise` if it did not. */
uint32_t story_held_stack(const struct story *story, size_t request, uint32_t lock,
                          uint32_t otherwise);

#endif
