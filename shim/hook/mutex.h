/* What the hooks of mutexes do where no fix is applied, for those of locks that a mutex stands in
 * for. Each returns what the function of that name would; the caller says how it is recorded. */
#ifndef UNKNOT_SHIM_HOOK_MUTEX_H
#define UNKNOT_SHIM_HOOK_MUTEX_H

#include "shim/hook/hook.h"

int mutex_lock_itself(pthread_mutex_t *mutex, uintptr_t address, uintptr_t pointer);
int mutex_try_itself(pthread_mutex_t *mutex, struct manner manner, uintptr_t address,
                     uintptr_t pointer);
int mutex_timed_itself(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline,
                       uintptr_t address, uintptr_t pointer);
int mutex_unlock_itself(pthread_mutex_t *mutex, uintptr_t address, uintptr_t pointer);

#endif
