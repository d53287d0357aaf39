/* What a schedule index is made with, event by event: for its own files only. */
#ifndef UNKNOT_SCHEDULE_SCHEDULE_BUILDER_H
#define UNKNOT_SCHEDULE_SCHEDULE_BUILDER_H

#include "analyzer/schedule/held_stack.h"
#include "analyzer/schedule/schedule_index.h"

#define NOBODY UINT32_MAX

/* Sources a thread has an edge from already: reads of what one thread wrote come in long runs. */
enum { KNOWN_SOURCES = 8 };

struct event_ref {
    uint32_t thread, index; /* index 0: none */
};

struct walker {
    struct held_stack held; /* tags: positions in the thread's sections */
    struct event_ref creator;
    struct event_ref known[KNOWN_SOURCES];
    uint32_t wait_index, wait_position; /* of the wait it is in */
    uint32_t round;                     /* of the barrier it is in */
};

/* A signal or broadcast that a wait may have ended by. */
struct signal {
    struct event_ref event;
    uint32_t position;
    bool is_broadcast;
};

/* Who has a lock at one point of the trace. */
struct lock_state {
    uint32_t writer; /* or NOBODY */
    uint32_t reader_count;
    uint32_t last_thread, last; /* the latest section that writes, SECTION_NONE: none yet */
};

/* The state of a condition, a semaphore or a barrier at one point of the trace. */
struct communication {
    uint32_t waiting; /* threads that wait for the condition */
    ARRAY(struct signal) signals;
    uint32_t taken; /* from the semaphore */
    ARRAY(struct event_ref) posts;
    uint32_t hub, round, come; /* of the barrier; how many have come in this round */
    uint32_t member_count;
    bool *is_member; /* by thread: it has come to the barrier */
};

struct builder {
    struct arena *arena;
    struct schedule_index *index;
    const struct sync_trace *trace;
    struct walker *walkers;
    /* By object: the last write, section's end, or event of a signal. */
    struct event_ref *last;
    struct lock_state *locks;
    struct communication **communications;
};

/* Edges from another thread's event, if there is one, for schedules of the recorded events; for all
 * schedules. */
void schedule_add_edge(struct builder *builder, struct event_ref to, struct event_ref from);
void schedule_add_must_edge(struct builder *builder, struct event_ref to, struct event_ref from);

/* Takes an event of a condition, a semaphore or a barrier; others mean nothing here. */
void schedule_take_communication(struct builder *builder, const struct sync_event *event,
                                 struct event_ref self, uint32_t position);

#endif
