#include "shim/platform/plain_mutex.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/platform/real.h"

int plain_mutex_kind = PLAIN_MUTEX_NONE;

static bool looks_like(const pthread_mutex_t *mutex, int lock, int owner, unsigned users)
{
    return mutex->__data.__lock == lock && mutex->__data.__count == 0 &&
           mutex->__data.__owner == owner && mutex->__data.__nusers == users &&
           mutex->__data.__kind == PTHREAD_MUTEX_TIMED_NP;
}

/* What the real functions do ours undo, and the other way round. */
static bool works(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    int tid = (int)syscall(SYS_gettid);
    return looks_like(&mutex, 0, 0, 0) && REAL(pthread_mutex_lock)(&mutex) == 0 &&
           looks_like(&mutex, 1, tid, 1) && !plain_mutex_take(&mutex, (uint32_t)tid) &&
           plain_mutex_give_back(&mutex) && looks_like(&mutex, 0, 0, 0) &&
           plain_mutex_take(&mutex, (uint32_t)tid) && looks_like(&mutex, 1, tid, 1) &&
           REAL(pthread_mutex_trylock)(&mutex) == EBUSY &&
           REAL(pthread_mutex_unlock)(&mutex) == 0 && looks_like(&mutex, 0, 0, 0);
}

void plain_mutex_start(void)
{
    if (!real_is_of_the_c_library((void *)REAL(pthread_mutex_lock)) ||
        !real_is_of_the_c_library((void *)REAL(pthread_mutex_trylock)) ||
        !real_is_of_the_c_library((void *)REAL(pthread_mutex_unlock)))
        return;
    plain_mutex_kind = PTHREAD_MUTEX_TIMED_NP;
    if (!works())
        plain_mutex_kind = PLAIN_MUTEX_NONE;
}
