/* A mutex and a reader-writer lock in both orders; the read request meets a writer.
 * verdict: finding locks=mutex,table
 * step: holds=mutex requests=table in=mutex_then_read
 * step: holds=table requests=mutex in=write_then_mutex */
#include "tests/programs/support.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

static void mutex_then_read(void)
{
    pthread_mutex_lock(&mutex);
    pthread_rwlock_rdlock(&table);
    pthread_rwlock_unlock(&table);
    pthread_mutex_unlock(&mutex);
}

static void write_then_mutex(void)
{
    pthread_rwlock_wrlock(&table);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    pthread_rwlock_unlock(&table);
}

int main(void)
{
    RUN_IN_TURN(mutex_then_read, write_then_mutex);
    puts("done");
    return 0;
}
