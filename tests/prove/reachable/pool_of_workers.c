/* Tasks from a queue, by whichever worker is free: two kinds of them take two locks in two orders.
 * verdict: finding locks=users,groups */
#include "tests/prove/prove.h"

#define TASKS   20
#define WORKERS 3

static pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t users = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t groups = PTHREAD_MUTEX_INITIALIZER;
static int put, taken; /* protected by queue */
static long sum;       /* protected by users and groups */

static NOINLINE void add_user(void)
{
    lock(&users);
    lock(&groups);
    sum += 1;
    unlock(&groups);
    unlock(&users);
}

static NOINLINE void drop_group(void)
{
    lock(&groups);
    lock(&users);
    sum += 2;
    unlock(&users);
    unlock(&groups);
}

/* The next task's number, -1 if there will be none. */
static int next_task(void)
{
    int task = -1;

    lock(&queue);
    while (taken == put && put < TASKS)
        must(pthread_cond_wait(&filled, &queue), "pthread_cond_wait");
    if (taken < put)
        task = taken++;
    unlock(&queue);
    return task;
}

static void *run_tasks(void *unused)
{
    (void)unused;
    for (int task; (task = next_task()) >= 0;) {
        if (task % 4 == 3)
            drop_group();
        else
            add_user();
    }
    return NULL;
}

static void put_task(void)
{
    lock(&queue);
    put++;
    must(pthread_cond_broadcast(&filled), "pthread_cond_broadcast");
    unlock(&queue);
    sleep_ms(3);
}

int main(void)
{
    pthread_t workers[WORKERS];

    for (int i = 0; i < WORKERS; i++)
        must(pthread_create(&workers[i], NULL, run_tasks, NULL), "pthread_create");
    for (int i = 0; i < TASKS; i++)
        put_task();
    for (int i = 0; i < WORKERS; i++)
        must(pthread_join(workers[i], NULL), "pthread_join");
    return finish(sum, TASKS + TASKS / 4);
}
