/* Asynchronous results, each handed to a callback.
 *
 * Nothing wrong: submit() returns at once, main goes on with its own work, and a worker calls back
 * with the result when it has one. The worker calls with no lock held: a callback may then take
 * what locks it likes, and even submit more.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include <unistd.h>
#include "demos/demo.h"

#define WORKERS 2
#define MOST    8

struct task {
    long (*work)(long number);
    void (*done)(long number, long result);
    long number;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct task tasks[MOST]; /* this and the rest are protected by lock */
static int submitted, taken;
static bool closed;

static void submit(long (*work)(long), long number, void (*done)(long, long))
{
    pthread_mutex_lock(&lock);
    tasks[submitted++] = (struct task){work, done, number};
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void *worker(void *unused)
{
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&lock);
        while (taken == submitted && !closed)
            pthread_cond_wait(&changed, &lock);
        bool over = taken == submitted;
        struct task task = tasks[over ? 0 : taken++];
        pthread_mutex_unlock(&lock);
        if (over)
            return NULL;
        task.done(task.number, task.work(task.number));
    }
}

static long square(long number)
{
    usleep(50000);
    return number * number;
}

static void print_square(long number, long result)
{
    printf("callback: the square of %ld is %ld\n", number, result);
}

int main(void)
{
    pthread_t workers[WORKERS];

    for (int i = 0; i < WORKERS; i++)
        demo_must(pthread_create(&workers[i], NULL, worker, NULL), "start a worker");
    for (long number = 2; number <= 5; number++)
        submit(square, number, print_square);
    printf("main: all submitted, goes on\n");
    pthread_mutex_lock(&lock);
    closed = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i], NULL);
    printf("main: all results are in\n");
    return 0;
}
