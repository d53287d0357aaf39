/* What the hooks of other libraries' locks have in common. These locks are opaque: what there is to
 * know of one is its kind, and what its creation said.
 *
 * A macro each, as CALLER is the caller of the function it is used in. TRY and CALL are the real
 * calls; every path makes one of them, or TRY and then CALL, like the library itself would. */
#ifndef UNKNOT_SHIM_FOREIGN_HOOK_H
#define UNKNOT_SHIM_FOREIGN_HOOK_H

#include "shim/hook/hook.h"
#include "shim/platform/foreign.h"

/* Defines the hook that the loader binds `symbol` of `version` to and dlsym does not find. */
#define FOREIGN_HOOK(result, id, parameters, symbol, version)                                      \
    __asm__(".symver hook_" #id "," symbol "@" version);                                           \
    EXPORTED result hook_##id parameters;                                                          \
    EXPORTED result hook_##id parameters

#define FOREIGN_BLOCKING(object, KIND, MODE, TRY, CALL)                                            \
    const struct manner manner = {KIND, MODE};                                                     \
    enum acquire_result requested = acquire_request(object, manner, CALLER);                       \
    if (requested == ACQUIRE_UNSEEN) {                                                             \
        CALL;                                                                                      \
    } else {                                                                                       \
        if (requested == ACQUIRE_HELD || !(TRY)) {                                                 \
            struct waiting waiting;                                                                \
            waiting_begin(&waiting, object, manner, CALLER);                                       \
            CALL;                                                                                  \
            waiting_end(&waiting);                                                                 \
        }                                                                                          \
        acquire_had(requested, object, manner, CALLER);                                            \
    }

#define FOREIGN_TRYING(object, KIND, MODE, TRY)                                                    \
    const struct manner manner = {KIND, (MODE) | TRACE_MODE_TRY};                                  \
    uint32_t sample = events_sample(KIND, object);                                                 \
    __typeof__(TRY) result = TRY;                                                                  \
    if (result)                                                                                    \
        acquire_had(acquire_request(object, manner, CALLER), object, manner, CALLER);              \
    else                                                                                           \
        events_try_failed(KIND, MODE, object, sample, CALLER);                                     \
    return result

#define FOREIGN_TIMED(object, KIND, MODE, CALL)                                                    \
    const struct manner manner = {KIND, MODE};                                                     \
    enum acquire_result requested = acquire_request(object, manner, CALLER);                       \
    struct waiting waiting;                                                                        \
    waiting_begin(&waiting, object, manner, CALLER);                                               \
    __typeof__(CALL) result = CALL;                                                                \
    waiting_end(&waiting);                                                                         \
    if (result)                                                                                    \
        acquire_had(requested, object, manner, CALLER);                                            \
    return result

#define FOREIGN_RELEASE(object, CALL)                                                              \
    bool held = acquire_release(object);                                                           \
    if (__builtin_expect(!held, 0))                                                                \
        events_released_by_other(object, CALLER);                                                  \
    CALL;                                                                                          \
    if (__builtin_expect(!held, 0))                                                                \
        acquire_released_foreign(object, CALLER);                                                  \
    perturb_here(CALLER_ADDRESS)

/* A condition wait gives `monitor` back and asks for it again inside the library. */
#define FOREIGN_WAIT(condition, monitor, KIND, MODE, CALL)                                         \
    struct acquire_wait wait;                                                                      \
    struct waiting waiting;                                                                        \
    acquire_wait_begin_as(monitor, KIND, CALLER, &wait);                                           \
    const struct waiting_for target = {.object = (uintptr_t)(condition),                           \
                                       .other = (uintptr_t)(monitor),                              \
                                       .lock = lock_table_find(monitor),                           \
                                       .kind = TRACE_WAIT_CONDITION,                               \
                                       .mode = MODE};                                              \
    waiting_begin_for(&waiting, &target, CALLER);                                                  \
    CALL;                                                                                          \
    waiting_end(&waiting);                                                                         \
    acquire_wait_end(&wait)

/* The real function, or out of the hook: there is none only for a weak reference to a library that
 * is not loaded. */
#define FOREIGN_REAL(name, id, ...)                                                                \
    __typeof__(foreign_functions.id) name = FOREIGN_GET(id);                                       \
    if (__builtin_expect(!(name), 0))                                                              \
    return __VA_ARGS__

#endif
