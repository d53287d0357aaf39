/* A mutex and a spinlock in both orders.
 * verdict: finding locks=mutex,spin */
#include "tests/programs/support.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_spinlock_t spin;

static void mutex_then_spin(void)
{
    pthread_mutex_lock(&mutex);
    pthread_spin_lock(&spin);
    pthread_spin_unlock(&spin);
    pthread_mutex_unlock(&mutex);
}

static void spin_then_mutex(void)
{
    pthread_spin_lock(&spin);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    pthread_spin_unlock(&spin);
}

int main(void)
{
    must(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    RUN_IN_TURN(mutex_then_spin, spin_then_mutex);
    puts("done");
    return 0;
}
