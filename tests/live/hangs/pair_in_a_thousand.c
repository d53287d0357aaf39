/* A circle of two among a thousand threads: others sleep, wait with a timeout, wait to read.
 * verdict: deadlock
 * threads: 2
 * wait: holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include <semaphore.h>
#include "tests/live/live.h"

enum { THREADS = 1000 };

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t over = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static sem_t posted;
static int ends_of_pipe[2];
static bool is_over;
static int started;

static void a_then_b(void)
{
    hold_two(&lock_a, &lock_b, 2);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        hold_two(&lock_b, &lock_a, 2);
}

static void wait_for_condition(void)
{
    struct timespec deadline = seconds_from_now(CLOCK_REALTIME, 600);

    lock(&over);
    while (!is_over)
        pthread_cond_timedwait(&told, &over, &deadline);
    unlock(&over);
}

static void wait_for_semaphore(void)
{
    struct timespec deadline = seconds_from_now(CLOCK_REALTIME, 600);

    must_be(sem_timedwait(&posted, &deadline) == 0, "posted in time");
}

static void wait_to_read(void)
{
    char byte;

    must_be(read(ends_of_pipe[0], &byte, 1) == 0, "the pipe is closed");
}

static void pass_the_time(int number)
{
    const body_function waits[] = {wait_for_condition, wait_for_semaphore, wait_to_read};

    __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
    waits[number % 3]();
}

static void let_the_others_go(void)
{
    lock(&over);
    is_over = true;
    must(pthread_cond_broadcast(&told), "pthread_cond_broadcast");
    unlock(&over);
    for (int i = 0; i < THREADS; i++)
        sem_post(&posted);
    close(ends_of_pipe[1]);
}

static void play_part(int number)
{
    if (number < THREADS - 1) {
        pass_the_time(number);
        return;
    }
    while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) < THREADS - 1)
        usleep(1000);
    RUN_TOGETHER(a_then_b, b_then_a);
    let_the_others_go();
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must(sem_init(&posted, 0, 0), "sem_init");
    must(pipe(ends_of_pipe), "pipe");
    run_numbered(play_part, THREADS);
    return end();
}
