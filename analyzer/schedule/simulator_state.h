/* What a simulator is made of: for its own files only. */
#ifndef UNKNOT_SCHEDULE_SIMULATOR_STATE_H
#define UNKNOT_SCHEDULE_SIMULATOR_STATE_H

#include "analyzer/base/array.h"
#include "analyzer/schedule/simulator.h"

#define NO_HOLDER UINT32_MAX

/* One thread's hold of one lock; in the list of the lock, or in that of unused ones. */
struct holder {
    uint32_t thread;
    uint32_t count; /* of a reader that took it again */
    uint32_t next;
    bool reads;
};

/* What happened at a condition since somebody began to wait there. */
struct wake {
    bool wakes_all;
    bool used; /* by the one that a signal wakes */
};

struct thread_state {
    size_t done;         /* events executed */
    uint64_t turn;       /* the number of its entry to the barrier it is in */
    size_t wakes_before; /* the wakes of its condition that came before its wait */
    bool created, ended;
};

struct object_state {
    uint32_t holders;      /* of a lock */
    bool writer_is_queued; /* of a lock whose readers queue: proved by a try that failed */
    uint64_t value;   /* semaphore: units; barrier: entries; variable: its last write, plus 1 */
    uint32_t waiters; /* of a condition */
    ARRAY(struct wake) wakes; /* of a condition, since it last had no waiter */
};

/* A thread that can end waits of some kind for an object; in the list of these. */
struct server {
    uint32_t thread;
    size_t last;   /* the last of its places where it does */
    uint32_t next; /* 1 more than the next one's number */
};

struct simulator {
    struct arena *arena;
    const struct sync_trace *trace;
    uint32_t *positions; /* of the events, thread by thread */
    size_t *first;       /* of each thread, and of one more, in positions */
    bool *is_created;    /* of each thread: some event creates it */
    uint64_t *initial;   /* of each object: its value at the start */
    bool *is_signal;     /* of each object: a lock that others than its holder give back */
    uint32_t *needs;     /* of an event, or NULL if none needs: see find_needs */
    struct thread_state *threads;
    struct object_state *objects;
    ARRAY(struct holder) holders;
    uint32_t unused_holders;
    bool uncertain;
    /* Room for the check of a deadlock, of each thread: */
    bool *reached;
    size_t *stops;      /* how many of its events can happen at best */
    uint32_t *requests; /* where it stands, or NONE */
    /* The same, of each object and kind of wait; made at the first: */
    size_t *left; /* events that could end it, up to where the threads stop */
    uint32_t *first_server;
    ARRAY(struct server) servers;
};

/* The broadcast or signal that ends the wait of the event's thread, or NULL. */
struct wake *simulator_find_wake(const struct simulator *simulator, const struct sync_event *event);

/* Whether the thread holds the lock in a way that keeps the event out. */
bool simulator_holds_against(const struct simulator *simulator, const struct sync_event *event,
                             uint32_t thread);

#endif
