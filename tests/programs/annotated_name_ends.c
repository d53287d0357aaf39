/* A name belongs to a lock, not to its address: it ends with pthread_mutex_destroy, and so does an
 * order declared for it.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "include/unknot/unknot.h"
#include "tests/programs/support.h"

static pthread_mutex_t lock_a, lock_b;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    init_mutex_of_type(&lock_a, PTHREAD_MUTEX_NORMAL);
    unknot_lock_name(&lock_a, "of another time");
    unknot_lock_order(&lock_a, &lock_b);
    must(pthread_mutex_destroy(&lock_a), "destroy");
    init_mutex_of_type(&lock_a, PTHREAD_MUTEX_NORMAL);
    init_mutex_of_type(&lock_b, PTHREAD_MUTEX_NORMAL);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
