/* Two mutexes of the same kind in two orders.
 * verdict: finding locks=lock_a,lock_b
 * cases: plain errorcheck recursive adaptive inherit robust shared */
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a, lock_b;
static long sum; /* protected by both */

static void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static void b_then_a(void)
{
    lock(&lock_b);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

static pthread_mutexattr_t attributes_of(int argc, char **argv)
{
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    if (is_case(argc, argv, "errorcheck"))
        must(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK), "settype");
    if (is_case(argc, argv, "recursive"))
        must(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE), "settype");
    if (is_case(argc, argv, "adaptive"))
        must(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP), "settype");
    if (is_case(argc, argv, "inherit"))
        must(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT), "setprotocol");
    if (is_case(argc, argv, "robust"))
        must(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), "setrobust");
    if (is_case(argc, argv, "shared"))
        must(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), "setpshared");
    return attributes;
}

int main(int argc, char **argv)
{
    pthread_mutexattr_t attributes = attributes_of(argc, argv);

    must(pthread_mutex_init(&lock_a, &attributes), "pthread_mutex_init");
    must(pthread_mutex_init(&lock_b, &attributes), "pthread_mutex_init");
    RUN_APART(APART_MS, a_then_b, b_then_a);
    return finish(sum, 3);
}
