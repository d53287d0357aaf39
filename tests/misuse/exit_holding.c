/* A thread ends while it holds a mutex. One that a key destructor still unlocks, and a robust one,
 * are in order.
 * misuse: exit-holding object=lock in=hold
 * silent: fixed destructor robust */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;

static void *hold(void *unused)
{
    pthread_mutex_lock(&lock);
    return unused;
}

static void *hold_and_release(void *unused)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return unused;
}

static void unlock(void *mutex)
{
    pthread_mutex_unlock((pthread_mutex_t *)mutex);
}

static void *hold_with_destructor(void *unused)
{
    pthread_mutex_lock(&lock);
    must(pthread_setspecific(key, &lock), "pthread_setspecific");
    return unused;
}

static void bad(void)
{
    join(start(hold, NULL));
}

static void fixed(void)
{
    join(start(hold_and_release, NULL));
}

static void destructor(void)
{
    must(pthread_key_create(&key, unlock), "pthread_key_create");
    join(start(hold_with_destructor, NULL));
}

static void robust(void)
{
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "attributes");
    must(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), "robust");
    must(pthread_mutex_init(&lock, &attributes), "init");
    join(start(hold, NULL));
    must_be(pthread_mutex_lock(&lock) == EOWNERDEAD, "the owner is dead");
    must(pthread_mutex_consistent(&lock), "consistent");
    must(pthread_mutex_unlock(&lock), "unlock");
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"destructor", destructor}, {"robust", robust})
