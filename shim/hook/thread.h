/* What the pthread and the C11 thread functions share: around a creation, on the new thread,
 * around a join. Each is called by the hook of the thread it is about; none changes errno. */
#ifndef UNKNOT_SHIM_HOOK_THREAD_H
#define UNKNOT_SHIM_HOOK_THREAD_H

#include <pthread.h>

#include "shim/hook/hook.h"

/* A thread is about to be created: its state, or NULL to create it unseen. */
struct shim_thread *thread_hook_prepare(const pthread_attr_t *attributes,
                                        void *(*start_routine)(void *), void *argument,
                                        uintptr_t address, uintptr_t pointer);

/* The real function has created the thread with this handle; or it failed. `id` is the state's
 * from before: by now it may have ended and be another's. */
void thread_hook_created(struct shim_thread *child, uint32_t id, pthread_t handle);
void thread_hook_failed(struct shim_thread *child);

/* First thing on the new thread, and the cleanup handler of its first function. */
void thread_hook_begin(struct shim_thread *self);
void thread_hook_end(void *self);

void thread_hook_detached(pthread_t handle);

struct thread_join {
    struct shim_thread *self, *other; /* NULL: not known */
    struct waiting waiting;
};

/* Before and after the real join. The other's state is looked up first: once joined, the handle
 * may be somebody else's. A join that is cancelled waits no more. */
void thread_join_begin(pthread_t handle, uint16_t mode, uintptr_t address, uintptr_t pointer,
                       struct thread_join *join);
void thread_join_end(const struct thread_join *join);

/* A join or detach was done, or failed: for the misuse checks. */
void thread_join_judge(pthread_t handle, int result, const char *function, uintptr_t address,
                       uintptr_t pointer);

/* The body of a join hook: success is 0 in either family. */
#define THREAD_JOIN(handle, MODE, CALL)                                                            \
    struct thread_join join;                                                                       \
    int result;                                                                                    \
    if (!((MODE)&TRACE_MODE_TRY))                                                                  \
        misuse_of_held(MISUSE_HELD_ACROSS_BLOCKING_CALL, NULL, __func__, CALLER);                  \
    thread_join_begin(handle, MODE, CALLER, &join);                                                \
    pthread_cleanup_push(waiting_end, &join.waiting);                                              \
    result = CALL;                                                                                 \
    pthread_cleanup_pop(1);                                                                        \
    if (result == 0)                                                                               \
        thread_join_end(&join);                                                                    \
    thread_join_judge(handle, result, __func__, CALLER);                                           \
    return result

#endif
