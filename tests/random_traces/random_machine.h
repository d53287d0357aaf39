/* The machine that runs random programs: its state, and one operation at a time. For its own files
 * only.
 *
 * An operation is done in steps, some of which leave an event. A function that does a step is false
 * if the thread has to wait; then nothing has changed, but for who queues. */
#ifndef TESTS_RANDOM_TRACES_RANDOM_MACHINE_H
#define TESTS_RANDOM_TRACES_RANDOM_MACHINE_H

#include "tests/random_traces/random_program.h"

#define NOBODY UINT32_MAX

/* One thread at its operation. */
struct actor {
    uint32_t at, phase;
    bool begun, ended, started;
    bool failed[PROGRAM_OPERATIONS]; /* locks that were tried in vain */
    bool waits, is_woken;            /* at a condition */
    uint32_t round;                  /* of the barrier it is in */
};

struct machine {
    const struct random_program *program;
    struct trace_builder *builder;
    uint64_t *random;
    struct actor actors[PROGRAM_THREADS];
    uint32_t writer[TRACE_MOST_OBJECTS];
    uint32_t readers[TRACE_MOST_OBJECTS][PROGRAM_THREADS];
    bool queued[TRACE_MOST_OBJECTS][PROGRAM_THREADS]; /* writers where readers queue */
    uint32_t value[TRACE_MOST_OBJECTS];               /* semaphores */
    uint32_t entries[TRACE_MOST_OBJECTS], rounds[TRACE_MOST_OBJECTS]; /* barriers */
    bool is_over[TRACE_MOST_OBJECTS];                                 /* once controls */
    bool flags[PROGRAM_FLAGS];
    uint32_t last_thread;
    uint32_t burst; /* about how many steps a thread makes before another does */
};

bool machine_one_in(struct machine *machine, uint32_t chances);
void machine_emit(struct machine *machine, uint32_t thread, enum sync_event_kind kind,
                  uint32_t object, uint32_t mode);

/* To the thread's next operation; true. */
bool machine_go_on(struct actor *actor);

/* OPERATION_LOCK, _UNLOCK, _TAKE and _POST. */
bool machine_lock(struct machine *machine, uint32_t thread, const struct operation *operation);
bool machine_unlock(struct machine *machine, uint32_t thread, const struct operation *operation);
bool machine_take(struct machine *machine, uint32_t thread, const struct operation *operation);
bool machine_post(struct machine *machine, uint32_t thread, uint32_t semaphore);

/* After the request of a lock; and giving it back, whoever holds it for writing. */
bool machine_acquire(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode);
void machine_release(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode);

#endif
