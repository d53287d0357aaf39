/* What an execution is made of (trace_execution.h), from the events of a trace as they go by.
 *
 * A thread's held locks, in the order taken, are a path in a tree that all times it held the same
 * share; a request is one of a lock, in one mode, at the end of a path. So memory grows with the
 * distinct chains of locks, the segments and the objects, not with the events. Each event costs
 * constant time, mostly without a look at a table; giving a lock back that was not taken last costs
 * a walk down from the start of the path. Not thread-safe. */
#ifndef UNKNOT_SCHEDULE_EXECUTION_COLLECTOR_H
#define UNKNOT_SCHEDULE_EXECUTION_COLLECTOR_H

#include "analyzer/model/execution.h"
#include "analyzer/schedule/lock_use.h"
#include "analyzer/schedule/number_table.h"

/* A chain of held locks: the one before, and the lock taken last. Number 0 is none; a path of depth
 * 0 is a thread that holds nothing. */
struct held_path {
    uint32_t parent, object, thread, depth;
    uint32_t last_child, last_request; /* what was looked for last, plus one for a request */
    bool reader;
};

/* A request as it was seen first. */
struct seen_request {
    uint32_t path, object, mode; /* SYNC_READER, SYNC_TIMED */
    uint32_t longer_path;        /* with the object, once that was had; or 0 */
    uint32_t last_segment;
    const uint32_t *held_sites; /* where each lock of the path was taken */
};

/* The first time that a thread made a request in a segment. */
struct seen_at {
    uint32_t request, segment, site;
};

struct collected_thread {
    uint32_t path;
    uint32_t asked; /* its last request, plus one */
    uint32_t segment;
    uint32_t parent, parent_segment, created_stack; /* ids; 0: nobody created it */
};

/* Who took an object first, and where. */
struct first_use {
    uint32_t thread, stack; /* ids; 0: nobody yet */
};

struct execution_collector {
    struct arena *arena;
    const struct lock_use *use;
    ARRAY(struct held_path) paths;
    ARRAY(struct seen_request) requests; /* in the order first made */
    ARRAY(struct seen_at) times;         /* in the order of the trace */
    ARRAY(struct collected_thread) threads;
    ARRAY(struct first_use) first_uses;
    ARRAY(struct segment_start) segments;
    struct number_table path_numbers;    /* path and lock -> the longer path */
    struct number_table request_numbers; /* path, object and mode -> 1 more than the request */
};

/* `use` stays the caller's. */
void execution_collector_init(struct execution_collector *collector, struct arena *arena,
                              const struct lock_use *use);

/* Takes the event that `use` took last. */
void execution_collector_take(struct execution_collector *collector,
                              const struct sync_event *event);

#endif
