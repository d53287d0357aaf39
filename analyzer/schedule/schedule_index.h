/* What the search for schedules looks things up in: for each thread the sections of locks that it
 * entered and the edges that lead into it from other threads.
 *
 * An edge says that an event of another thread comes before one of this thread. Vector clocks would
 * hold the same, summed up: edges cost no more than there are, whatever the number of threads, and
 * to go along each of them once is what a closure takes anyway. Two sorts:
 *   edges       hold in every schedule that takes the events as they were recorded: creation and
 *               join, each read after the write it saw, each take of a semaphore after a post of
 *               its own, a wait's end after a signal, a barrier, an initialiser that was run
 *   must_edges  hold in every schedule of the program: creation and join, a barrier whose parties
 *               are all the threads it has, semaphores by counting (semaphore_order.h),
 *               conditions and locks (condition_order.h, section_order.h)
 *   guesses     may have been the reason for what was done (wait_guess.h): what they refute is no
 * proof
 *
 * A barrier is a thread of its own, a hub, after the program's threads: its event g is that the
 * threads of the g-th round have all come. Event numbers count from 1, in each thread. */
#ifndef UNKNOT_SCHEDULE_SCHEDULE_INDEX_H
#define UNKNOT_SCHEDULE_SCHEDULE_INDEX_H

#include "analyzer/base/array.h"
#include "analyzer/schedule/abstract_request.h"

#define SECTION_NONE UINT32_MAX

/* A time between taking a lock and giving it back, by one thread; the outermost only. */
struct section {
    uint32_t object, thread;
    uint32_t acquired, released; /* event numbers; released 0: never */
    uint32_t acquired_at;        /* position in the trace */
    uint32_t reader;
    /* The section before it of this lock that writes: which of the sections of which thread. */
    uint32_t after_thread, after; /* SECTION_NONE: there is none */
};

/* Event `from` of `thread` comes before event `index` of the thread whose edge it is. */
struct edge {
    uint32_t index, thread, from;
};

struct edge_list {
    struct edge *items; /* by index */
    size_t count, capacity;
};

/* Adds an edge that was found later. */
static inline void edge_list_insert(struct arena *arena, struct edge_list *list, struct edge edge)
{
    (void)array_add(arena, list);
    size_t i = list->count - 1;
    for (; i > 0 && list->items[i - 1].index > edge.index; i--)
        list->items[i] = list->items[i - 1];
    list->items[i] = edge;
}

/* A signal that woke a wait comes after the wait began, if the wait's end is in the schedule. */
struct wake {
    uint32_t index;              /* of the signal, in its thread */
    uint32_t thread, begin, end; /* of the wait */
};

struct thread_index {
    ARRAY(struct section) sections; /* of shared locks, by acquired */
    struct edge_list edges, must_edges, guesses;
    ARRAY(struct wake) wakes; /* by index */
    uint32_t event_count;
    uint32_t first_position; /* in schedule_index.positions, once made */
};

struct closure;
struct reversal;

struct schedule_index {
    struct arena *arena;
    const struct abstract_requests *requests;
    const struct sync_trace *trace;
    struct thread_index *threads; /* then the hubs */
    uint32_t thread_count;        /* hubs and all */
    uint32_t *positions;          /* of the events of each thread; NULL until asked for */
    uint32_t *passed;             /* by thread: room to count in */
    uint32_t *next_guess;         /* the same */
    struct closure *closure;      /* used again and again */
    struct reversal *reversal;    /* NULL until used */
};

/* The position of a thread's event; the first call makes a table of 4 bytes for each event. */
uint32_t schedule_index_position(struct schedule_index *index, uint32_t thread, uint32_t event);

#endif
