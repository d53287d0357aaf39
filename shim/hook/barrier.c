/* pthread_barrier_wait: the thread only says that it waits. What the others do, nobody can tell. */
#include "shim/hook/hook.h"

EXPORTED int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    const struct manner manner = {TRACE_WAIT_BARRIER, 0};
    struct waiting waiting;
    waiting_begin(&waiting, barrier, manner, CALLER);
    int result = REAL_GET(pthread_barrier_wait)(barrier);
    waiting_end(&waiting);
    return result;
}
