/* GLib: GMutex is a futex of its own. GRecMutex and GRWLock are pthread objects that GLib makes
 * when they are first used; they are told by their own names here, and what is inside them stays
 * out of sight. */
#include "shim/hook/foreign_hook.h"

#define GLIB_HOOK(result, name, parameters)                                                        \
    FOREIGN_HOOK(result, name, parameters, #name, "UNKNOT_1")

/* While a lock made of another is used, the other is not seen: it never becomes known, so not even
 * the inline path of its hooks finds it. */
static bool inside_begin(void)
{
    struct shim_thread *self = thread_self;
    if (self == &thread_nobody || self->busy)
        return false;
    thread_guard(self, THREAD_CALLING_OUT);
    return true;
}

static void inside_end(bool begun)
{
    if (begun)
        thread_unguard(thread_self);
}

#define INSIDE(CALL)                                                                               \
    ({                                                                                             \
        bool begun_ = inside_begin();                                                              \
        int result_ = (CALL);                                                                      \
        inside_end(begun_);                                                                        \
        result_;                                                                                   \
    })
#define INSIDE_VOID(CALL) (void)INSIDE(((CALL), 0))

#define INITIALISE(id, object, KIND)                                                               \
    FOREIGN_REAL(real, id, );                                                                      \
    real(object);                                                                                  \
    hook_initialised(object, KIND, CALLER)

#define CLEAR(id, object)                                                                          \
    FOREIGN_REAL(real, id, );                                                                      \
    INSIDE_VOID(real(object));                                                                     \
    hook_destroyed(object)

GLIB_HOOK(void, g_mutex_init, (void *mutex))
{
    INITIALISE(g_mutex_init, mutex, TRACE_LOCK_GMUTEX);
}

GLIB_HOOK(void, g_mutex_clear, (void *mutex))
{
    CLEAR(g_mutex_clear, mutex);
}

GLIB_HOOK(void, g_mutex_lock, (void *mutex))
{
    FOREIGN_REAL(real, g_mutex_lock, );
    FOREIGN_REAL(try, g_mutex_trylock, );
    FOREIGN_BLOCKING(mutex, TRACE_LOCK_GMUTEX, 0, try(mutex), real(mutex));
}

GLIB_HOOK(int, g_mutex_trylock, (void *mutex))
{
    FOREIGN_REAL(real, g_mutex_trylock, 0);
    FOREIGN_TRYING(mutex, TRACE_LOCK_GMUTEX, 0, real(mutex));
}

GLIB_HOOK(void, g_mutex_unlock, (void *mutex))
{
    FOREIGN_REAL(real, g_mutex_unlock, );
    FOREIGN_RELEASE(mutex, real(mutex));
}

GLIB_HOOK(void, g_rec_mutex_init, (void *mutex))
{
    INITIALISE(g_rec_mutex_init, mutex, TRACE_LOCK_GRECMUTEX);
}

GLIB_HOOK(void, g_rec_mutex_clear, (void *mutex))
{
    CLEAR(g_rec_mutex_clear, mutex);
}

GLIB_HOOK(void, g_rec_mutex_lock, (void *mutex))
{
    FOREIGN_REAL(real, g_rec_mutex_lock, );
    FOREIGN_REAL(try, g_rec_mutex_trylock, );
    FOREIGN_BLOCKING(mutex, TRACE_LOCK_GRECMUTEX, 0, INSIDE(try(mutex)), INSIDE_VOID(real(mutex)));
}

GLIB_HOOK(int, g_rec_mutex_trylock, (void *mutex))
{
    FOREIGN_REAL(real, g_rec_mutex_trylock, 0);
    FOREIGN_TRYING(mutex, TRACE_LOCK_GRECMUTEX, 0, INSIDE(real(mutex)));
}

GLIB_HOOK(void, g_rec_mutex_unlock, (void *mutex))
{
    FOREIGN_REAL(real, g_rec_mutex_unlock, );
    FOREIGN_RELEASE(mutex, INSIDE_VOID(real(mutex)));
}

GLIB_HOOK(void, g_rw_lock_init, (void *lock))
{
    INITIALISE(g_rw_lock_init, lock, TRACE_LOCK_GRWLOCK);
}

GLIB_HOOK(void, g_rw_lock_clear, (void *lock))
{
    CLEAR(g_rw_lock_clear, lock);
}

GLIB_HOOK(void, g_rw_lock_reader_lock, (void *lock))
{
    FOREIGN_REAL(real, g_rw_lock_reader_lock, );
    FOREIGN_REAL(try, g_rw_lock_reader_trylock, );
    FOREIGN_BLOCKING(lock, TRACE_LOCK_GRWLOCK, TRACE_MODE_READ, INSIDE(try(lock)),
                     INSIDE_VOID(real(lock)));
}

GLIB_HOOK(int, g_rw_lock_reader_trylock, (void *lock))
{
    FOREIGN_REAL(real, g_rw_lock_reader_trylock, 0);
    FOREIGN_TRYING(lock, TRACE_LOCK_GRWLOCK, TRACE_MODE_READ, INSIDE(real(lock)));
}

GLIB_HOOK(void, g_rw_lock_reader_unlock, (void *lock))
{
    FOREIGN_REAL(real, g_rw_lock_reader_unlock, );
    FOREIGN_RELEASE(lock, INSIDE_VOID(real(lock)));
}

GLIB_HOOK(void, g_rw_lock_writer_lock, (void *lock))
{
    FOREIGN_REAL(real, g_rw_lock_writer_lock, );
    FOREIGN_REAL(try, g_rw_lock_writer_trylock, );
    FOREIGN_BLOCKING(lock, TRACE_LOCK_GRWLOCK, 0, INSIDE(try(lock)), INSIDE_VOID(real(lock)));
}

GLIB_HOOK(int, g_rw_lock_writer_trylock, (void *lock))
{
    FOREIGN_REAL(real, g_rw_lock_writer_trylock, 0);
    FOREIGN_TRYING(lock, TRACE_LOCK_GRWLOCK, 0, INSIDE(real(lock)));
}

GLIB_HOOK(void, g_rw_lock_writer_unlock, (void *lock))
{
    FOREIGN_REAL(real, g_rw_lock_writer_unlock, );
    FOREIGN_RELEASE(lock, INSIDE_VOID(real(lock)));
}

GLIB_HOOK(void, g_cond_wait, (void *condition, void *mutex))
{
    FOREIGN_REAL(real, g_cond_wait, );
    FOREIGN_WAIT(condition, mutex, TRACE_LOCK_GMUTEX, 0, real(condition, mutex));
}

GLIB_HOOK(int, g_cond_wait_until, (void *condition, void *mutex, int64_t end_time))
{
    FOREIGN_REAL(real, g_cond_wait_until, 0);
    FOREIGN_WAIT(condition, mutex, TRACE_LOCK_GMUTEX, TRACE_MODE_TIMED,
                 int signalled = real(condition, mutex, end_time));
    return signalled;
}
