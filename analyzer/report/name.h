/* What a report calls locks and threads. Locks that would share a name, because one function makes
 * them all, are told by its callers too if these differ; those that still share one get #1, #2, ...
 * in the order they were added. Not thread-safe; not yet escaped for an output. */
#ifndef UNKNOT_REPORT_NAME_H
#define UNKNOT_REPORT_NAME_H

#include "analyzer/report/symbol.h"

struct names;

struct names *names_create(struct arena *arena, struct symbolizer *symbolizer);

/* Makes the lock known. Add all the locks of a report before asking for the first name. */
void names_add_lock(struct names *names, const struct execution *execution, uint32_t lock);

/* "lock_A", "mutex created at f (file.c:12) #2", "end of T2 'worker'" */
const char *names_lock(struct names *names, const struct execution *execution, uint32_t lock);

/* The same without #1: all the locks born at one place share it. */
const char *names_lock_class(struct names *names, const struct execution *execution, uint32_t lock);

/* The same, told from the lock alone: two classes may share it. Does not make the lock known. */
const char *names_lock_birth(struct names *names, const struct execution *execution,
                             const struct lock *lock);

/* "main thread", "T2 'worker'"; "process 4242 T2 'worker'" where several act together */
const char *names_thread(struct names *names, const struct execution *execution, uint32_t thread);

/* "mutex", "rwlock" */
const char *names_kind_word(const struct lock *lock);

/* "recursive mutex", "rwlock" */
const char *names_lock_kind(struct arena *arena, const struct lock *lock);

/* The stack that tells where the lock was born: initialised, else first used. */
uint32_t names_birth_stack(const struct lock *lock);

#endif
