/* pthread_create, join and friends: who started whom, where, and what happens before what. */
#include "shim/hook/thread.h"

#include <errno.h>

#include "shim/core/deadlock.h"
#include "shim/core/everyone.h"
#include "shim/core/lifecycle.h"
#include "shim/core/orphan.h"
#include "shim/core/past_objects.h"
#include "shim/platform/birth_mark.h"
#include "shim/platform/plain_mutex.h"
#include "shim/platform/plain_spin.h"
#include "shim/platform/recording.h"

/* A thread that ends with locks held may still give them back in a key destructor, and the last one
 * that runs may still wake another. After the last round of these it cannot. The key is made when
 * the first such thread ends, so that its destructor comes after most of the program's. */
static pthread_key_t last_words;
static pthread_once_t last_words_once = PTHREAD_ONCE_INIT;
static bool has_last_words;

static void leave_locks(struct shim_thread *self)
{
    atomic_store_explicit(&self->is_leaving, true, memory_order_seq_cst);
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    orphan_add_all_of(self);
    thread_unguard(self);
    deadlock_look_left_by(self);
}

static void say_last_words(void *rounds)
{
    struct shim_thread *self = thread_enter();
    uintptr_t round = (uintptr_t)rounds + 1;
    if (!self || (round < PTHREAD_DESTRUCTOR_ITERATIONS + 1 &&
                  pthread_setspecific(last_words, (void *)round) == 0))
        return;
    if (thread_held_count(self))
        leave_locks(self);
    everyone_look_left_by(self);
}

static void make_last_words(void)
{
    has_last_words = pthread_key_create(&last_words, say_last_words) == 0;
}

void thread_hook_end(void *argument)
{
    struct shim_thread *self = argument;
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    thread_end(self);
    if (thread_held_count(self) || everyone_is_left_by(self)) {
        REAL_GET(pthread_once)(&last_words_once, make_last_words);
        if (has_last_words)
            pthread_setspecific(last_words, (void *)(uintptr_t)1);
    }
    thread_unguard(self);
    errno = saved_errno;
}

static size_t stack_size(const pthread_attr_t *attributes)
{
    size_t bytes = 0;
    if (attributes && pthread_attr_getstacksize(attributes, &bytes) == 0 && bytes)
        return bytes;
    return lifecycle_default_stack();
}

void thread_hook_begin(struct shim_thread *self)
{
    thread_guard(self, THREAD_CALLING_OUT);
    thread_self = self;
    thread_register(self, self->id, pthread_self());
    thread_begin(self, self->stack_bytes);
    thread_unguard(self);
}

/* The first function of every thread. Its frame ends the recorded stacks; its cleanup handler runs
 * on return, pthread_exit and cancellation alike. */
static void *run(void *argument)
{
    struct shim_thread *self = argument;
    void *result;
    thread_hook_begin(self);
    pthread_cleanup_push(thread_hook_end, self);
    result = self->start_routine(self->argument);
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

struct shim_thread *thread_hook_prepare(const pthread_attr_t *attributes,
                                        void *(*start_routine)(void *), void *argument,
                                        uintptr_t address, uintptr_t pointer)
{
    lifecycle_start_early(address);
    struct shim_thread *self = thread_enter();
    if (!hook_threads_started) {
        birth_mark_start();
        if (birth_mark_enabled) /* the inline path looks for the mark of every plain mutex */
            plain_mutex_start();
        plain_spin_start();
        hook_threads_started = true;
    }
    return self ? prepare(self, attributes, start_routine, argument, address, pointer) : NULL;
}

void thread_hook_created(struct shim_thread *child, uint32_t id, pthread_t handle)
{
    struct shim_thread *self = thread_self;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    thread_register(child, id, handle);
    thread_unguard(self);
    past_objects_forget((const void *)handle);
}

void thread_hook_failed(struct shim_thread *child)
{
    struct shim_thread *self = thread_self;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    thread_abandon(child);
    thread_unguard(self);
}

EXPORTED int pthread_create(pthread_t *handle, const pthread_attr_t *attributes,
                            void *(*start_routine)(void *), void *argument)
{
    struct shim_thread *child = thread_hook_prepare(attributes, start_routine, argument, CALLER);
    if (!child)
        return REAL_GET(pthread_create)(handle, attributes, start_routine, argument);
    uint32_t id = child->id;
    int result = REAL_GET(pthread_create)(handle, attributes, run, child);
    if (result == 0)
        thread_hook_created(child, id, *handle);
    else
        thread_hook_failed(child);
    if (result != 0)
        misuse_failed(MISUSE_OF_THREAD, NULL, __func__, result, CALLER);
    return result;
}

/* Under a monitor the other thread may have told that it needs the lock no more, as in any "wait
 * until done, then join": no request then. */
static void request_end(struct shim_thread *self, struct shim_thread *other, struct manner manner,
                        uintptr_t address, uintptr_t pointer)
{
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    bool may_be_told = acquire_holds_monitor(self);
    if (!may_be_told)
        lone_requests_await(other);
    thread_unguard(self);
    errno = saved_errno;
    if (!may_be_told)
        acquire_request(other, manner, address, pointer);
}

/* A try waits for nothing; to join oneself or a detached thread fails at once. */
void thread_join_begin(pthread_t handle, uint16_t mode, uintptr_t address, uintptr_t pointer,
                       struct thread_join *join)
{
    struct shim_thread *self = thread_enter();
    struct shim_thread *other = self ? thread_find(handle) : NULL;
    const struct manner manner = {TRACE_LOCK_THREAD, mode};
    join->self = self;
    join->other = other;
    join->waiting.self = NULL;
    if (!other || other == self || other->detached || mode & TRACE_MODE_TRY)
        return;
    if (thread_held_count(self))
        request_end(self, other, manner, address, pointer);
    const struct waiting_for target = {.object = (uintptr_t)other,
                                       .other = other->id,
                                       .lock = lock_table_find(other),
                                       .kind = manner.kind,
                                       .mode = manner.mode};
    if (events_are_on(self))
        events_of_thread(self, TRACE_EVENT_JOIN_REQUEST, mode, other->id,
                         events_stack(self, address, pointer));
    atomic_store_explicit(&other->is_awaited, true, memory_order_relaxed);
    steer_request(&target, address, pointer);
    waiting_begin_for(&join->waiting, &target, address, pointer);
}

void thread_join_end(const struct thread_join *join)
{
    if (!join->self)
        return;
    int saved_errno = errno;
    thread_guard(join->self, (uintptr_t)__builtin_frame_address(0));
    if (join->other)
        thread_joined(join->self, join->other);
    else
        recording_count_lost(TRACE_LOST_unknown_thread);
    thread_unguard(join->self);
    errno = saved_errno;
}

void thread_join_judge(pthread_t handle, int result, const char *function, uintptr_t address,
                       uintptr_t pointer)
{
    const void *place = (const void *)handle;
    if (result == 0)
        past_objects_keep(MISUSE_OF_THREAD, MISUSE_PLACE_JOINED, place, address, pointer);
    else if (result != EBUSY)
        misuse_failed_as(result == ESRCH || result == EDEADLK ? MISUSE_JOIN_INVALID
                         : result == EINVAL                   ? MISUSE_JOIN_DETACHED
                                                              : MISUSE_ERROR_IGNORED,
                         MISUSE_OF_THREAD, place, function, result, address, pointer);
}

EXPORTED int pthread_join(pthread_t handle, void **value)
{
    THREAD_JOIN(handle, 0, REAL_GET(pthread_join)(handle, value));
}

EXPORTED int pthread_tryjoin_np(pthread_t handle, void **value)
{
    THREAD_JOIN(handle, TRACE_MODE_TRY, REAL_GET(pthread_tryjoin_np)(handle, value));
}

EXPORTED int pthread_timedjoin_np(pthread_t handle, void **value, const struct timespec *deadline)
{
    THREAD_JOIN(handle, TRACE_MODE_TIMED, REAL_GET(pthread_timedjoin_np)(handle, value, deadline));
}

EXPORTED int pthread_clockjoin_np(pthread_t handle, void **value, clockid_t clock,
                                  const struct timespec *deadline)
{
    THREAD_JOIN(handle, TRACE_MODE_TIMED,
                REAL_GET(pthread_clockjoin_np)(handle, value, clock, deadline));
}

void thread_hook_detached(pthread_t handle)
{
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    thread_detached(handle);
    thread_unguard(self);
}

EXPORTED int pthread_detach(pthread_t handle)
{
    thread_hook_detached(handle);
    int result = REAL_GET(pthread_detach)(handle);
    if (result != 0)
        thread_join_judge(handle, result, __func__, CALLER);
    return result;
}

/* What was joined has no handle any more, whatever the C library says to it. */
static void judge_cancel(pthread_t handle, uintptr_t address, uintptr_t pointer)
{
    const struct misuse_judgement judgement = {.rule = MISUSE_CANCEL_INVALID};
    const void *place = (const void *)handle;
    if (past_objects_is_joined(place))
        misuse_tell_judgement(&judgement, MISUSE_OF_THREAD, place, "pthread_cancel", 0, address,
                              pointer);
}

/* A join or a semaphore that this thread waits in may end now. Known before it can. The C library
 * cancels with a signal handler of its own. */
EXPORTED int pthread_cancel(pthread_t handle)
{
    struct shim_thread *self = thread_enter();
    struct shim_thread *other = NULL;
    int saved_errno = errno;
    inner_quiet_needed = true;
    if (self) {
        thread_guard(self, (uintptr_t)__builtin_frame_address(0));
        other = thread_find(handle);
        if (other)
            atomic_store_explicit(&other->is_cancelled, true, memory_order_seq_cst);
        thread_unguard(self);
        errno = saved_errno;
    }
    if (!other)
        judge_cancel(handle, CALLER);
    return REAL_GET(pthread_cancel)(handle);
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
