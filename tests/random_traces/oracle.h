/* What can happen in a small trace, by trying everything: all schedules, all their prefixes.
 *
 * The semantics are those of docs/prediction.md, written a second time and in another way than the
 * simulator's, so that each checks the other. Nothing is shared with the search that is judged.
 *
 * A state is how far each thread has come, and what does not follow from that: last writes, who
 * was signalled, generations of barriers, a queue that was proved. REQUEST, BEGIN and END are no
 * steps of their own, the release in a condition wait is one with its beginning: they need nothing
 * and keep nobody from anything. An oracle is used by one thread at a time; it is large, and
 * zero when new, so make it static. */
#ifndef TESTS_RANDOM_TRACES_ORACLE_H
#define TESTS_RANDOM_TRACES_ORACLE_H

#include <stdbool.h>
#include "analyzer/schedule/sync_trace.h"

enum {
    ORACLE_THREADS = 6,
    ORACLE_STEPS = 62,
    ORACLE_OBJECTS = 32,
    ORACLE_VARIABLES = 4,
    ORACLE_PATTERNS = 512,
    ORACLE_CIRCLES = 512,
    ORACLE_STATES = 60000,
};

#define ORACLE_NONE UINT32_MAX

enum oracle_mode {
    ORACLE_ANY_ORDER, /* every schedule */
    ORACLE_IN_ORDER,  /* sync-preserving ones */
    ORACLE_LOOSE,     /* what a dismissal has to stand: schedules that may do more */
};

struct oracle_step {
    uint8_t kind, mode, object;
    uint32_t event, request;         /* positions in the trace; request: of its REQUEST, or NONE */
    uint32_t last_event;             /* of the step: the release of a condition wait */
    uint32_t cause;                  /* READ: number of the write seen; ONCE_PASS: the release's
                                        position; LEAVE of an unknown barrier: entries; or NONE */
    uint8_t needs[ORACLE_THREADS];   /* in order: steps of others that must be done */
    uint8_t forbids[ORACLE_THREADS]; /* in order: how many steps others may have done at most */
};

struct oracle_state {
    uint8_t done[ORACLE_THREADS];
    uint8_t wait[ORACLE_THREADS];       /* see oracle_condition.c */
    uint8_t generation[ORACLE_THREADS]; /* of the barrier the thread is in */
    uint8_t variables[ORACLE_VARIABLES];
    uint8_t queues[ORACLE_OBJECTS / 8]; /* locks where a writer is known to queue */
    uint8_t unused[6];
};

/* A set of requests, one a thread, of each member any of those added. */
struct oracle_pattern {
    uint64_t steps[ORACLE_THREADS]; /* bits; 0: the thread is no member */
    bool reached;
};

/* Requests that wait for each other, by thread; NONE: the thread takes no part. */
struct oracle_circle {
    uint32_t requests[ORACLE_THREADS];
    size_t state; /* one in which they do */
};

struct oracle {
    const struct sync_trace *trace;
    uint32_t thread_count;
    struct oracle_step steps[ORACLE_THREADS][ORACLE_STEPS + 1];
    uint32_t step_counts[ORACLE_THREADS];
    bool has_end[ORACLE_THREADS];
    uint32_t creators[ORACLE_THREADS], creator_steps[ORACLE_THREADS]; /* or NONE */
    /* After so many steps of a thread: */
    uint32_t writes[ORACLE_THREADS][ORACLE_STEPS + 1]; /* locks held for writing, as bits */
    uint32_t reads[ORACLE_THREADS][ORACLE_STEPS + 1];
    int8_t balance[ORACLE_THREADS][ORACLE_STEPS + 1][ORACLE_OBJECTS]; /* posts - takes; entries;
                                                                         holds of a signal */
    uint8_t initial[ORACLE_OBJECTS];   /* of semaphores, the least possible if unknown */
    uint8_t variables[ORACLE_OBJECTS]; /* which variable an object is */
    bool is_signal[ORACLE_OBJECTS];    /* a lock that others than its holder give back */
    struct oracle_pattern patterns[ORACLE_PATTERNS];
    size_t pattern_count;
    struct oracle_circle circles[ORACLE_CIRCLES];
    size_t circle_count;
    /* ORACLE_ANY_ORDER: of each thread the numbers of steps after which it can wait for good, for a
     * semaphore, a condition or a barrier, with a lock held that another needs to end that. */
    uint64_t blocked[ORACLE_THREADS];
    enum oracle_mode mode;
    size_t state_count; /* from here on kept from one trace to the next */
    struct oracle_state states[ORACLE_STATES];
    uint32_t slot_of[ORACLE_STATES];
    uint32_t before[ORACLE_STATES]; /* a state it came from */
    uint8_t mover[ORACLE_STATES];   /* the thread whose step led here */
    uint32_t slots[1 << 17];        /* states by hash, plus 1 */
};

/* False: the trace is too large for an oracle, or gives back a lock that is not held, or the mutex
 * of a wait is given back by others. */
__attribute__((warn_unused_result)) bool oracle_init(struct oracle *oracle,
                                                     const struct sync_trace *trace);

/* Adds an empty pattern; its number. */
size_t oracle_add_pattern(struct oracle *oracle);

/* The REQUEST at `position` may be its thread's part in the pattern. */
void oracle_add_request(struct oracle *oracle, size_t pattern, uint32_t position);

/* Tries everything: sets patterns[].reached, circles, blocked and state_count. A pattern is reached
 * if its members stand at requests and wait for each other, if need be by way of writers at locks
 * whose readers queue. False: too many states or circles. */
__attribute__((warn_unused_result)) bool oracle_explore(struct oracle *oracle,
                                                        enum oracle_mode mode);

/* Whether the wait that begins with the event at `position` is among the blocked ones. */
bool oracle_is_blocked(const struct oracle *oracle, uint32_t position);

/* Whether one of `threads`, bits, can make its next step in any continuation in which the others go
 * on and these do not; true also if there are too many states to know. */
bool oracle_can_go_on(struct oracle *oracle, const struct oracle_state *state, uint32_t threads);

/* The events of a schedule that leads to the state, at most as many as the trace has; how many. */
size_t oracle_find_order(const struct oracle *oracle, size_t state, uint32_t *order);

/* For comparison with others: the start, whether the thread's next step can be done, doing it. */
void oracle_start(struct oracle *oracle, enum oracle_mode mode, struct oracle_state *state);
bool oracle_is_enabled(const struct oracle *oracle, const struct oracle_state *state,
                       uint32_t thread);
void oracle_execute(const struct oracle *oracle, struct oracle_state *state, uint32_t thread);

#endif
