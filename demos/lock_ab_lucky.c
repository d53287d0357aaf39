/* Two locks, two orders, and luck.
 *
 * Wrong: as in lock_ab, f1 takes lock_A then lock_B and f2 takes lock_B then lock_A. Here the
 * threads always happen to come one after the other, so it never hangs, and tests stay green.
 * Right: take the two locks in one order everywhere.
 *
 * Expect: a finding, lock_A and lock_B in opposite orders by f1 and f2, on every run.
 * verdict: finding locks=lock_A,lock_B
 * step: holds=lock_A requests=lock_B in=f1
 * step: holds=lock_B requests=lock_A in=f2 */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_B = PTHREAD_MUTEX_INITIALIZER;

static void *f1(void *turn)
{
    demo_hope_for_turn(*(const int *)turn);
    pthread_mutex_lock(&lock_A);
    pthread_mutex_lock(&lock_B);
    printf("f1: has lock_A and lock_B\n");
    pthread_mutex_unlock(&lock_B);
    pthread_mutex_unlock(&lock_A);
    demo_end_turn();
    return NULL;
}

static void *f2(void *turn)
{
    demo_hope_for_turn(*(const int *)turn);
    pthread_mutex_lock(&lock_B);
    pthread_mutex_lock(&lock_A);
    printf("f2: has lock_B and lock_A\n");
    pthread_mutex_unlock(&lock_A);
    pthread_mutex_unlock(&lock_B);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    static int turns[] = {0, 1, 2};
    pthread_t threads[3];

    demo_must(pthread_create(&threads[0], NULL, f1, &turns[0]), "start thread 1");
    demo_must(pthread_create(&threads[1], NULL, f2, &turns[1]), "start thread 2");
    demo_must(pthread_create(&threads[2], NULL, f1, &turns[2]), "start thread 3");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("all three threads ended\n");
    return 0;
}
