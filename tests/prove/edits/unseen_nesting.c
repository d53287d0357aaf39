/* A function that this run does not call takes both, too: as one lock that is not recursive it would
 * wait for itself.
 * complete: recursive-lock reorder gate-lock try-backoff
 * incomplete: single-lock */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_B = PTHREAD_MUTEX_INITIALIZER;

static void *f1(void *unused)
{
    (void)unused;
    demo_wait_turn(0);
    pthread_mutex_lock(&lock_A);
    pthread_mutex_lock(&lock_B);
    printf("f1 has both\n");
    pthread_mutex_unlock(&lock_B);
    pthread_mutex_unlock(&lock_A);
    demo_end_turn();
    return NULL;
}

static void *f2(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    pthread_mutex_lock(&lock_B);
    pthread_mutex_lock(&lock_A);
    printf("f2 has both\n");
    pthread_mutex_unlock(&lock_A);
    pthread_mutex_unlock(&lock_B);
    demo_end_turn();
    return NULL;
}

static void print_both(void)
{
    pthread_mutex_lock(&lock_A);
    pthread_mutex_lock(&lock_B);
    printf("both\n");
    pthread_mutex_unlock(&lock_B);
    pthread_mutex_unlock(&lock_A);
}

int main(int argc, char **argv)
{
    pthread_t threads[2];

    (void)argv;
    if (argc > 1)
        print_both();
    demo_must(pthread_create(&threads[0], NULL, f1, NULL), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, f2, NULL), "start a thread");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
