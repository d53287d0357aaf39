/* Locks taken before any constructor (preinit), in constructors of program and library, held from
 * there into main, in atexit and on_exit handlers and in destructors, in the usual order. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdlib.h>

int constructed_uses(void);

static pthread_mutex_t across_main = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void use_locks(const char *where)
{
    struct timespec past = {0, 0};
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    fact_say("-- %s", where);
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(0, pthread_rwlock_wrlock(&lock));
    FACT_RESULT(EDEADLK, pthread_rwlock_wrlock(&lock));
    FACT_RESULT(ETIMEDOUT, pthread_cond_timedwait(&condition, &mutex, &past));
    FACT_RESULT(0, pthread_rwlock_unlock(&lock));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
}

static void before_constructors(int argc, char **arguments, char **environment)
{
    (void)argc, (void)arguments, (void)environment;
    use_locks("preinit");
    FACT_RESULT(0, pthread_mutex_lock(&across_main));
}

__attribute__((section(".preinit_array"),
               used)) static void (*preinit)(int, char **, char **) = before_constructors;

__attribute__((constructor(101))) static void first_constructor(void)
{
    use_locks("first constructor");
    FACT_RESULT(EDEADLK, pthread_mutex_lock(&across_main));
}

__attribute__((constructor)) static void last_constructor(void)
{
    use_locks("last constructor");
    FACT_VALUE(3, constructed_uses());
}

__attribute__((destructor)) static void first_destructor(void)
{
    use_locks("destructor");
    FACT_VALUE(7, constructed_uses());
}

__attribute__((destructor(101))) static void last_destructor(void)
{
    use_locks("last destructor");
    FACT_VALUE(8, constructed_uses());
    FACT_RESULT(EPERM, pthread_mutex_unlock(&across_main));
}

static void at_exit(void)
{
    use_locks("atexit");
    FACT_VALUE(6, constructed_uses());
    FACT_RESULT(0, pthread_mutex_unlock(&across_main));
}

static void on_exit_with_status(int status, void *argument)
{
    use_locks("on_exit");
    FACT_VALUE(12, status);
    FACT_VALUE(34, (long)argument);
    FACT_VALUE(5, constructed_uses());
}

int main(void)
{
    use_locks("main");
    FACT_VALUE(4, constructed_uses());
    FACT_VALUE(0, atexit(at_exit));
    FACT_VALUE(0, on_exit(on_exit_with_status, (void *)34));
    return 12 + fact_status();
}
