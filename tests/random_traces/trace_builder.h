/* A synchronization trace made event by event; small ones, for tests. All zero when new. */
#ifndef TESTS_RANDOM_TRACES_TRACE_BUILDER_H
#define TESTS_RANDOM_TRACES_TRACE_BUILDER_H

#include "analyzer/schedule/sync_trace.h"

enum { TRACE_MOST_EVENTS = 400, TRACE_MOST_OBJECTS = 32 };

struct trace_builder {
    struct sync_event events[TRACE_MOST_EVENTS];
    struct sync_object objects[TRACE_MOST_OBJECTS];
    struct sync_trace trace; /* of all so far; it points into this builder */
};

/* The number of the new object. */
uint32_t trace_builder_object(struct trace_builder *builder, enum sync_object_kind kind,
                              uint32_t initial, uint32_t thread);

/* Appends an event, at a site of its own. */
void trace_builder_event(struct trace_builder *builder, uint32_t thread, enum sync_event_kind kind,
                         uint32_t object, uint32_t mode);

/* Prints the trace, an event a line, for who looks into a failure. */
void trace_builder_print(const struct trace_builder *builder);

#endif
