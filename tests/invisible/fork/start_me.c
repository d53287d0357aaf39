/* A program for others to start: locks on two threads, shows its arguments and ends with 5. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int use_lock(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    return pthread_mutex_unlock(&mutex);
}

int main(int argc, char **arguments)
{
    FACT_VALUE(0, fact_elsewhere(use_lock, NULL));
    FACT_VALUE(1, getpid() == gettid());
    for (int i = 1; i < argc; i++)
        fact_say("argument %d: %s", i, arguments[i]);
    return 5 + fact_status();
}
