/* A program that opens descriptors until the limit stops it gets as many as without the shim.
 * Argument: a limit to set first, 0 to keep the one it was started with. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

static int nest_locks(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&first);
    pthread_mutex_lock(&second);
    pthread_mutex_unlock(&second);
    return pthread_mutex_unlock(&first);
}

static void fill(long limit)
{
    int opened = 0, last = -1, next;
    while ((next = open("/dev/null", O_RDONLY)) != -1) {
        last = next;
        opened++;
    }
    FACT_VALUE(EMFILE, errno);
    FACT_VALUE(limit - 3, opened);
    FACT_VALUE(limit - 1, last);
    FACT_VALUE(0, fact_elsewhere(nest_locks, NULL));
    for (int number = 3; number <= last; number++)
        close(number);
}

int main(int argc, char **arguments)
{
    struct rlimit limit;
    long wanted = argc > 1 ? atol(arguments[1]) : 0;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (wanted > 0) {
        nest_locks(NULL);
        limit.rlim_cur = (rlim_t)wanted;
        FACT_CALL(0, setrlimit(RLIMIT_NOFILE, &limit));
    }
    fill((long)limit.rlim_cur);
    FACT_VALUE(0, fact_elsewhere(nest_locks, NULL));
    fill((long)limit.rlim_cur);
    return fact_status();
}
