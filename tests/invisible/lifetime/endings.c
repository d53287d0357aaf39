/* A program that ends by ARGUMENT while one thread holds locks, one waits for them and one locks
 * and unlocks all the time: the handlers that should run do, in order, and the status is right. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER, busy = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t running;
static atomic_int waiter_tid, main_left;
static int *volatile nowhere;

static void handler(void)
{
    pthread_mutex_lock(&own);
    fact_say("exit handler");
    pthread_mutex_unlock(&own);
}

static void quick_handler(void)
{
    pthread_mutex_lock(&own);
    fact_say("quick exit handler");
    pthread_mutex_unlock(&own);
}

__attribute__((destructor)) static void destructor(void)
{
    pthread_mutex_lock(&own);
    fact_say("destructor");
    pthread_mutex_unlock(&own);
}

static void *hold(void *unused)
{
    pthread_mutex_lock(&held);
    pthread_barrier_wait(&running);
    pause();
    return unused;
}

static void *wait_for_held(void *unused)
{
    pthread_barrier_wait(&running);
    atomic_store(&waiter_tid, gettid());
    pthread_mutex_lock(&held);
    return unused;
}

static void *lock_busily(void *unused)
{
    pthread_barrier_wait(&running);
    for (;;) {
        pthread_mutex_lock(&busy);
        pthread_mutex_unlock(&busy);
    }
    return unused;
}

static void *exit_in_thread(void *unused)
{
    pthread_mutex_lock(&own);
    pthread_mutex_unlock(&own);
    exit(8);
    return unused;
}

static void exit_in_handler(int number)
{
    fact_say("signal %d", number);
    exit(9);
}

static void *outlive_main(void *unused)
{
    while (!atomic_load(&main_left))
        usleep(100);
    fact_say("main has left");
    handler();
    exit(10);
    return unused;
}

static void main_left_handler(void *unused)
{
    (void)unused;
    atomic_store(&main_left, 1);
}

static void leave_first(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, outlive_main, NULL);
    pthread_cleanup_push(main_left_handler, NULL);
    pthread_exit(NULL);
    pthread_cleanup_pop(0);
}

static void end_by(const char *way)
{
    pthread_t thread;
    if (strcmp(way, "exit") == 0)
        exit(7);
    if (strcmp(way, "_exit") == 0)
        _exit(6);
    if (strcmp(way, "quick_exit") == 0)
        quick_exit(5);
    if (strcmp(way, "abort") == 0)
        abort();
    if (strcmp(way, "terminate") == 0)
        raise(SIGTERM);
    if (strcmp(way, "kill") == 0)
        kill(getpid(), SIGKILL);
    if (strcmp(way, "fault") == 0)
        *nowhere = 1;
    if (strcmp(way, "exit_in_thread") == 0 &&
        pthread_create(&thread, NULL, exit_in_thread, NULL) == 0)
        pthread_join(thread, NULL);
    if (strcmp(way, "exit_in_handler") == 0) {
        signal(SIGUSR1, exit_in_handler);
        raise(SIGUSR1);
    }
    if (strcmp(way, "main_leaves_first") == 0)
        leave_first();
}

int main(int argc, char **arguments)
{
    void *(*const bodies[])(void *) = {hold, wait_for_held, lock_busily};
    pthread_t thread;
    atexit(handler);
    at_quick_exit(quick_handler);
    pthread_barrier_init(&running, NULL, 4);
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, bodies[i], NULL);
    pthread_barrier_wait(&running);
    while (atomic_load(&waiter_tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&waiter_tid));
    end_by(argc > 1 ? arguments[1] : "return");
    return 4;
}
