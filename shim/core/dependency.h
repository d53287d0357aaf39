/* Writes what was learned to the recording: a dependency, with every lock and stack it names.
 * Slow path; the caller is guarded and holds no lock of the shim. */
#ifndef UNKNOT_SHIM_DEPENDENCY_H
#define UNKNOT_SHIM_DEPENDENCY_H

#include "shim/core/thread.h"

/* The thread requests the lock of `entry` under all the locks it holds. */
void dependency_record(struct shim_thread *self, const struct trace_held *entry);

/* `thread`, the caller or another, requested a lock under none; see lone_requests.h. */
void dependency_record_lone(uint32_t thread, const struct lone_request *request);

/* What was learned of the lock at `object`; once, nothing if it is known. A lock that stands in no
 * record so far is written first if `always`, else left out. Returns the id it had, 0 if known. */
enum dependency_mark { MARK_ALWAYS, MARK_IF_WRITTEN };
uint32_t dependency_mark(struct shim_thread *self, const void *object, uint16_t marks,
                         enum dependency_mark when, uint32_t stack);

#endif
