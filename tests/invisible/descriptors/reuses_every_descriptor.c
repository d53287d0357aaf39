/* A program closes all descriptors and puts one file of its own on every number there is, then has
 * something to be reported (two locks in both orders). Its file stays empty: nothing of the shim's
 * is written to a number it once had. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static atomic_int turn;

static void nest(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    pthread_mutex_lock(outer);
    pthread_mutex_lock(inner);
    pthread_mutex_unlock(inner);
    pthread_mutex_unlock(outer);
}

static void *first_then_second(void *unused)
{
    nest(&first, &second);
    atomic_store(&turn, 1);
    return unused;
}

static void *second_then_first(void *unused)
{
    while (atomic_load(&turn) == 0)
        sched_yield();
    nest(&second, &first);
    return unused;
}

static void take_both_orders(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first_then_second, NULL);
    pthread_create(&threads[1], NULL, second_then_first, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

static void take_every_number(void)
{
    closefrom(0);
    if (open("data", O_RDWR | O_CREAT, 0600) != 0)
        _exit(3);
    while (dup(0) != -1)
        continue;
}

int main(void)
{
    struct stat status = {.st_size = -1};
    nest(&first, &second);
    pid_t child = fork();
    if (child == 0) {
        take_every_number();
        take_both_orders();
        return fstat(0, &status) == 0 && status.st_size == 0 ? 0 : 4;
    }
    FACT_VALUE(0, fact_child_end("child", child));
    FACT_CALL(0, stat("data", &status));
    FACT_VALUE(0, status.st_size);
    return fact_status();
}
