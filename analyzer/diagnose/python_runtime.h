/* Where CPython is in a target, which version, and the threads it knows.
 *
 * Not thread-safe; allocates from the target's arena. */
#ifndef UNKNOT_DIAGNOSE_PYTHON_RUNTIME_H
#define UNKNOT_DIAGNOSE_PYTHON_RUNTIME_H

#include "analyzer/base/array.h"
#include "analyzer/diagnose/python_object.h"

struct python_runtime {
    uint64_t address;    /* of _PyRuntime */
    const char *version; /* "3.11"; NULL when it is not known */
};

/* False when no module of the target has the interpreter. */
__attribute__((warn_unused_result)) bool python_runtime_find(struct target *target,
                                                             struct python_runtime *runtime);

/* Sets the reader up for it. Returns NULL, or one line that says why it cannot be read. */
const char *python_runtime_open(struct target *target, const struct python_runtime *runtime,
                                struct python_reader *reader);

/* A thread state of the interpreter. */
struct python_thread_state {
    uint64_t address, interpreter;
    uint64_t ident; /* its pthread_t */
    uint32_t tid;   /* 0 when it is no thread of the target */
};

struct python_thread_states {
    ARRAY(struct python_thread_state) list;
};

/* The threads of all interpreters, up to a cap. */
void python_runtime_threads(struct python_reader *reader, const struct python_runtime *runtime,
                            struct python_thread_states *threads);

#endif
