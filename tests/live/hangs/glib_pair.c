/* Two of GLib's mutexes, which are futexes of its own.
 * packages: glib-2.0
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include <glib.h>
#include "tests/live/live.h"

static GMutex lock_a, lock_b;

static void take_both(GMutex *outer, GMutex *inner)
{
    g_mutex_lock(outer);
    meet(2);
    g_mutex_lock(inner);
    g_mutex_unlock(inner);
    g_mutex_unlock(outer);
}

static void a_then_b(void)
{
    take_both(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        take_both(&lock_b, &lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
