/* Small programs of threads that only lock and unlock, all their choices from one number: what a
 * fix does to their recording is held against what it does to them, tried in all schedules.
 *
 * A program has functions that take locks inside each other, each lock once, and threads that call
 * some of them. The call is the place; of two locks of one class a caller chooses which is which.
 */
#ifndef TESTS_UNIT_LOCK_PROGRAM_H
#define TESTS_UNIT_LOCK_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "analyzer/fix/fix.h"
#include "tests/support/recording_builder.h"

enum {
    LOCK_PROGRAM_THREADS = 3,
    LOCK_PROGRAM_OPERATIONS = 40,
    LOCK_PROGRAM_LOCKS = 6, /* the last one is the gate of a fix */
    LOCK_PROGRAM_RINGS = 64,
};

struct lock_operation {
    enum { OPERATION_LOCK, OPERATION_UNLOCK, OPERATION_TRY } kind;
    uint32_t lock, place;
    uint32_t back; /* of a TRY that fails: the operation to go back to */
};

struct lock_program {
    uint32_t thread_count, lock_count;
    uint32_t classes[LOCK_PROGRAM_LOCKS]; /* of locks; two may be alike */
    bool is_recursive;
    struct lock_operation operations[LOCK_PROGRAM_THREADS][LOCK_PROGRAM_OPERATIONS];
    uint32_t counts[LOCK_PROGRAM_THREADS];
};

/* Circles of waiting threads, by the classes that they wait for. */
struct lock_rings {
    uint64_t rings[LOCK_PROGRAM_RINGS];
    size_t count;
};

void lock_program_make(struct lock_program *program, uint64_t seed);

/* Records a run of it, one thread after the other. */
void lock_program_record(const struct lock_program *program, struct recording_builder *rec);

/* Applies the change as a programmer would; classes are those of the recording's analysis, which
 * numbers them as the program does. */
void lock_program_change(struct lock_program *program, const struct fix_change *change);

/* All circles of threads that some schedule ends in. A thread that waits for itself is a ring of
 * one. */
void lock_program_deadlocks(const struct lock_program *program, struct lock_rings *rings);

/* The name of a circle of classes, wherever it begins. */
uint64_t lock_ring_name(const uint32_t *classes, size_t count);
bool lock_rings_have(const struct lock_rings *rings, uint64_t ring);
void lock_rings_add(struct lock_rings *rings, uint64_t ring);

#endif
