/* Runs a synchronization trace in another order, one event at a time, and says what each event
 * needs before it can happen. docs/prediction.md has the semantics as a table.
 *
 * It is the check that no schedule is shown without: it knows nothing of clocks, closures or how a
 * schedule was found, and shares no code with what finds it. It is naive on purpose: the state is
 * what the objects themselves would hold.
 *
 * An event can only be executed as the next one of its thread. Not thread-safe. Memory: 4 bytes an
 * event, some for each thread and object, 4 more an event if the trace reads variables, passes
 * once controls or has barriers of unknown size. A step costs as much as the object has holders or
 * waiters; only a try for reading that fails at a lock whose readers queue looks at all threads. */
#ifndef UNKNOT_SCHEDULE_SIMULATOR_H
#define UNKNOT_SCHEDULE_SIMULATOR_H

#include <stdbool.h>
#include "analyzer/base/arena.h"
#include "analyzer/schedule/sync_trace.h"

#define SIMULATOR_NONE UINT32_MAX

struct simulator;

/* A run of the trace that stands at its start. */
struct simulator *simulator_create(struct arena *arena, const struct sync_trace *trace);

/* Back to the start, in time linear in threads and objects. */
void simulator_reset(struct simulator *simulator);

/* The next event of the thread, SIMULATOR_NONE after its last. */
uint32_t simulator_next(const struct simulator *simulator, uint32_t thread);

/* The event that the thread executed last, SIMULATOR_NONE before its first. */
uint32_t simulator_last(const struct simulator *simulator, uint32_t thread);

/* Whether the event, the next one of its thread, can happen now. */
bool simulator_is_enabled(const struct simulator *simulator, uint32_t event);

/* Lets an enabled event happen. */
void simulator_execute(struct simulator *simulator, uint32_t event);

/* Whether an event was executed whose cause the recording does not know for certain: a try that
 * failed, without SYNC_HOLDER_SEEN. Then the run is no proof. */
bool simulator_is_uncertain(const struct simulator *simulator);

/* Whether `thread`, which last executed the REQUEST `request`, cannot go on before `other` acts:
 * gives back the lock, ends, or takes and gives back a lock whose readers queue behind it. A timed
 * request waits for nobody. */
bool simulator_waits_for(const struct simulator *simulator, uint32_t request, uint32_t other);

/* Whether the threads of `requests`, which stand at them, wait for each other for good as far as
 * the recorded run tells: nothing that could let any of them go on happens in what is left of it.
 * A request is a REQUEST, or a WAIT_BEGIN after which the mutex was given back, or a BARRIER_ENTER.
 * Looks at the rest of the trace, more than once. */
bool simulator_are_stuck(struct simulator *simulator, const uint32_t *requests, size_t count);

enum simulator_verdict {
    SIMULATOR_DEADLOCK,
    SIMULATOR_NOT_NEXT,    /* an event is not the next one of its thread */
    SIMULATOR_NOT_ENABLED, /* an event could not happen at its place in the order */
    SIMULATOR_NOT_PENDING, /* in the end a thread does not stand at its request */
    SIMULATOR_NOT_BLOCKED, /* the requests do not wait for each other */
    SIMULATOR_UNCERTAIN,   /* a deadlock, but by an event of uncertain cause */
};

struct simulator_replay {
    enum simulator_verdict verdict;
    size_t at; /* the place in `order` or in `requests` that is wrong */
};

/* Executes the events at the positions order[0 .. count - 1], from the start; then whether the
 * threads of the REQUESTs at requests[0 .. request_count - 1] stand at them and wait for each
 * other: each for all others, by way of the others. A thread may stand before its REQUEST or after
 * it. A writer behind which a reader queues is one of the requests.
 *
 * A request may also be one of a semaphore, a WAIT_BEGIN or a BARRIER_ENTER. Who could serve it is
 * not known; then it is a deadlock as far as the recorded run tells, see simulator_are_stuck. */
__attribute__((warn_unused_result)) struct simulator_replay
simulator_replay(struct simulator *simulator, const uint32_t *order, size_t count,
                 const uint32_t *requests, size_t request_count);

/* What is wrong, for people: "an event is not the next one of its thread". */
const char *simulator_verdict_text(enum simulator_verdict verdict);

#endif
