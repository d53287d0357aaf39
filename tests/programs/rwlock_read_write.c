/* Each thread reads one table while it writes the other: both requests conflict.
 * verdict: finding locks=table_a,table_b
 * step: holds=table_a requests=table_b in=a_then_b
 * step: holds=table_b requests=table_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_rwlock_t table_a = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t table_b = PTHREAD_RWLOCK_INITIALIZER;

static void a_then_b(void)
{
    pthread_rwlock_rdlock(&table_a);
    pthread_rwlock_wrlock(&table_b);
    pthread_rwlock_unlock(&table_b);
    pthread_rwlock_unlock(&table_a);
}

static void b_then_a(void)
{
    pthread_rwlock_rdlock(&table_b);
    pthread_rwlock_wrlock(&table_a);
    pthread_rwlock_unlock(&table_a);
    pthread_rwlock_unlock(&table_b);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
