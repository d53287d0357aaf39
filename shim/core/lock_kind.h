/* What kind of lock is this? Read from the object itself, as glibc lays it out (2.31 to 2.36):
 * locks set up by a static initialiser are never seen being initialised. */
#ifndef UNKNOT_SHIM_LOCK_KIND_H
#define UNKNOT_SHIM_LOCK_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/format.h"

/* TRACE_LOCK_* flags of an object. */
uint16_t lock_kind_flags(enum trace_lock_kind kind, const void *object);

/* The kernel id of the thread that owns the lock for itself alone, as the object (a mutex or
 * rwlock) says; 0: it says none. */
uint32_t lock_kind_owner(enum trace_lock_kind kind, const void *object);

enum lock_owned { LOCK_NOT_OWNED, LOCK_OWNED, LOCK_OWNER_UNKNOWN };

/* Does the object itself say that the thread with this kernel id owns it? */
enum lock_owned lock_kind_owned(enum trace_lock_kind kind, const void *object, uint32_t kernel_tid);

/* Does anybody have the mutex, rwlock or spinlock, as far as the object tells? */
bool lock_kind_is_held(enum trace_lock_kind kind, const void *object);

#endif
