/* GLib's locks where none can wait in the other order: a try, readers, a mutex cleared and
 * initialised again between the two orders, a condition wait that gives back the only lock held.
 * packages: glib-2.0
 * verdict: clean dismissed=trylock,readers */
#include <glib.h>

#include "tests/programs/support.h"

static GMutex first, second, third, again;
static GRWLock table_a, table_b;
static GCond changed;
static gboolean is_set;

static void nest_mutexes(GMutex *outer, GMutex *inner)
{
    g_mutex_lock(outer);
    g_mutex_lock(inner);
    g_mutex_unlock(inner);
    g_mutex_unlock(outer);
}

static void first_then_second(void)
{
    nest_mutexes(&first, &second);
    nest_mutexes(&third, &again);
    g_mutex_clear(&again);
    g_mutex_init(&again);
}

static void second_then_try_first(void)
{
    g_mutex_lock(&second);
    must_be(g_mutex_trylock(&first), "first is free");
    g_mutex_unlock(&first);
    g_mutex_unlock(&second);
    nest_mutexes(&again, &third);
}

static void read_both(GRWLock *outer, GRWLock *inner)
{
    g_rw_lock_reader_lock(outer);
    g_rw_lock_reader_lock(inner);
    g_rw_lock_reader_unlock(inner);
    g_rw_lock_reader_unlock(outer);
}

static void read_a_then_b(void)
{
    read_both(&table_a, &table_b);
    g_mutex_lock(&first);
    is_set = TRUE;
    g_cond_signal(&changed);
    g_mutex_unlock(&first);
}

static void read_b_then_a(void)
{
    read_both(&table_b, &table_a);
    g_mutex_lock(&first);
    while (!is_set)
        g_cond_wait(&changed, &first);
    g_mutex_unlock(&first);
}

int main(void)
{
    RUN_IN_TURN(first_then_second, second_then_try_first, read_a_then_b, read_b_then_a);
    puts("done");
    return 0;
}
