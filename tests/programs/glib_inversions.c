/* Each of GLib's locks in both orders: a mutex, one that is taken again by its holder, and a lock
 * for readers and writers.
 * packages: glib-2.0
 * verdict: finding locks=mutex_a,mutex_b
 * verdict: finding locks=again_a,again_b
 * verdict: finding locks=table_a,table_b
 * step: holds=mutex_a requests=mutex_b in=mutexes_a_then_b
 * step: holds=table_b requests=table_a in=tables_b_then_a */
#include <glib.h>

#include "tests/programs/support.h"

static GMutex mutex_a, mutex_b;
static GRecMutex again_a, again_b;
static GRWLock table_a, table_b;

static void mutexes_a_then_b(void)
{
    g_mutex_lock(&mutex_a);
    g_mutex_lock(&mutex_b);
    g_mutex_unlock(&mutex_b);
    g_mutex_unlock(&mutex_a);
}

static void mutexes_b_then_a(void)
{
    must_be(g_mutex_trylock(&mutex_b), "mutex_b is free");
    g_mutex_lock(&mutex_a);
    g_mutex_unlock(&mutex_a);
    g_mutex_unlock(&mutex_b);
}

static void again_a_then_b(void)
{
    g_rec_mutex_lock(&again_a);
    g_rec_mutex_lock(&again_a);
    must_be(g_rec_mutex_trylock(&again_a), "its holder may take it again");
    g_rec_mutex_unlock(&again_a);
    g_rec_mutex_unlock(&again_a);
    g_rec_mutex_lock(&again_b);
    g_rec_mutex_unlock(&again_b);
    g_rec_mutex_unlock(&again_a);
}

static void again_b_then_a(void)
{
    g_rec_mutex_lock(&again_b);
    g_rec_mutex_lock(&again_a);
    g_rec_mutex_unlock(&again_a);
    g_rec_mutex_unlock(&again_b);
}

static void tables_a_then_b(void)
{
    g_rw_lock_writer_lock(&table_a);
    g_rw_lock_reader_lock(&table_b);
    g_rw_lock_reader_unlock(&table_b);
    g_rw_lock_writer_unlock(&table_a);
}

static void tables_b_then_a(void)
{
    must_be(g_rw_lock_writer_trylock(&table_b), "table_b is free");
    g_rw_lock_reader_lock(&table_a);
    g_rw_lock_reader_unlock(&table_a);
    g_rw_lock_writer_unlock(&table_b);
}

int main(void)
{
    RUN_IN_TURN(mutexes_a_then_b, mutexes_b_then_a, again_a_then_b, again_b_then_a, tables_a_then_b,
                tables_b_then_a);
    puts("done");
    return 0;
}
