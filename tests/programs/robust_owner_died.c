/* A robust mutex whose owner died is acquired all the same, by the call that says so.
 * verdict: finding locks=lock_a,lock_b confidence=predicted
 * step: holds=lock_a requests=lock_b in=inherit_a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include <errno.h>
#include "tests/programs/support.h"

static pthread_mutex_t lock_a;
static pthread_mutex_t lock_b;

static void init_robust(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    must(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), "setrobust");
    must(pthread_mutex_init(mutex, &attributes), "pthread_mutex_init");
}

static void *die_with_a(void *unused)
{
    (void)unused;
    must(pthread_mutex_lock(&lock_a), "lock_a");
    return NULL;
}

static void inherit_a_then_b(void)
{
    must_be(pthread_mutex_lock(&lock_a) == EOWNERDEAD, "the owner of lock_a has died");
    must(pthread_mutex_consistent(&lock_a), "pthread_mutex_consistent");
    must(pthread_mutex_lock(&lock_b), "lock_b");
    must(pthread_mutex_unlock(&lock_b), "lock_b");
    must(pthread_mutex_unlock(&lock_a), "lock_a");
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    pthread_t thread;

    init_robust(&lock_a);
    init_robust(&lock_b);
    must(pthread_create(&thread, NULL, die_with_a, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    RUN_IN_TURN(inherit_a_then_b, b_then_a);
    puts("done");
    return 0;
}
