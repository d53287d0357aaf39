/* Locks that lie in memory other processes may map too: where, so that the analyzer can tell that
 * several processes, or several addresses of one, mean the same lock. */
#ifndef UNKNOT_SHIM_LOCK_MAPPING_H
#define UNKNOT_SHIM_LOCK_MAPPING_H

#include "shim/core/lock_table.h"

/* Writes LOCK_MAPPING for an instance whose LOCK is written, if it may be shared between processes
 * and lies in shared memory, and says so; under recording_lock. */
bool lock_mapping_record(const struct lock_entry *entry);

#endif
