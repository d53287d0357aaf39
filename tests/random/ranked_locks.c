#include "tests/random/ranked_locks.h"

#include <semaphore.h>
#include <threads.h>

enum kind { MUTEX, RWLOCK, SEMAPHORE, C11, SPIN };
enum form { BLOCKING, TRIED, TIMED };

/* Special ways to make a mutex or rwlock. */
enum way { PLAIN, INHERITING, ROBUST };

/* In the order of their ranks. Spinlocks have the highest: who has one never sleeps. */
static const struct description {
    enum kind kind;
    int type;
    enum way way;
} descriptions[] = {
    {MUTEX, PTHREAD_MUTEX_NORMAL, PLAIN},
    {RWLOCK, PTHREAD_RWLOCK_PREFER_READER_NP, PLAIN},
    {MUTEX, PTHREAD_MUTEX_RECURSIVE, PLAIN},
    {SEMAPHORE, 0, PLAIN},
    {MUTEX, PTHREAD_MUTEX_NORMAL, INHERITING},
    {C11, mtx_timed, PLAIN},
    {MUTEX, PTHREAD_MUTEX_ERRORCHECK, PLAIN},
    {RWLOCK, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, PLAIN},
    {MUTEX, PTHREAD_MUTEX_NORMAL, ROBUST},
    {MUTEX, PTHREAD_MUTEX_ADAPTIVE_NP, PLAIN},
    {SEMAPHORE, 0, PLAIN},
    {RWLOCK, PTHREAD_RWLOCK_PREFER_WRITER_NP, PLAIN},
    {MUTEX, PTHREAD_MUTEX_NORMAL, PLAIN},
    {SPIN, 0, PLAIN},
    {SPIN, 0, PLAIN},
};

enum { RANKS = sizeof descriptions / sizeof descriptions[0] };

static struct lock {
    union {
        pthread_mutex_t mutex;
        pthread_rwlock_t rwlock;
        pthread_spinlock_t spin;
        sem_t semaphore;
        mtx_t c11;
    };
    long steps; /* guarded by the lock */
} locks[RANKS];

static long steps; /* of all holders that ended; atomic */

static void must_succeed(int error, const char *what)
{
    errno = error;
    must(error == 0, what);
}

static void init_mutex(pthread_mutex_t *mutex, int type, enum way way)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    must_succeed(pthread_mutexattr_settype(&attributes, type), "mutex type");
    if (way == INHERITING)
        must_succeed(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT), "protocol");
    if (way == ROBUST)
        must_succeed(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), "robust");
    must_succeed(pthread_mutex_init(mutex, &attributes), "pthread_mutex_init");
}

static void init_rwlock(pthread_rwlock_t *rwlock, int type)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    must_succeed(pthread_rwlockattr_setkind_np(&attributes, type), "rwlock kind");
    must_succeed(pthread_rwlock_init(rwlock, &attributes), "pthread_rwlock_init");
}

void ranked_locks_init(void)
{
    for (unsigned i = 0; i < RANKS; i++) {
        const struct description *description = &descriptions[i];
        if (description->kind == MUTEX)
            init_mutex(&locks[i].mutex, description->type, description->way);
        else if (description->kind == RWLOCK)
            init_rwlock(&locks[i].rwlock, description->type);
        else if (description->kind == SEMAPHORE)
            must(sem_init(&locks[i].semaphore, 0, 1) == 0, "sem_init");
        else if (description->kind == C11)
            must(mtx_init(&locks[i].c11, description->type) == thrd_success, "mtx_init");
        else
            must_succeed(pthread_spin_init(&locks[i].spin, 0), "pthread_spin_init");
    }
}

static bool was_had(int error)
{
    if (error != EBUSY && error != ETIMEDOUT)
        must_succeed(error, "take a lock");
    return error == 0;
}

static bool take_mutex(pthread_mutex_t *mutex, enum form form, const struct timespec *moment)
{
    int error = form == TRIED   ? pthread_mutex_trylock(mutex)
                : form == TIMED ? pthread_mutex_timedlock(mutex, moment)
                                : pthread_mutex_lock(mutex);
    return was_had(error == EOWNERDEAD ? pthread_mutex_consistent(mutex) : error);
}

static bool write_rwlock(pthread_rwlock_t *rwlock, enum form form, const struct timespec *moment)
{
    if (form == TRIED)
        return was_had(pthread_rwlock_trywrlock(rwlock));
    if (form == TIMED)
        return was_had(pthread_rwlock_timedwrlock(rwlock, moment));
    return was_had(pthread_rwlock_wrlock(rwlock));
}

static bool read_rwlock(pthread_rwlock_t *rwlock, enum form form, const struct timespec *moment)
{
    if (form == TRIED)
        return was_had(pthread_rwlock_tryrdlock(rwlock));
    if (form == TIMED)
        return was_had(pthread_rwlock_timedrdlock(rwlock, moment));
    return was_had(pthread_rwlock_rdlock(rwlock));
}

static bool take_semaphore(sem_t *semaphore, enum form form, const struct timespec *moment)
{
    if (form == TRIED)
        return sem_trywait(semaphore) == 0;
    if (form == TIMED)
        return sem_timedwait(semaphore, moment) == 0;
    return sem_wait(semaphore) == 0;
}

static bool take_c11(mtx_t *mutex, enum form form, const struct timespec *moment)
{
    if (form == TRIED)
        return mtx_trylock(mutex) == thrd_success;
    if (form == TIMED)
        return mtx_timedlock(mutex, moment) == thrd_success;
    return mtx_lock(mutex) == thrd_success;
}

static bool take(unsigned rank, enum form form, bool is_alone)
{
    struct lock *lock = &locks[rank];
    struct timespec moment = in_a_moment(CLOCK_REALTIME);
    switch (descriptions[rank].kind) {
    case MUTEX:
        return take_mutex(&lock->mutex, form, &moment);
    case RWLOCK:
        return (is_alone ? write_rwlock : read_rwlock)(&lock->rwlock, form, &moment);
    case SEMAPHORE:
        return take_semaphore(&lock->semaphore, form, &moment);
    case C11:
        return take_c11(&lock->c11, form, &moment);
    default:
        if (form == BLOCKING)
            return was_had(pthread_spin_lock(&lock->spin));
        return was_had(pthread_spin_trylock(&lock->spin));
    }
}

static void release(unsigned rank)
{
    struct lock *lock = &locks[rank];
    switch (descriptions[rank].kind) {
    case MUTEX:
        must_succeed(pthread_mutex_unlock(&lock->mutex), "pthread_mutex_unlock");
        break;
    case RWLOCK:
        must_succeed(pthread_rwlock_unlock(&lock->rwlock), "pthread_rwlock_unlock");
        break;
    case SEMAPHORE:
        must(sem_post(&lock->semaphore) == 0, "sem_post");
        break;
    case C11:
        must(mtx_unlock(&lock->c11) == thrd_success, "mtx_unlock");
        break;
    default:
        must_succeed(pthread_spin_unlock(&lock->spin), "pthread_spin_unlock");
        break;
    }
}

/* The lowest rank that it may wait for without a limit. */
static unsigned lowest_above(const struct holder *holder)
{
    unsigned lowest = 0;
    for (unsigned i = 0; i < holder->count; i++)
        lowest = holder->held[i] >= lowest ? holder->held[i] + 1 : lowest;
    return lowest;
}

static bool is_held(const struct holder *holder, unsigned rank)
{
    for (unsigned i = 0; i < holder->count; i++) {
        if (holder->held[i] == rank)
            return true;
    }
    return false;
}

static void note(struct holder *holder, unsigned rank, bool is_alone)
{
    holder->held[holder->count] = rank;
    holder->is_alone[holder->count++] = is_alone;
    if (!is_alone)
        return;
    locks[rank].steps++;
    holder->steps++;
}

void ranked_locks_take(struct holder *holder)
{
    unsigned lowest = lowest_above(holder), choice = below(holder->actor, 6);
    enum form form = choice == 0 ? TRIED : choice == 1 ? TIMED : BLOCKING;
    /* Who has a spinlock never sleeps: the others spin meanwhile. */
    bool has_spin = lowest > 0 && descriptions[lowest - 1].kind == SPIN;
    if (lowest == RANKS || (has_spin && form == TIMED))
        form = TRIED;
    unsigned from = form == BLOCKING ? lowest : 0;
    unsigned rank = from + below(holder->actor, RANKS - from);
    bool is_alone = descriptions[rank].kind != RWLOCK || below(holder->actor, 3) == 0;
    if (holder->count == MOST_HELD || is_held(holder, rank))
        return;
    if (take(rank, form, is_alone))
        note(holder, rank, is_alone);
}

void ranked_locks_release_last(struct holder *holder)
{
    if (holder->count > 0)
        release(holder->held[--holder->count]);
}

void ranked_locks_release_all(void *argument)
{
    struct holder *holder = argument;
    while (holder->count > 0)
        ranked_locks_release_last(holder);
    __atomic_add_fetch(&steps, holder->steps, __ATOMIC_SEQ_CST);
    holder->steps = 0;
}

void ranked_locks_leave_robust(struct holder *holder)
{
    for (unsigned rank = 0; rank < RANKS; rank++) {
        if (descriptions[rank].way == ROBUST && take(rank, BLOCKING, true)) {
            locks[rank].steps++;
            holder->steps++;
        }
    }
    __atomic_add_fetch(&steps, holder->steps, __ATOMIC_SEQ_CST);
    holder->steps = 0;
}

void ranked_locks_check(void)
{
    long guarded = 0;
    for (unsigned rank = 0; rank < RANKS; rank++)
        guarded += locks[rank].steps;
    errno = 0;
    must(guarded == steps, "the locks kept threads apart");
}
