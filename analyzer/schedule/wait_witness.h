/* Schedules for circles through what any thread could bring (wait_pattern.h).
 *
 * What must come before the members, closed as for locks (witness.h), is a candidate: in it each
 * stands where it waits. Nobody else can be what a lock has in its holder, so whether something
 * could still end the waits is then asked of the simulator, about all that is left of the run. If
 * it could, the members' next events are tried; of a semaphore with units left also further threads
 * that would take them and stand behind a held lock, too; then another order of sections; at last
 * the members are let go on as the simulator permits, others only where none of them can.
 *
 * A condition is waited for because of what its mutex guards: all sections of that mutex which the
 * wait followed in the run come before it in the schedule as well, and no other order is tried. So
 * the thread would find what it found.
 *
 * A candidate costs what lies before it and a look at all the rest of the trace. */
#ifndef UNKNOT_SCHEDULE_WAIT_WITNESS_H
#define UNKNOT_SCHEDULE_WAIT_WITNESS_H

#include "analyzer/schedule/simulator.h"
#include "analyzer/schedule/wait_request.h"
#include "analyzer/schedule/witness.h"

struct wait_judge {
    struct schedule_index *index;
    struct simulator *simulator;
    const struct wait_requests *waits;
    uint64_t work; /* events looked at so far */
};

/* Room that a witness may need beyond the circle's members. */
enum { WAIT_WITNESS_HELPERS = 8 };

/* Judges a circle of `count` members. True: *witness has been replayed; its requests are those of
 * the members, then of further threads whose requests go to members[count] and on. The room for
 * members is the caller's: count + WAIT_WITNESS_HELPERS. It lives in the arena. */
__attribute__((warn_unused_result)) bool wait_witness_find(struct wait_judge *judge,
                                                           struct arena *arena,
                                                           const struct abstract_request **members,
                                                           size_t count, struct witness *witness);

#endif
