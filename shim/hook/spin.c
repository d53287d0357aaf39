/* pthread_spin_*: spinning is waiting. */
#include "shim/hook/standin.h"

#include "shim/platform/plain_spin.h"

EXPORTED int pthread_spin_init(pthread_spinlock_t *spin, int shared)
{
    hook_begins((const void *)spin, TRACE_LOCK_SPIN, __func__, CALLER);
    int result = REAL_GET(pthread_spin_init)(spin, shared);
    uint16_t flags = shared == PTHREAD_PROCESS_SHARED ? TRACE_LOCK_SHARED : 0;
    if (result == 0)
        hook_initialised_as((const void *)spin, TRACE_LOCK_SPIN, flags, CALLER);
    return result;
}

EXPORTED int pthread_spin_destroy(pthread_spinlock_t *spin)
{
    const void *object = (const void *)spin;
    const struct misuse_judgement judgement = hook_ends(object, TRACE_LOCK_SPIN);
    int result = REAL_GET(pthread_spin_destroy)(spin);
    hook_ended(object, TRACE_LOCK_SPIN, &judgement, __func__, result, CALLER);
    return result;
}

static const struct manner locking = {TRACE_LOCK_SPIN, 0};

/* Most spinlocks are free again before it is worth saying that they are not. */
static void lock_really(pthread_spinlock_t *spin, uintptr_t address, uintptr_t pointer)
{
    enum { TRIES = 100 };
    struct waiting waiting;
    for (int i = 0; i < TRIES; i++) {
        if (REAL_GET(pthread_spin_trylock)(spin) == 0)
            return;
        __builtin_ia32_pause();
    }
    waiting_begin(&waiting, (const void *)spin, locking, address, pointer);
    REAL(pthread_spin_lock)(spin);
    waiting_end(&waiting);
}

/* The lock is had; a signal handler may have overwritten its entry. */
static __attribute__((noinline)) int lock_overwritten(pthread_spinlock_t *spin, uintptr_t address,
                                                      uintptr_t pointer)
{
    acquire_redo((const void *)spin, locking, address, pointer);
    events_acquired(thread_self, TRACE_LOCK_SPIN, (const void *)spin);
    return 0;
}

static __attribute__((noinline)) int lock_not_free(pthread_spinlock_t *spin, uintptr_t address,
                                                   uintptr_t pointer)
{
    lock_really(spin, address, pointer);
    acquire_done(thread_self, (const void *)spin, locking, address, pointer);
    events_acquired(thread_self, TRACE_LOCK_SPIN, (const void *)spin);
    return 0;
}

static int lock_unseen_itself(pthread_spinlock_t *spin, uintptr_t address, uintptr_t pointer)
{
    const void *object = (const void *)spin;
    enum acquire_result requested = acquire_request_slow(object, locking, address, pointer);
    if (requested == ACQUIRE_UNSEEN)
        return REAL_GET(pthread_spin_lock)(spin);
    lock_really(spin, address, pointer);
    acquire_had(requested, object, locking, address, pointer);
    return 0;
}

static int lock_call(const struct standin_call *call)
{
    return lock_unseen_itself((pthread_spinlock_t *)call->object, call->address, call->pointer);
}

static __attribute__((noinline)) int lock_unseen(pthread_spinlock_t *spin, uintptr_t address,
                                                 uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {(const void *)spin, locking, 0,      NULL,
                                          lock_call,          address, pointer};
        return standin_acquire(&call);
    }
    return lock_unseen_itself(spin, address, pointer);
}

static __attribute__((noinline)) int lock_counted(struct shim_thread *self, const void *object)
{
    events_acquired(self, TRACE_LOCK_SPIN, object);
    return 0;
}

/* As for mutexes: in the usual case nothing is called, and who records has a way of its own. */
static ALWAYS_INLINE int lock(struct shim_thread *self, pthread_spinlock_t *spin, bool records,
                              uintptr_t address, uintptr_t pointer)
{
    const void *object = (const void *)spin;
    if (__builtin_expect(!acquire_is_seen(self, object, locking, address, pointer), 0))
        return lock_unseen(spin, address, pointer);
    if (__builtin_expect(!plain_spin_take(spin), 0))
        return lock_not_free(spin, address, pointer);
    acquire_move_top(self, 1);
    if (__builtin_expect(self->top[-1].address != (uintptr_t)object, 0))
        return lock_overwritten(spin, address, pointer);
    if (!records)
        return 0;
    event_word *word = event_word_in_table(self, self->top[-1].lock);
    if (__builtin_expect(!word, 0))
        return lock_counted(self, object);
    events_held_alone(self, word);
    return 0;
}

static __attribute__((noinline)) int lock_recording(struct shim_thread *self,
                                                    pthread_spinlock_t *spin, uintptr_t address,
                                                    uintptr_t pointer)
{
    return lock(self, spin, true, address, pointer);
}

EXPORTED int pthread_spin_lock(pthread_spinlock_t *spin)
{
    struct shim_thread *self = thread_self;
    return events_are_on(self) ? lock_recording(self, spin, CALLER)
                               : lock(self, spin, false, CALLER);
}

static const struct manner trying = {TRACE_LOCK_SPIN, TRACE_MODE_TRY};

static ALWAYS_INLINE int try_itself(pthread_spinlock_t *spin, uintptr_t address, uintptr_t pointer)
{
    const void *object = (const void *)spin;
    uint32_t sample = events_sample(TRACE_LOCK_SPIN, object);
    int result = REAL_GET(pthread_spin_trylock)(spin);
    if (result == 0)
        acquire_had(acquire_request(object, trying, address, pointer), object, trying, address,
                    pointer);
    else
        events_try_failed(TRACE_LOCK_SPIN, 0, object, sample, address, pointer);
    return result;
}

static int try_call(const struct standin_call *call)
{
    return try_itself((pthread_spinlock_t *)call->object, call->address, call->pointer);
}

EXPORTED int pthread_spin_trylock(pthread_spinlock_t *spin)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {(const void *)spin, trying, 0, NULL, try_call, CALLER};
        return standin_acquire(&call);
    }
    return try_itself(spin, CALLER);
}

static int unlock_other_itself(pthread_spinlock_t *spin, uintptr_t address, uintptr_t pointer)
{
    const void *object = (const void *)spin;
    held_time_end(object, "pthread_spin_unlock", address, pointer);
    bool held = acquire_release_slow(object);
    struct misuse_judgement judgement = {.rule = MISUSE_NONE};
    if (!held) {
        judgement = misuse_of_unlock(TRACE_LOCK_SPIN, object);
        events_released_by_other(object, address, pointer);
    }
    int result = REAL_GET(pthread_spin_unlock)(spin);
    hook_released(object, TRACE_LOCK_SPIN, &judgement, "pthread_spin_unlock", result, address,
                  pointer);
    if (!held)
        acquire_released_foreign((const void *)spin, address, pointer);
    perturb_here(address);
    return result;
}

static int unlock_call(const struct standin_call *call)
{
    return unlock_other_itself((pthread_spinlock_t *)call->object, call->address, call->pointer);
}

static __attribute__((noinline)) int unlock_other(pthread_spinlock_t *spin, uintptr_t address,
                                                  uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {(const void *)spin, locking, 0,      NULL,
                                          unlock_call,        address, pointer};
        return standin_release(&call);
    }
    return unlock_other_itself(spin, address, pointer);
}

static ALWAYS_INLINE int unlock_last(struct shim_thread *self, pthread_spinlock_t *spin)
{
    acquire_drop_last(self);
    return __builtin_expect(plain_spin_give_back(spin), 1) ? 0 : REAL(pthread_spin_unlock)(spin);
}

/* The thread does not remember where the lock counts. */
static __attribute__((noinline)) int unlock_counted(struct shim_thread *self,
                                                    pthread_spinlock_t *spin)
{
    events_table_release(self);
    return unlock_last(self, spin);
}

/* Its number is taken; there is no room for the event. */
static __attribute__((noinline)) int unlock_full(struct shim_thread *self, pthread_spinlock_t *spin,
                                                 uint32_t number)
{
    events_release_as(self, number);
    return unlock_last(self, spin);
}

static __attribute__((noinline)) int unlock_recording(struct shim_thread *self,
                                                      pthread_spinlock_t *spin, uintptr_t address,
                                                      uintptr_t pointer)
{
    uint32_t number;
    if (__builtin_expect(!acquire_is_last(self, (const void *)spin), 0))
        return unlock_other(spin, address, pointer);
    event_word *word = event_word_in_table(self, self->top[-1].lock);
    if (__builtin_expect(!word, 0))
        return unlock_counted(self, spin);
    if (__builtin_expect(!events_given_alone(self, word, &number), 0))
        return unlock_full(self, spin, number);
    return unlock_last(self, spin);
}

EXPORTED int pthread_spin_unlock(pthread_spinlock_t *spin)
{
    struct shim_thread *self = thread_self;
    if (events_are_on(self))
        return unlock_recording(self, spin, CALLER);
    return __builtin_expect(acquire_is_last(self, (const void *)spin), 1)
               ? unlock_last(self, spin)
               : unlock_other(spin, CALLER);
}
