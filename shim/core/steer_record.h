/* What steering and perturbing did, in the recording: a STEERING record for each step that a thread
 * came to, and one for all delays, changed in place.
 *
 * Guarded callers, any thread; takes a lock of its own. The first call for a step and recording
 * writes the record. */
#ifndef UNKNOT_SHIM_STEER_RECORD_H
#define UNKNOT_SHIM_STEER_RECORD_H

#include <stdint.h>

/* Why a thread goes on. */
enum steer_end {
    STEER_MET,        /* others are where they were waited for, or it is told */
    STEER_EXPIRED,    /* the pause is over */
    STEER_IN_THE_WAY, /* somebody at no step waits for what it holds */
    STEER_ALONE,      /* nobody else can run */
    STEER_LEFT,       /* cancelled, or a deadlock was told */
};

/* How a thread came to a step. */
enum steer_arrival {
    STEER_REQUESTS, /* it is about to make its request */
    STEER_WAITS,    /* it waits there */
    STEER_BEGINS,   /* it is about to do what comes before either */
};

/* A thread came to the step; true if it is to be held back there: not if the pause is 0, and not
 * each time when many pauses were in vain. */
_Bool steer_record_reached(uint32_t step, enum steer_arrival arrival, uint32_t pause_ms);

/* It was held back there, for so long. */
void steer_record_held(uint32_t step, enum steer_end end, uint64_t time_ns);

/* At `step` while others stood at the steps of this set. */
void steer_record_together(uint32_t step, uint64_t others);

/* A delay at a place with this hash, or a place without one (0 ns). */
void steer_record_delay(uint64_t place, uint64_t time_ns);

void steer_record_after_fork(void);

#endif
