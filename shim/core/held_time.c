#include "shim/core/held_time.h"

#include <errno.h>
#include <time.h>

#include "shim/core/acquire.h"
#include "shim/core/misuse_lock.h"

/* Monotonic, in milliseconds; 0 stands for a time that was not taken. It comes round after 49 days,
 * differences do not. */
static uint32_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint32_t ms = (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
    return ms ? ms : 1;
}

void held_time_begin_slowly(const void *object)
{
    struct trace_held *held = acquire_find_held(thread_self, object);
    int saved_errno = errno;
    if (held && !held->attention)
        held->attention = now_ms();
    errno = saved_errno;
}

static enum misuse_object object_of(const struct trace_held *held)
{
    return misuse_object_of(lock_table_kind((const void *)(uintptr_t)held->address));
}

void held_time_end(const void *object, const char *function, uintptr_t address, uintptr_t pointer)
{
    if (!misuse_is_on(MISUSE_HELD_TOO_LONG))
        return;
    int saved_errno = errno;
    const struct trace_held *held = acquire_find_held(thread_self, object);
    uint32_t held_ms = held && held->attention ? now_ms() - held->attention : 0;
    /* Both times are rounded down: one more than the limit is longer than the limit. */
    if (held && held->count == 1 && held_ms > misuse_limits.HELD_TOO_LONG) {
        const struct misuse misuse = {.rule = MISUSE_HELD_TOO_LONG,
                                      .object = object_of(held),
                                      .place = object,
                                      .function = function,
                                      .result = held_ms > INT32_MAX ? INT32_MAX : (int)held_ms,
                                      .flags = TRACE_MISUSE_HELD_MS,
                                      .address = address,
                                      .pointer = pointer,
                                      .other = {.role = MISUSE_PLACE_LOCKED,
                                                .thread = thread_self->id,
                                                .stack = held->stack}};
        misuse_tell(&misuse);
    }
    errno = saved_errno;
}
