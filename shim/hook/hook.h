/* What every hook file needs. A hook is an exported function with the C library's own prototype;
 * everything else in the library is hidden. */
#ifndef UNKNOT_SHIM_HOOK_H
#define UNKNOT_SHIM_HOOK_H

#include "shim/core/acquire.h"
#include "shim/core/waiting.h"
#include "shim/core/misuse_lock.h"
#include "shim/core/perturb.h"
#include "shim/platform/real.h"

#define EXPORTED __attribute__((visibility("default")))

/* glibc's own aliases of a function, which older libraries still bind to. */
#define EXPORTED_ALIAS(name)                                                                       \
    extern __typeof__(name) __##name                                                               \
        __attribute__((alias(#name), copy(name), visibility("default")))

/* False until the program creates its first thread. Set before it exists, so plain is enough. */
extern bool hook_threads_started __attribute__((visibility("hidden")));

/* A lock object is initialised (in its hook, after the real function) or destroyed. */
void hook_initialised(const void *object, enum trace_lock_kind kind, uintptr_t address,
                      uintptr_t pointer);
/* The same for an object that does not show all of its flags. */
void hook_initialised_as(const void *object, enum trace_lock_kind kind, uint16_t flags,
                         uintptr_t address, uintptr_t pointer);
void hook_destroyed(const void *object);

/* What the misuse checks have to say to it. An initialisation is judged before the real function; a
 * destruction, too, and told with its result after it. */
void hook_begins(const void *object, enum trace_lock_kind kind, const char *function,
                 uintptr_t address, uintptr_t pointer);
struct misuse_judgement hook_ends(const void *object, enum trace_lock_kind kind);
void hook_ended(const void *object, enum trace_lock_kind kind,
                const struct misuse_judgement *judgement, const char *function, int result,
                uintptr_t address, uintptr_t pointer);

/* A release, judged before it unless the thread held the lock. */
void hook_released(const void *object, enum trace_lock_kind kind,
                   const struct misuse_judgement *judgement, const char *function, int result,
                   uintptr_t address, uintptr_t pointer);

/* A lock could not be had. */
void hook_lock_failed(const void *object, enum trace_lock_kind kind, const char *function,
                      int result, uintptr_t address, uintptr_t pointer);

#endif
