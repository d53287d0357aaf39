/* A pool of threads, with work that waits and work that computes.
 *
 * Nothing wrong: four threads take the next task until none is left. Tasks that mostly wait
 * (IO-bound) overlap on any machine; tasks that compute (CPU-bound) are faster by the number of
 * processors. The times go to standard error, for they differ from run to run.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include <time.h>
#include <unistd.h>
#include "demos/demo.h"

#define THREADS 4
#define TASKS   8

static long (*work)(long number);
static long results[TASKS]; /* each is written by the one thread that took the task */
static pthread_mutex_t next_lock = PTHREAD_MUTEX_INITIALIZER;
static int next_task; /* protected by next_lock */

static long fetch_page(long number)
{
    usleep(50000); /* as if from far away */
    return 100 * number;
}

static long count_primes(long number)
{
    long count = 0;

    for (long n = 2; n < 100000 + number; n++) {
        long divisor = 2;
        while (divisor * divisor <= n && n % divisor != 0)
            divisor++;
        count += divisor * divisor > n;
    }
    return count;
}

static void *worker(void *unused)
{
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&next_lock);
        int task = next_task < TASKS ? next_task++ : -1;
        pthread_mutex_unlock(&next_lock);
        if (task < 0)
            return NULL;
        results[task] = work(task);
    }
}

static void run_pool(const char *title, long (*function)(long))
{
    pthread_t threads[THREADS];
    struct timespec start, end;
    long sum = 0;

    work = function;
    next_task = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < THREADS; i++)
        demo_must(pthread_create(&threads[i], NULL, worker, NULL), "start a worker");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    for (int i = 0; i < TASKS; i++)
        sum += results[i];
    printf("%s: %d tasks by %d threads, the sum is %ld\n", title, TASKS, THREADS, sum);
    fprintf(stderr, "%s: %.2f s\n", title,
            (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec));
}

int main(void)
{
    run_pool("IO-bound", fetch_page);
    run_pool("CPU-bound", count_primes);
    return 0;
}
