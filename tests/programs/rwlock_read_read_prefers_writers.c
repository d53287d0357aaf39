/* Read in both orders, with writers about. PREFER_WRITER_NP sounds as if a waiting writer stopped
 * readers; glibc lets them in as with the default kind.
 * verdict: clean dismissed=readers */
#include "tests/programs/support.h"

static pthread_rwlock_t table_a;
static pthread_rwlock_t table_b;

static void init(pthread_rwlock_t *table)
{
    pthread_rwlockattr_t attributes;

    must(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    must(pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NP),
         "pthread_rwlockattr_setkind_np");
    must(pthread_rwlock_init(table, &attributes), "pthread_rwlock_init");
    must(pthread_rwlockattr_destroy(&attributes), "pthread_rwlockattr_destroy");
}

static void read_a_then_b(void)
{
    pthread_rwlock_rdlock(&table_a);
    pthread_rwlock_rdlock(&table_b);
    pthread_rwlock_unlock(&table_b);
    pthread_rwlock_unlock(&table_a);
}

static void read_b_then_a(void)
{
    pthread_rwlock_rdlock(&table_b);
    pthread_rwlock_rdlock(&table_a);
    pthread_rwlock_unlock(&table_a);
    pthread_rwlock_unlock(&table_b);
}

static void write_a(void)
{
    pthread_rwlock_wrlock(&table_a);
    pthread_rwlock_unlock(&table_a);
}

static void write_b(void)
{
    pthread_rwlock_wrlock(&table_b);
    pthread_rwlock_unlock(&table_b);
}

int main(void)
{
    init(&table_a);
    init(&table_b);
    RUN_IN_TURN(read_a_then_b, read_b_then_a, write_a, write_b);
    puts("done");
    return 0;
}
