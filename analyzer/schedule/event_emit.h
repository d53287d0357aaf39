/* What a recorded event makes in the trace, once it is its turn (event_merge.h): it is handed
 * over, and what threads hold and have asked for is kept. Each is of constant cost, but for
 * looking through the few locks that a thread holds. */
#ifndef UNKNOT_SCHEDULE_EVENT_EMIT_H
#define UNKNOT_SCHEDULE_EVENT_EMIT_H

#include "analyzer/schedule/event_merge.h"

void merge_emit(struct merge *merge, uint32_t thread, enum sync_event_kind kind, uint32_t mode,
                uint32_t object, uint32_t site);

/* One that makes an event of the same kind, and no more. */
void merge_emit_plain(struct merge *merge, uint32_t number, const struct trace_event *event,
                      uint32_t object);

/* A request that was recorded; and one that was not, as what was asked for was had at once. */
void merge_emit_asked(struct merge *merge, uint32_t number, const struct trace_event *event,
                      uint32_t object);
void merge_emit_request(struct merge *merge, uint32_t number, const struct trace_event *event,
                        uint32_t object);

void merge_acquire(struct merge *merge, uint32_t number, const struct trace_event *event,
                   uint32_t object, uint32_t mode);
void merge_release(struct merge *merge, uint32_t number, uint32_t object, uint32_t mode,
                   uint32_t site);

/* The thread holds it no longer, if it did. */
void merge_forget_held(struct merge_thread *thread, uint32_t object);

/* The lock that a folded release gives back: of those held alone, the one acquired last. */
const struct merge_held *merge_last_held_alone(const struct merge_thread *thread);

#endif
