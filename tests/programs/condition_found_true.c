/* A thread waits until the locks were used in one order; another one comes to the same place later,
 * finds it so without waiting, and takes them in the other order. What it found is not seen: that
 * somebody waited there before is the only hint that a signal may be the reason.
 *
 * verdict: finding locks=lock_a,lock_b confidence=possible why=skips-signal */
#include <sys/syscall.h>
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t monitor = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_done;
static pid_t waiter;

static NOINLINE void wait_until_done(void)
{
    pthread_mutex_lock(&monitor);
    while (!is_done)
        pthread_cond_wait(&changed, &monitor);
    pthread_mutex_unlock(&monitor);
}

static void *wait_first(void *unused)
{
    (void)unused;
    __atomic_store_n(&waiter, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    wait_until_done();
    return NULL;
}

static void a_then_b(void)
{
    wait_until_asleep(&waiter);
    nest(&lock_a, &lock_b);
    pthread_mutex_lock(&monitor);
    is_done = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&monitor);
}

static void *b_then_a(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    wait_until_done();
    nest(&lock_b, &lock_a);
    return NULL;
}

int main(void)
{
    static void *(*const bodies[])(void *) = {wait_first, b_then_a};
    pthread_t threads[2];

    for (size_t i = 0; i < 2; i++)
        must(pthread_create(&threads[i], NULL, bodies[i], NULL), "pthread_create");
    RUN_IN_TURN(a_then_b);
    for (size_t i = 0; i < 2; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
    puts("done");
    return 0;
}
