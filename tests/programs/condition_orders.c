/* The second thread waits for a condition, which only the first signals, once it has done with the
 * locks that the second then takes in the other order.
 *
 * verdict: clean dismissed=ordered */
#include <sys/syscall.h>
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t monitor = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_done;
static pid_t waiter;

static void *a_then_b(void *unused)
{
    (void)unused;
    wait_until_asleep(&waiter);
    nest(&lock_a, &lock_b);
    pthread_mutex_lock(&monitor);
    is_done = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&monitor);
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&monitor);
    __atomic_store_n(&waiter, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    while (!is_done)
        pthread_cond_wait(&changed, &monitor);
    pthread_mutex_unlock(&monitor);
    nest(&lock_b, &lock_a);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];

    must(pthread_create(&threads[0], NULL, a_then_b, NULL), "pthread_create");
    must(pthread_create(&threads[1], NULL, b_then_a, NULL), "pthread_create");
    for (size_t i = 0; i < 2; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
    puts("done");
    return 0;
}
