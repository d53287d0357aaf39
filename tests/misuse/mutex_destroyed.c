/* A mutex is locked after it was destroyed, and the error is not looked at.
 * misuse: use-destroyed in=bad,main
 * silent: fixed checked */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock;

static void make_and_destroy(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    must(pthread_mutex_destroy(&lock), "destroy");
}

static void bad(void)
{
    make_and_destroy();
    pthread_mutex_lock(&lock);
}

static void fixed(void)
{
    make_and_destroy();
    must(pthread_mutex_init(&lock, NULL), "init");
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

static void checked(void)
{
    make_and_destroy();
    must_be(pthread_mutex_lock(&lock) == EINVAL, "it is no mutex");
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"checked", checked})
