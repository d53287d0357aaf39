/* One thread writes while it reads, the other only reads: its request meets a reader, which lets
 * it in.
 * verdict: clean dismissed=readers */
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
    pthread_rwlock_rdlock(&table_a);
    pthread_rwlock_unlock(&table_a);
    pthread_rwlock_unlock(&table_b);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
