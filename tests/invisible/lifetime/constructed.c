/* A library linked to a program, with locks used by its constructor, destructor and, from within
 * these, other threads. */
#include "tests/invisible/fact.h"

#include <pthread.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int constructed_uses(void);

static pthread_mutex_t outer = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static int uses;

static int use(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&outer);
    pthread_mutex_lock(&inner);
    int now = ++uses;
    pthread_mutex_unlock(&inner);
    pthread_mutex_unlock(&outer);
    return now;
}

int constructed_uses(void)
{
    return use(NULL);
}

__attribute__((constructor)) static void begin(void)
{
    FACT_VALUE(1, use(NULL));
    FACT_VALUE(2, fact_elsewhere(use, NULL));
}

__attribute__((destructor)) static void end(void)
{
    FACT_VALUE(9, fact_elsewhere(use, NULL));
    FACT_VALUE(10, use(NULL));
}
