/* pthread_create, join and friends: who started whom, where, and what happens before what. */
#include "shim/hook/hook.h"

#include <errno.h>

#include "shim/core/lifecycle.h"
#include "shim/platform/birth_mark.h"
#include "shim/platform/plain_mutex.h"
#include "shim/platform/recording.h"

static void leave(void *context)
{
    struct shim_thread *self = context;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    thread_end(self);
    thread_unguard(self);
}

static size_t stack_size(const pthread_attr_t *attributes)
{
    size_t bytes = 0;
    if (attributes && pthread_attr_getstacksize(attributes, &bytes) == 0 && bytes)
        return bytes;
    return lifecycle_default_stack();
}

/* The first function of every thread. Its frame ends the recorded stacks; its cleanup handler runs
 * on return, pthread_exit and cancellation alike. */
static void *run(void *argument)
{
    struct shim_thread *self = argument;
    void *(*start_routine)(void *) = self->start_routine;
    void *result;
    self->busy = THREAD_CALLING_OUT;
    thread_self = self;
    thread_register(self, self->id, pthread_self());
    thread_begin(self, self->stack_bytes);
    thread_unguard(self);
    pthread_cleanup_push(leave, self);
    result = start_routine(self->argument);
    pthread_cleanup_pop(1);
    return result;
}

static bool asks_detached(const pthread_attr_t *attributes)
{
    int state;
    return attributes && pthread_attr_getdetachstate(attributes, &state) == 0 &&
           state == PTHREAD_CREATE_DETACHED;
}

static struct shim_thread *prepare(struct shim_thread *self, const pthread_attr_t *attributes,
                                   void *(*start_routine)(void *), void *argument,
                                   uintptr_t address, uintptr_t pointer)
{
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    const struct known_stack *stack = thread_capture(self, address, pointer);
    struct shim_thread *child = thread_prepare(self, stack ? stack->id : 0);
    if (child) {
        child->start_routine = start_routine;
        child->argument = argument;
        child->stack_bytes = stack_size(attributes);
        child->detached = asks_detached(attributes);
    }
    thread_unguard(self);
    errno = saved_errno;
    return child;
}

EXPORTED int pthread_create(pthread_t *handle, const pthread_attr_t *attributes,
                            void *(*start_routine)(void *), void *argument)
{
    lifecycle_start_early(CALLER_ADDRESS);
    struct shim_thread *self = thread_enter();
    if (!hook_threads_started) {
        birth_mark_start();
        if (birth_mark_enabled) /* the inline path looks for the mark of every plain mutex */
            plain_mutex_start();
        hook_threads_started = true;
    }
    struct shim_thread *child =
        self ? prepare(self, attributes, start_routine, argument, CALLER) : NULL;
    if (!child)
        return REAL_GET(pthread_create)(handle, attributes, start_routine, argument);
    uint32_t id = child->id;
    int result = REAL_GET(pthread_create)(handle, attributes, run, child);
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    if (result != 0)
        thread_abandon(child);
    else
        thread_register(child, id, *handle);
    thread_unguard(self);
    return result;
}

static void joined(struct shim_thread *self, struct shim_thread *other)
{
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    if (other)
        thread_joined(self, other);
    else
        recording_count_lost(TRACE_LOST_unknown_thread);
    thread_unguard(self);
    errno = saved_errno;
}

/* The state is looked up first: once joined, the handle may be another thread's. */
#define JOIN(handle, CALL)                                                                         \
    struct shim_thread *self = thread_enter();                                                     \
    if (!self)                                                                                     \
        return CALL;                                                                               \
    struct shim_thread *other = thread_find(handle);                                               \
    int result = CALL;                                                                             \
    if (result == 0)                                                                               \
        joined(self, other);                                                                       \
    return result

EXPORTED int pthread_join(pthread_t handle, void **value)
{
    JOIN(handle, REAL_GET(pthread_join)(handle, value));
}

EXPORTED int pthread_tryjoin_np(pthread_t handle, void **value)
{
    JOIN(handle, REAL_GET(pthread_tryjoin_np)(handle, value));
}

EXPORTED int pthread_timedjoin_np(pthread_t handle, void **value, const struct timespec *deadline)
{
    JOIN(handle, REAL_GET(pthread_timedjoin_np)(handle, value, deadline));
}

EXPORTED int pthread_clockjoin_np(pthread_t handle, void **value, clockid_t clock,
                                  const struct timespec *deadline)
{
    JOIN(handle, REAL_GET(pthread_clockjoin_np)(handle, value, clock, deadline));
}

EXPORTED int pthread_detach(pthread_t handle)
{
    struct shim_thread *self = thread_enter();
    if (self) {
        thread_guard(self, (uintptr_t)__builtin_frame_address(0));
        thread_detached(handle);
        thread_unguard(self);
    }
    return REAL_GET(pthread_detach)(handle);
}

EXPORTED int pthread_setname_np(pthread_t handle, const char *name)
{
    int result = REAL_GET(pthread_setname_np)(handle, name);
    struct shim_thread *self = result == 0 ? thread_enter() : NULL;
    if (self) {
        int saved_errno = errno;
        thread_guard(self, (uintptr_t)__builtin_frame_address(0));
        thread_renamed(self, handle, name);
        thread_unguard(self);
        errno = saved_errno;
    }
    return result;
}
