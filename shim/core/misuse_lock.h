/* What is wrong with a release, a destruction or an initialisation, judged by the lock itself: what
 * glibc keeps in it, and which thread the shim saw acquiring it. Where a lock may have been
 * acquired unseen, what the object says decides, and if it does not say, nothing is wrong. In a
 * fork child the locks from before are not judged: the thread that held them may not be there.
 *
 * For the unusual branches of hooks. Judged before the real function, which may change the object,
 * and told after it. Reads the object, so call only where the real function would, too. */
#ifndef UNKNOT_SHIM_MISUSE_LOCK_H
#define UNKNOT_SHIM_MISUSE_LOCK_H

#include <semaphore.h>

#include "shim/core/misuse.h"

/* What MISUSE_OBJECT a lock kind is, 0 for those that are not judged. */
enum misuse_object misuse_object_of(uint16_t kind);

/* A judgement to be told, MISUSE_NONE if there is nothing. */
struct misuse_judgement {
    enum misuse_rule rule;
    struct trace_misuse_place other;
};

/* The thread is about to release a lock that is not among those it holds. */
struct misuse_judgement misuse_of_unlock(enum trace_lock_kind kind, const void *object);

/* A condition wait is about to give back a mutex that is not among those the thread holds. */
struct misuse_judgement misuse_of_wait(const void *mutex);

struct misuse_judgement misuse_of_destroy(enum trace_lock_kind kind, const void *object);
struct misuse_judgement misuse_of_init(enum trace_lock_kind kind, const void *object);

/* An object known as one kind of lock is used as another. Guarded. */
bool misuse_is_wrong_kind(enum trace_lock_kind kind, const void *object);

/* Its functions fail for a thread that does not hold it. */
bool misuse_checks_owner(enum trace_lock_kind kind, const void *object);

/* After the real function: `result` is what it returned. */
void misuse_tell_judgement(const struct misuse_judgement *judgement, enum misuse_object object,
                           const void *place, const char *function, int result, uintptr_t address,
                           uintptr_t pointer);

/* Memory is about to be given back (guarded), its end excluded; `readable` if the locks in it can
 * still be read. */
void misuse_of_memory(struct shim_thread *self, uintptr_t start, uintptr_t end, bool readable,
                      const char *function, uintptr_t address, uintptr_t pointer);

/* The thread is no more (the caller is guarded): what it held stays held. */
void misuse_of_gone_thread(const struct shim_thread *gone);

/* The calling thread holds locks in a call that is better made without, all but `except`. */
void misuse_of_held(enum misuse_rule rule, const void *except, const char *function,
                    uintptr_t address, uintptr_t pointer);

/* At exit, guarded: locks that were initialised and are still there. */
void misuse_of_undestroyed(struct shim_thread *self);

#endif
