/* Writes what was learned to the recording: a dependency, with every lock and stack it names.
 * Slow path; the caller is guarded and holds no lock of the shim. */
#ifndef UNKNOT_SHIM_DEPENDENCY_H
#define UNKNOT_SHIM_DEPENDENCY_H

#include "shim/core/thread.h"

/* The thread requests the lock of `entry` under all the locks it holds. */
void dependency_record(struct shim_thread *self, const struct trace_held *entry);

/* The lock was released by a thread that did not hold it. */
void dependency_record_foreign_unlock(struct shim_thread *self, const void *object, uint32_t lock,
                                      uint32_t stack);

#endif
