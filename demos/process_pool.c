/* A pool of processes, with work that waits and work that computes.
 *
 * Nothing wrong: four forked workers read tasks from one pipe and write results to another. They
 * share no memory, so there is nothing to lock; the price is that everything passes through a pipe.
 * The times go to standard error, for they differ from run to run.
 *
 * Expect: clean. The workers take no lock, so they leave no recordings of their own.
 * verdict: clean */
#include <errno.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "demos/demo.h"

#define WORKERS 4
#define TASKS   8

struct task {
    long (*work)(long number); /* a forked worker has the same functions at the same addresses */
    long number, result;
};

static int tasks[2], results[2]; /* pipes; one struct task each time, far below PIPE_BUF */

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

static void start_worker(void)
{
    struct task task;

    if (fork() != 0)
        return;
    close(tasks[1]); /* or this worker would keep its own input open */
    while (read(tasks[0], &task, sizeof task) == sizeof task) {
        task.result = task.work(task.number);
        if (write(results[1], &task, sizeof task) != sizeof task)
            _exit(EXIT_FAILURE);
    }
    _exit(EXIT_SUCCESS);
}

static void run_pool(const char *title, long (*work)(long))
{
    struct timespec start, end;
    struct task task = {.work = work};
    long sum = 0;

    clock_gettime(CLOCK_MONOTONIC, &start);
    for (task.number = 0; task.number < TASKS; task.number++)
        demo_must(write(tasks[1], &task, sizeof task) > 0 ? 0 : errno, "hand out a task");
    for (int i = 0; i < TASKS; i++) {
        demo_must(read(results[0], &task, sizeof task) > 0 ? 0 : errno, "collect a result");
        sum += task.result;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%s: %d tasks by %d processes, the sum is %ld\n", title, TASKS, WORKERS, sum);
    fprintf(stderr, "%s: %.2f s\n", title,
            (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec));
}

int main(void)
{
    demo_must(pipe(tasks) == 0 && pipe(results) == 0 ? 0 : errno, "make the pipes");
    for (int i = 0; i < WORKERS; i++)
        start_worker();
    run_pool("IO-bound", fetch_page);
    run_pool("CPU-bound", count_primes);
    close(tasks[1]); /* no more tasks: the workers end */
    while (wait(NULL) > 0)
        continue;
    return 0;
}
