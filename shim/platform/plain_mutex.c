#include "shim/platform/plain_mutex.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/platform/real.h"

int plain_mutex_kind = PLAIN_MUTEX_NONE;

static bool looks_like(const pthread_mutex_t *mutex, int lock, int owner, unsigned users, int kind)
{
    return mutex->__data.__lock == lock && mutex->__data.__count == 0 &&
           mutex->__data.__owner == owner && mutex->__data.__nusers == users &&
           mutex->__data.__kind == kind;
}

/* What the real functions do ours undo, and the other way round. */
static bool works(pthread_mutex_t mutex, int kind)
{
    int tid = (int)syscall(SYS_gettid);
    return looks_like(&mutex, 0, 0, 0, kind) && REAL(pthread_mutex_lock)(&mutex) == 0 &&
           looks_like(&mutex, 1, tid, 1, kind) && !plain_mutex_take(&mutex, (uint32_t)tid) &&
           plain_mutex_give_back(&mutex) && looks_like(&mutex, 0, 0, 0, kind) &&
           plain_mutex_take(&mutex, (uint32_t)tid) && looks_like(&mutex, 1, tid, 1, kind) &&
           REAL(pthread_mutex_trylock)(&mutex) == EBUSY &&
           REAL(pthread_mutex_unlock)(&mutex) == 0 && looks_like(&mutex, 0, 0, 0, kind);
}

static bool works_as_made(int type, int kind)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    return pthread_mutexattr_init(&attributes) == 0 &&
           pthread_mutexattr_settype(&attributes, type) == 0 &&
           REAL_GET(pthread_mutex_init)(&mutex, &attributes) == 0 && works(mutex, kind);
}

void plain_mutex_start(void)
{
    if (!real_is_of_the_c_library((void *)REAL(pthread_mutex_lock)) ||
        !real_is_of_the_c_library((void *)REAL(pthread_mutex_trylock)) ||
        !real_is_of_the_c_library((void *)REAL(pthread_mutex_unlock)))
        return;
    plain_mutex_kind = PTHREAD_MUTEX_TIMED_NP;
    if (!works((pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_TIMED_NP) ||
        !works_as_made(PTHREAD_MUTEX_NORMAL, PLAIN_MUTEX_NOT_ELIDED) ||
        !works_as_made(PTHREAD_MUTEX_ADAPTIVE_NP, PLAIN_MUTEX_ADAPTIVE))
        plain_mutex_kind = PLAIN_MUTEX_NONE;
}
