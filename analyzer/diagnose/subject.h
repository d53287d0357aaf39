/* A target with names: its modules as an execution has them, so that stacks and locks are named as
 * in every report, and its call stacks, those of Python in front.
 *
 * Not thread-safe; allocates from the target's arena. Stacks are read once and kept. */
#ifndef UNKNOT_DIAGNOSE_SUBJECT_H
#define UNKNOT_DIAGNOSE_SUBJECT_H

#include "analyzer/diagnose/native_stack.h"
#include "analyzer/diagnose/python_frames.h"
#include "analyzer/diagnose/target.h"
#include "analyzer/report/name.h"
#include "analyzer/report/symbol.h"

struct subject {
    struct arena *arena;
    struct target *target;
    struct execution execution; /* modules, and the locks that subject_add_lock adds */
    struct symbolizer *symbolizer;
    struct names *names;
    struct native_stacks *stacks;
    struct python_state python;
    size_t lock_capacity;
    size_t unstopped; /* threads whose registers could not be read */
};

/* The target must stay open, and the subject where it is. */
void subject_init(struct subject *subject, struct target *target);
void subject_destroy(struct subject *subject);

/* The native stack of a thread with names; its registers are read now if `stop`. Without them the
 * stack may end early. */
struct frame_list subject_stack(struct subject *subject, struct target_thread *thread, bool stop);

/* Where the address lies, as module and offset; 0 in no module. */
trace_code_t subject_code(const struct subject *subject, uint64_t address);

/* Adds a lock to name; returns its id. `name` may be NULL. */
uint32_t subject_add_lock(struct subject *subject, enum trace_lock_kind kind, uint32_t flags,
                          uint64_t address, const char *name);

/* "main thread", "thread 4711 'worker'" */
const char *subject_thread_name(const struct subject *subject, const struct target_thread *thread);

#endif
