/* What CPython (3.8 to 3.14) knows of the threads of a target: names, stacks, and locks that a
 * `with` block or an RLock shows to be held. A target without Python has none of it.
 *
 * Not thread-safe; allocates from the target's arena. Nothing read is believed: what does not have
 * the shape of Python's structures is left out. Cost: some reads for each frame. */
#ifndef UNKNOT_DIAGNOSE_PYTHON_FRAMES_H
#define UNKNOT_DIAGNOSE_PYTHON_FRAMES_H

#include "analyzer/diagnose/target.h"

struct python_names;

struct python_frame {
    const char *function;
    const char *file;
    uint32_t line; /* 0 when unknown */
};

/* A lock that a frame holds. `object` is the Python object, `word` what a thread blocked on it
 * waits for: the address of its sem_t, or of its byte. */
struct python_held {
    uint64_t object, word;
    size_t frame;  /* position of the frame whose with block it is; SIZE_MAX if not known (RLock) */
    uint32_t line; /* of that with statement, 0 if not known */
};

struct python_thread {
    uint32_t tid;
    const char *name;                  /* threading's, NULL when unknown */
    const struct python_frame *frames; /* innermost first */
    size_t frame_count;
    /* Never the lock that it waits for, whose __exit__ a with block has at hand already. */
    const struct python_held *held;
    size_t held_count;
    /* The lock its innermost frame is acquiring, as far as the frame shows it; object 0 when not.
     * From 3.13 on a thread sleeps on a semaphore of its own, so nothing else tells. */
    struct python_held wanted;
    /* The thread whose end it waits for (Thread.join, or the interpreter's own at exit), 0 for
     * none; then it wants no lock. */
    uint32_t joins;
};

struct python_state {
    const char *version; /* "3.11"; NULL when the target runs no Python that is understood */
    const char *problem; /* Python runs, but this is why it, or not all of it, can be read */
    const struct python_thread *threads;
    size_t thread_count;
    const struct python_names *names; /* private: python_lock_name */
};

/* Reads the Python threads of the target. Threads that are not stopped may yield broken stacks;
 * the caller looks at those that are blocked. */
void python_state_read(struct target *target, struct python_state *state);

/* NULL when it runs no Python. */
const struct python_thread *python_state_find(const struct python_state *state, uint32_t tid);

/* "lock_A" for a lock object that is a global of a module, or an attribute "account.lock" where
 * that can be told; NULL otherwise. */
const char *python_lock_name(struct target *target, const struct python_state *state,
                             uint64_t object);

#endif
