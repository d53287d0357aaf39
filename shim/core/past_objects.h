/* Where objects that are no more were destroyed, so that a use afterwards can be told with it, and
 * which barriers and conditions were initialised: they are no locks, and nothing else knows of
 * them.
 *
 * A table of fixed size, by address: the object destroyed last at a place of the table pushes out
 * the one before, and then a report lacks a place. Any thread; takes a lock of its own, but not to
 * say that something is not there. */
#ifndef UNKNOT_SHIM_PAST_OBJECTS_H
#define UNKNOT_SHIM_PAST_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/format.h"

struct past_object {
    uintptr_t address;
    enum misuse_object object;
    enum misuse_role role; /* DESTROYED, JOINED or CREATED */
    uint32_t thread, stack;
};

/* The caller of a hook ends (or begins, or joins) the object: after the real function, when it has
 * succeeded. Captures the stack; does nothing where a hook would pass through. */
void past_objects_keep(enum misuse_object object, enum misuse_role role, const void *address,
                       uintptr_t caller, uintptr_t pointer);

/* Guarded. */
bool past_objects_find(const void *address, struct past_object *object);

/* The object of that kind that was there last is destroyed; the last thread with that handle was
 * joined. Not guarded, as is the next. */
bool past_objects_is_destroyed(const void *address, enum misuse_object object);
bool past_objects_is_joined(const void *handle);

/* Another object begins there. */
void past_objects_forget(const void *address);

void past_objects_after_fork(void);

#endif
