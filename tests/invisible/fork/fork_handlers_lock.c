/* pthread_atfork handlers that lock before and unlock after, in parent and child, the way libraries
 * protect themselves, while other threads use the same locks: order of handlers and state of locks.
 */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 3, FORKS = 20 };

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static atomic_int stop, shared_work;
static char order[64]; /* of the handlers that ran in this process since the last fork began */

static void note(char handler)
{
    size_t length = strlen(order);
    if (length + 1 < sizeof order)
        order[length] = handler;
}

static void take_outer(void)
{
    note('O');
    pthread_mutex_lock(&outer);
}

static void give_outer(void)
{
    note('o');
    pthread_mutex_unlock(&outer);
}

static void take_inner(void)
{
    note('I');
    pthread_mutex_lock(&inner);
}

static void give_inner(void)
{
    note('i');
    pthread_mutex_unlock(&inner);
}

static void renew_inner(void)
{
    note('n');
    pthread_mutex_init(&inner, NULL);
}

static void *work(void *unused)
{
    while (!atomic_load(&stop)) {
        pthread_mutex_lock(&outer);
        pthread_mutex_lock(&inner);
        atomic_fetch_add(&shared_work, 1);
        pthread_mutex_unlock(&inner);
        pthread_mutex_unlock(&outer);
    }
    return unused;
}

static int use_in_child(void)
{
    int bad = strcmp(order, "OIno") != 0;
    bad += pthread_mutex_lock(&outer) != 0;
    bad += pthread_mutex_lock(&inner) != 0;
    bad += pthread_mutex_unlock(&inner) != 0;
    bad += pthread_mutex_unlock(&outer) != 0;
    return bad;
}

static int fork_and_use(void)
{
    memset(order, 0, sizeof order);
    pid_t child = fork();
    if (child == 0)
        _exit(use_in_child());
    fact_say("handlers in the parent: %s", order);
    return fact_child_end("child", child);
}

int main(void)
{
    pthread_t threads[THREADS];
    int failures = 0;
    FACT_RESULT(0, pthread_atfork(take_inner, give_inner, renew_inner));
    FACT_RESULT(0, pthread_atfork(take_outer, give_outer, give_outer));
    FACT_VALUE(0, fork_and_use());
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    while (atomic_load(&shared_work) < 100)
        usleep(100);
    for (int i = 0; i < FORKS; i++)
        failures += fork_and_use() != 0;
    atomic_store(&stop, 1);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    FACT_VALUE(0, failures);
    FACT_RESULT(0, pthread_mutex_trylock(&outer));
    FACT_RESULT(0, pthread_mutex_trylock(&inner));
    return fact_status();
}
