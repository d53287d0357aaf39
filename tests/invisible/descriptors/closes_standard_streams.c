/* A program that closes 0, 1 and 2 gets exactly these numbers for what it opens next, and nobody
 * writes into its new 2. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

static int nest_locks(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&first);
    pthread_mutex_lock(&second);
    pthread_mutex_unlock(&first);
    return pthread_mutex_unlock(&second);
}

static long size_of(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 ? (long)status.st_size : -1;
}

int main(void)
{
    fact_descriptor = dup2(1, 100);
    for (int number = 0; number <= 2; number++) {
        FACT_CALL(0, close(number));
        FACT_VALUE(0, fact_elsewhere(nest_locks, NULL));
        FACT_VALUE(number, open("data", O_RDWR | O_CREAT, 0600));
        FACT_VALUE(0, size_of(number));
    }
    FACT_VALUE(3, open("data", O_RDONLY));
    for (int number = 0; number <= 3; number++)
        FACT_CALL(0, close(number));
    FACT_VALUE(0, fact_elsewhere(nest_locks, NULL));
    pid_t child = fork();
    if (child == 0)
        _exit(nest_locks(NULL));
    FACT_VALUE(0, fact_child_end("child", child));
    FACT_VALUE(0, open("data", O_RDONLY));
    FACT_VALUE(0, size_of(0));
    return fact_status();
}
