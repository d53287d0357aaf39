/* One order of all events of a recording, consistent with that of each thread and with the numbers
 * that each object gave to its events.
 *
 * A k-way merge: a thread goes on until its next event has a number that is not its object's next
 * one; then it waits, in a hash table by object and number, until it is. So every event is looked
 * at once or twice: linear time, in memory for the objects and threads. A failed try lies between
 * the events whose numbers it saw; a join behind the last event of the thread it joined; the first
 * event of a thread behind its creation.
 *
 * Where numbers are missing (a torn recording) or contradict each other (damage), all events that
 * need none of these are still put in order: what comes out is always the beginning of a possible
 * run, and how much was left out is known. */
#ifndef UNKNOT_SCHEDULE_EVENT_MERGE_H
#define UNKNOT_SCHEDULE_EVENT_MERGE_H

#include "analyzer/base/array.h"
#include "analyzer/schedule/event_pieces.h"
#include "analyzer/schedule/number_table.h"
#include "analyzer/schedule/sync_source.h"

/* What is known of an object before the merge, and how far it is during it. */
struct merge_object {
    uint32_t id; /* of a lock, or of a thread */
    bool is_thread;
    bool is_numbered, has_tries;
    uint8_t lock_kind; /* enum trace_lock_kind, 0 unknown */
    uint16_t lock_flags;
    uint32_t initial; /* SYNC_UNKNOWN: not known */
    uint32_t next;    /* the number it gives next */
    uint32_t writer;  /* 1 more than the thread that holds it alone */
    uint32_t readers;
};

/* A lock that the thread holds, at this point of the merge. */
struct merge_held {
    uint32_t object, number; /* of its acquisition */
    uint32_t stack;
    uint8_t mode;
};

enum { MERGE_REQUESTS = 4 };

struct merge_thread {
    uint32_t id;
    size_t piece, piece_end; /* those not read yet; none: the thread is only spoken of */
    size_t event;            /* in the piece */
    struct event_room *room; /* for the piece, if it is packed */
    uint32_t step;           /* of the event: those done */
    bool has_creator, is_queued, is_done, has_ended;
    uint32_t last_stack;
    uint64_t time_ns; /* of its last event */
    ARRAY(struct merge_held) held;
    uint32_t requests[MERGE_REQUESTS]; /* 1 more than the objects asked for and not had */
    uint32_t request_count;
    uint64_t waits_for;   /* a key, see event_merge.c */
    uint32_t next_waiter; /* 1 more than the thread, in its bucket */
};

struct merge {
    struct arena *arena;
    const struct event_pieces *pieces;
    ARRAY(struct merge_object) objects;
    ARRAY(struct merge_thread) threads;
    struct number_table object_numbers; /* id, with 2^32 for a thread -> 1 more than the object */
    struct number_table thread_numbers; /* id -> 1 more than the thread */
    struct number_table tries;          /* object and number -> failed tries that saw it */
    size_t raw_count, most_events;      /* events there are, and the most that they make */
    size_t event_count, done;           /* made, and raw ones done */
    struct event_room *rooms;           /* that no thread needs */
    uint32_t processors;                /* 0: events have no times */
    uint64_t now_ns;                    /* of the event that is made */
    sync_take *take;                    /* gets each event that is made, in their order */
    void *taker;
};

/* Which object or thread an event is about; made if it is new. */
uint32_t merge_object_of(struct merge *merge, const struct trace_event *event);
uint32_t merge_thread_of(struct merge *merge, uint32_t id);

/* Does the event only have the last number that was given? The number of its second step, which
 * is given. */
bool merge_is_shared(const struct trace_event *event);
uint32_t merge_second_number(const struct trace_event *event);

/* Fills `objects`, `threads`, `tries` and the counts from the pieces. */
void merge_survey(struct merge *merge);

/* The events of a piece, in *room, which is made if there is none and they are packed. */
const struct trace_event *merge_read_piece(struct merge *merge, const struct event_piece *piece,
                                           struct event_room **room);

/* The thread at hand needs it no more. */
void merge_free_room(struct merge *merge, struct event_room **room);

/* Then hands the events of the trace over: objects that were only spoken of may be added meanwhile.
 */
void merge_run(struct merge *merge);

#endif
