/* A reader reads again, of a kind of lock whose readers queue behind a waiting writer.
 * verdict: finding locks=table */
#include "tests/prove/prove.h"

static pthread_rwlock_t table;
static long sum = 1; /* protected by table */
static long seen;

static void read_twice(void)
{
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    seen = sum;
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

static void write_once(void)
{
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    sum += 2;
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

int main(void)
{
    pthread_rwlockattr_t attributes;

    must(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    must(pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP),
         "pthread_rwlockattr_setkind_np");
    must(pthread_rwlock_init(&table, &attributes), "pthread_rwlock_init");
    RUN_APART(APART_MS, read_twice, write_once);
    return finish(sum, seen == 1 || seen == 3 ? 3 : 0);
}
