/* A semaphore is a lock or a signal; nothing about the object says which, so its use decides.
 *
 * It is a signal once it begins with another value than 1, is posted by a thread that does not
 * hold it, is had by two at a time, or makes its holder wait (unless it is proved a lock and the
 * wait has no end: then the thread has locked itself out). A signal stays one until it is
 * initialised again, and the hooks pass it through: it is not held, and no request of it recorded.
 * Everything else is treated as a lock, but the analyzer uses it only if it is also proved: its
 * holder has released it and it was acquired again.
 *
 * The functions here are the slow way, for signals, unproved semaphores and errors; what is proved
 * goes through the inline functions of acquire.h. A semaphore nobody initialised in our sight
 * (inherited, mapped) is judged by its value when first seen. All may be called anywhere a hook
 * may, and preserve errno. */
#ifndef UNKNOT_SHIM_SEMAPHORE_H
#define UNKNOT_SHIM_SEMAPHORE_H

#include <semaphore.h>

#include "shim/core/acquire.h"

/* After sem_init with this value, after sem_open, before sem_close. */
void semaphore_initialised(sem_t *semaphore, unsigned value, uintptr_t address, uintptr_t pointer);
void semaphore_opened(sem_t *semaphore, uintptr_t address, uintptr_t pointer);
void semaphore_closed(sem_t *semaphore);

/* Judges one that is not known yet by its value; false where nothing can be known. `free_value` is
 * what a lock that was free shows now: 1, or 0 if a try form has taken it already. */
bool semaphore_look_at(sem_t *semaphore, int free_value, uintptr_t address, uintptr_t pointer);

/* Like acquire_request and acquire_had. ACQUIRE_UNSEEN also for signals. */
enum acquire_result semaphore_request(sem_t *semaphore, int free_value, struct manner manner,
                                      uintptr_t address, uintptr_t pointer);
void semaphore_had(enum acquire_result requested, sem_t *semaphore, struct manner manner,
                   uintptr_t address, uintptr_t pointer);

/* Before the real post; true if the thread held it as a lock. */
bool semaphore_release(sem_t *semaphore, uintptr_t address, uintptr_t pointer);

#endif
