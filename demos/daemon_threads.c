/* Detached threads end with the program.
 *
 * Nothing wrong, but know it: nobody joins a detached thread (a daemon), and when main returns it
 * is gone in the middle of its work. Its last words are never printed. A program that needs the
 * work done joins the thread, or ends main with pthread_exit, which lets the others finish.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include <unistd.h>
#include "demos/demo.h"

static void *daemon_thread(void *unused)
{
    (void)unused;
    printf("daemon: at work\n");
    demo_end_turn();
    sleep(60);
    printf("daemon: done (nobody will ever read this)\n");
    return NULL;
}

static void *worker_thread(void *unused)
{
    (void)unused;
    printf("worker: at work\n");
    usleep(100000);
    printf("worker: done\n");
    return NULL;
}

int main(void)
{
    pthread_t daemon, worker;

    demo_must(pthread_create(&daemon, NULL, daemon_thread, NULL), "start the daemon");
    demo_must(pthread_detach(daemon), "detach the daemon");
    demo_must(pthread_create(&worker, NULL, worker_thread, NULL), "start the worker");
    pthread_join(worker, NULL);
    demo_wait_turn(1); /* the daemon has begun */
    printf("main: ends, and the daemon with it\n");
    return 0;
}
