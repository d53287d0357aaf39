/* Each worker's task queues another task and waits for it; all workers are busy so. The twin's
 * tasks do not wait.
 * verdict: deadlock
 * threads: 3
 * wait: thread=main in=wait_for_tasks
 * wait: in=outer_task */
#include "tests/live/live.h"

enum { WORKERS = 2, TASKS = 16 };

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queued = PTHREAD_COND_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
static body_function tasks[TASKS];
static int first_task, after_last_task, finished_count;

static void submit(body_function task)
{
    lock(&lock_a);
    tasks[after_last_task++] = task;
    must(pthread_cond_signal(&queued), "pthread_cond_signal");
    unlock(&lock_a);
}

static void wait_for_tasks(int count)
{
    lock(&lock_a);
    while (finished_count < count)
        must(pthread_cond_wait(&finished, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

static void inner_task(void)
{
}

static NOINLINE void outer_task(void)
{
    always_meet(WORKERS);
    submit(inner_task);
    if (!is_fixed)
        wait_for_tasks(1);
}

/* Two tasks each: what main queues and what those queue. */
static void work(void)
{
    for (int i = 0; i < 2; i++) {
        body_function task;

        lock(&lock_a);
        while (first_task == after_last_task)
            must(pthread_cond_wait(&queued, &lock_a), "pthread_cond_wait");
        task = tasks[first_task++];
        unlock(&lock_a);
        task();
        lock(&lock_a);
        finished_count++;
        must(pthread_cond_broadcast(&finished), "pthread_cond_broadcast");
        unlock(&lock_a);
    }
}

static void queue_and_wait(void)
{
    submit(outer_task);
    submit(outer_task);
    wait_for_tasks(2 * WORKERS);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(work, work, queue_and_wait);
    return end();
}
