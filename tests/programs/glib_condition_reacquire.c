/* A wait on a GCond asks for its mutex again while the thread holds another lock, which a second
 * thread takes under that mutex.
 * packages: glib-2.0
 * verdict: finding locks=mutex,other
 * step: holds=other requests=mutex in=waits
 * step: holds=mutex requests=other in=mutex_then_other */
#include <glib.h>

#include "tests/programs/support.h"

static GMutex mutex, other;
static GCond condition;

static void waits(void)
{
    g_mutex_lock(&mutex);
    g_mutex_lock(&other);
    g_cond_wait_until(&condition, &mutex, g_get_monotonic_time() + 1000);
    g_mutex_unlock(&other);
    g_mutex_unlock(&mutex);
}

static void mutex_then_other(void)
{
    g_mutex_lock(&mutex);
    g_mutex_lock(&other);
    g_mutex_unlock(&other);
    g_mutex_unlock(&mutex);
}

int main(void)
{
    RUN_IN_TURN(waits, mutex_then_other);
    puts("done");
    return 0;
}
