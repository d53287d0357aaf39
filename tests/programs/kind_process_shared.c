/* Process-shared mutexes in both orders, by two threads of one process.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a;
static pthread_mutex_t lock_b;

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
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    must(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), "set the attribute");
    must(pthread_mutex_init(&lock_a, &attributes), "pthread_mutex_init");
    must(pthread_mutex_init(&lock_b, &attributes), "pthread_mutex_init");
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
