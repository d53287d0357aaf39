/* Qt. Qt 5 calls QMutex::lock, tryLock and unlock, so all of them are seen. Qt 6 takes and releases
 * a free QMutex inline and calls the library only when it is contended: a hook there would see a
 * part of the holders and take it for all, so its QMutex is left alone; its QRecursiveMutex and
 * QReadWriteLock are always called. QReadWriteLock lets readers queue behind a waiting writer. */
#include "shim/hook/foreign_hook.h"

#include <limits.h>

enum { QT_RECURSIVE = 1 }; /* RecursionMode of QMutex and QReadWriteLock */

static uint16_t recursion(int mode)
{
    return mode == QT_RECURSIVE ? TRACE_LOCK_RECURSIVE : 0;
}

/* A constructor or destructor has two symbols, for whole objects and for bases. */
#define QT_CREATE(id, symbol, version, KIND, FLAGS)                                                \
    FOREIGN_HOOK(void, id, (void *object, int mode), symbol, version)                              \
    {                                                                                              \
        FOREIGN_REAL(real, id, );                                                                  \
        real(object, mode);                                                                        \
        hook_initialised_as(object, KIND, FLAGS, CALLER);                                          \
    }

#define QT_DESTROY(id, symbol, version)                                                            \
    FOREIGN_HOOK(void, id, (void *object), symbol, version)                                        \
    {                                                                                              \
        FOREIGN_REAL(real, id, );                                                                  \
        hook_destroyed(object);                                                                    \
        real(object);                                                                              \
    }

#define QT5_RECURSIVE(id, symbol)                                                                  \
    FOREIGN_HOOK(void, id, (void *object), symbol, "Qt_5")                                         \
    {                                                                                              \
        FOREIGN_REAL(real, id, );                                                                  \
        real(object);                                                                              \
        hook_initialised_as(object, TRACE_LOCK_QMUTEX, TRACE_LOCK_RECURSIVE, CALLER);              \
    }

QT_CREATE(qt5_mutex_create, "_ZN6QMutexC1ENS_13RecursionModeE", "Qt_5", TRACE_LOCK_QMUTEX,
          recursion(mode))
QT_CREATE(qt5_mutex_create_base, "_ZN6QMutexC2ENS_13RecursionModeE", "Qt_5", TRACE_LOCK_QMUTEX,
          recursion(mode))
QT_DESTROY(qt5_mutex_destroy, "_ZN6QMutexD1Ev", "Qt_5")
QT_DESTROY(qt5_mutex_destroy_base, "_ZN6QMutexD2Ev", "Qt_5")
QT5_RECURSIVE(qt5_recursive_create, "_ZN15QRecursiveMutexC1Ev")
QT5_RECURSIVE(qt5_recursive_create_base, "_ZN15QRecursiveMutexC2Ev")
QT_DESTROY(qt5_recursive_destroy, "_ZN15QRecursiveMutexD1Ev", "Qt_5")
QT_DESTROY(qt5_recursive_destroy_base, "_ZN15QRecursiveMutexD2Ev", "Qt_5")
QT_DESTROY(qt6_recursive_destroy, "_ZN15QRecursiveMutexD1Ev", "Qt_6")

/* A timeout of 0 is a try form, a negative one waits for ever. */
static uint16_t timed_mode(int timeout_ms)
{
    return timeout_ms < 0 ? 0 : TRACE_MODE_TIMED;
}

#define QT_TRY_LOCK(object, KIND, MODE, timeout_ms, CALL)                                          \
    if ((timeout_ms) == 0) {                                                                       \
        FOREIGN_TRYING(object, KIND, MODE, CALL);                                                  \
    }                                                                                              \
    FOREIGN_TIMED(object, KIND, (uint16_t)((MODE) | timed_mode(timeout_ms)), CALL)

FOREIGN_HOOK(void, qt5_mutex_lock, (void *mutex), "_ZN6QMutex4lockEv", "Qt_5")
{
    FOREIGN_REAL(real, qt5_mutex_lock, );
    FOREIGN_REAL(try, qt5_mutex_try_lock, );
    FOREIGN_BLOCKING(mutex, TRACE_LOCK_QMUTEX, 0, try(mutex, 0), real(mutex));
}

FOREIGN_HOOK(bool, qt5_mutex_try_lock, (void *mutex, int timeout_ms), "_ZN6QMutex7tryLockEi",
             "Qt_5")
{
    FOREIGN_REAL(real, qt5_mutex_try_lock, false);
    QT_TRY_LOCK(mutex, TRACE_LOCK_QMUTEX, 0, timeout_ms, real(mutex, timeout_ms));
}

FOREIGN_HOOK(void, qt5_mutex_unlock, (void *mutex), "_ZN6QMutex6unlockEv", "Qt_5")
{
    FOREIGN_REAL(real, qt5_mutex_unlock, );
    FOREIGN_RELEASE(mutex, real(mutex));
}

FOREIGN_HOOK(bool, qt6_recursive_try_lock, (void *mutex, int timeout_ms),
             "_ZN15QRecursiveMutex7tryLockEi", "Qt_6")
{
    FOREIGN_REAL(real, qt6_recursive_try_lock, false);
    QT_TRY_LOCK(mutex, TRACE_LOCK_QRECURSIVEMUTEX, 0, timeout_ms, real(mutex, timeout_ms));
}

FOREIGN_HOOK(void, qt6_recursive_unlock, (void *mutex), "_ZN15QRecursiveMutex6unlockEv", "Qt_6")
{
    FOREIGN_REAL(real, qt6_recursive_unlock, );
    FOREIGN_RELEASE(mutex, real(mutex));
}

/* QReadWriteLock is the same in both. */
#define QT_RWLOCK(qt, version)                                                                     \
    QT_CREATE(qt##_rwlock_create, "_ZN14QReadWriteLockC1ENS_13RecursionModeE", version,            \
              TRACE_LOCK_QREADWRITELOCK, recursion(mode) | TRACE_LOCK_WRITER_QUEUES)               \
    QT_DESTROY(qt##_rwlock_destroy, "_ZN14QReadWriteLockD1Ev", version)                            \
    QT_RWLOCK_MODE(qt, read, TRACE_MODE_READ, "_ZN14QReadWriteLock11lockForReadEv",                \
                   "_ZN14QReadWriteLock14tryLockForReadE", version)                                \
    QT_RWLOCK_MODE(qt, write, 0, "_ZN14QReadWriteLock12lockForWriteEv",                            \
                   "_ZN14QReadWriteLock15tryLockForWriteE", version)                               \
    FOREIGN_HOOK(void, qt##_rwlock_unlock, (void *lock), "_ZN14QReadWriteLock6unlockEv", version)  \
    {                                                                                              \
        FOREIGN_REAL(real, qt##_rwlock_unlock, );                                                  \
        FOREIGN_RELEASE(lock, real(lock));                                                         \
    }

#define QT_RWLOCK_MODE(qt, mode, MODE, lock_symbol, try_symbol, version)                           \
    FOREIGN_HOOK(void, qt##_rwlock_##mode, (void *lock), lock_symbol, version)                     \
    {                                                                                              \
        FOREIGN_REAL(real, qt##_rwlock_##mode, );                                                  \
        FOREIGN_REAL(try, qt##_rwlock_try_##mode, );                                               \
        FOREIGN_BLOCKING(lock, TRACE_LOCK_QREADWRITELOCK, MODE, try(lock), real(lock));            \
    }                                                                                              \
    FOREIGN_HOOK(bool, qt##_rwlock_try_##mode, (void *lock), try_symbol "v", version)              \
    {                                                                                              \
        FOREIGN_REAL(real, qt##_rwlock_try_##mode, false);                                         \
        FOREIGN_TRYING(lock, TRACE_LOCK_QREADWRITELOCK, MODE, real(lock));                         \
    }                                                                                              \
    FOREIGN_HOOK(bool, qt##_rwlock_timed_##mode, (void *lock, int timeout_ms), try_symbol "i",     \
                 version)                                                                          \
    {                                                                                              \
        FOREIGN_REAL(real, qt##_rwlock_timed_##mode, false);                                       \
        QT_TRY_LOCK(lock, TRACE_LOCK_QREADWRITELOCK, MODE, timeout_ms, real(lock, timeout_ms));    \
    }

QT_RWLOCK(qt5, "Qt_5")
QT_RWLOCK(qt6, "Qt_6")

#define QT_WAIT(qt, what, symbol, KIND, version)                                                   \
    FOREIGN_HOOK(bool, qt##_wait_##what, (void *condition, void *lock, unsigned long timeout_ms),  \
                 symbol "m", version)                                                              \
    {                                                                                              \
        FOREIGN_REAL(real, qt##_wait_##what, false);                                               \
        FOREIGN_WAIT(condition, lock, KIND, timeout_ms == ULONG_MAX ? 0 : TRACE_MODE_TIMED,        \
                     bool woken = real(condition, lock, timeout_ms));                              \
        return woken;                                                                              \
    }                                                                                              \
    FOREIGN_HOOK(bool, qt##_wait_##what##_until,                                                   \
                 (void *condition, void *lock, struct qt_deadline deadline),                       \
                 symbol "14QDeadlineTimer", version)                                               \
    {                                                                                              \
        FOREIGN_REAL(real, qt##_wait_##what##_until, false);                                       \
        FOREIGN_WAIT(condition, lock, KIND, TRACE_MODE_TIMED,                                      \
                     bool woken = real(condition, lock, deadline));                                \
        return woken;                                                                              \
    }

QT_WAIT(qt5, mutex, "_ZN14QWaitCondition4waitEP6QMutex", TRACE_LOCK_QMUTEX, "Qt_5")
QT_WAIT(qt5, rwlock, "_ZN14QWaitCondition4waitEP14QReadWriteLock", TRACE_LOCK_QREADWRITELOCK,
        "Qt_5")
QT_WAIT(qt6, rwlock, "_ZN14QWaitCondition4waitEP14QReadWriteLock", TRACE_LOCK_QREADWRITELOCK,
        "Qt_6")
