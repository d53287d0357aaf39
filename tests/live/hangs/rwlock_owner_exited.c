/* A thread ends while it reads an rwlock that main wants to write.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main wants=table in=write_table */
#include "tests/live/live.h"

static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

static void leave_reading(void)
{
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    if (is_fixed)
        must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    puts("leaves");
}

static NOINLINE void write_table(void)
{
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

int main(int argc, char **argv)
{
    static const body_function body = leave_reading;

    begin(argc, argv);
    must(pthread_join(start(&body), NULL), "pthread_join");
    write_table();
    return end();
}
