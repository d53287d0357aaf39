/* Small random programs, all their choices from one number. Random traces are their runs. */
#ifndef TESTS_RANDOM_TRACES_RANDOM_PROGRAM_H
#define TESTS_RANDOM_TRACES_RANDOM_PROGRAM_H

#include <stdbool.h>
#include "tests/random_traces/trace_builder.h"

enum {
    PROGRAM_THREADS = 4,
    PROGRAM_OPERATIONS = 60,
    PROGRAM_FLAGS = 2,
};

enum random_feature {
#define X(name) FEATURE_##name,
#include "tests/random_traces/random_features.def"
#undef X
    FEATURE_COUNT
};

enum operation_kind {
    OPERATION_LOCK, /* in mode: SYNC_READER, SYNC_TRY, SYNC_TIMED */
    OPERATION_UNLOCK,
    OPERATION_GIVE_BACK, /* a lock that somebody holds */
    OPERATION_WAIT,      /* object: the condition, mutex: its mutex; once */
    OPERATION_WAIT_FLAG, /* until the flag is set */
    OPERATION_SET_FLAG,
    OPERATION_SIGNAL,
    OPERATION_BROADCAST,
    OPERATION_POST,
    OPERATION_TAKE,
    OPERATION_BARRIER,
    OPERATION_ONCE, /* the initialiser is what follows up to ONCE_END */
    OPERATION_ONCE_END,
    OPERATION_CREATE,
    OPERATION_JOIN,
    OPERATION_READ,
    OPERATION_WRITE,
};

struct operation {
    enum operation_kind kind;
    uint32_t object, mutex, flag;
    uint32_t mode;
    uint32_t pair; /* UNLOCK: the operation that locked */
};

struct random_program {
    uint32_t features; /* bits */
    uint32_t thread_count;
    struct operation operations[PROGRAM_THREADS][PROGRAM_OPERATIONS];
    uint32_t operation_counts[PROGRAM_THREADS];
    bool is_created[PROGRAM_THREADS]; /* by another; else there from the start */
    uint32_t thread_objects[PROGRAM_THREADS];
};

/* Makes a program and its objects in an empty builder. `size`: about how many operations a thread
 * has. */
void random_program_make(struct random_program *program, struct trace_builder *builder,
                         uint64_t *random, uint32_t size);

/* Runs it once; the builder has its trace then. False: it was stuck before its end. */
__attribute__((warn_unused_result)) bool random_program_run(const struct random_program *program,
                                                            struct trace_builder *builder,
                                                            uint64_t *random);

/* A random trace that can be an execution: a program is made and run till its end or, sometimes, to
 * where it was stuck or to anywhere. Its features, as bits. */
uint32_t random_trace_make(struct trace_builder *builder, uint64_t seed);

#endif
