/* A handler writes under a rwlock that is read with the signal open. Who reads can read once more,
 * and who writes is told that he does.
 * hazard: signal-handler-lock object=lock signal=SIGALRM in=handle outside=read_it
 * silent: fixed reads writes */
#include "tests/misuse/signals.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int value;

static __attribute__((noinline)) void read_it(void)
{
    must(pthread_rwlock_rdlock(&lock), "pthread_rwlock_rdlock");
    must_be(value >= 0, "it was counted up");
    must(pthread_rwlock_unlock(&lock), "pthread_rwlock_unlock");
}

static void handle(int number)
{
    must(pthread_rwlock_wrlock(&lock), "pthread_rwlock_wrlock");
    value = number;
    must(pthread_rwlock_unlock(&lock), "pthread_rwlock_unlock");
}

static void handle_reading(int number)
{
    (void)number;
    read_it();
}

static void bad(void)
{
    signal(SIGALRM, handle);
    must(raise(SIGALRM), "raise");
    read_it();
}

static void fixed(void)
{
    signal(SIGALRM, handle);
    must(raise(SIGALRM), "raise");
    mask(SIG_BLOCK, SIGALRM);
    read_it();
}

static void reads(void)
{
    signal(SIGALRM, handle_reading);
    must(raise(SIGALRM), "raise");
    read_it();
}

static void writes(void)
{
    signal(SIGALRM, handle);
    must(raise(SIGALRM), "raise");
    must(pthread_rwlock_wrlock(&lock), "pthread_rwlock_wrlock");
    value++;
    must(pthread_rwlock_unlock(&lock), "pthread_rwlock_unlock");
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"reads", reads}, {"writes", writes})
