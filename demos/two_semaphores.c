/* Two binary semaphores, two orders.
 *
 * Wrong: lock_ab_lucky again, with semaphores that start at 1 in the place of mutexes. A semaphore
 * that the same thread takes and gives back is a lock, and two of them in two orders deadlock as
 * two mutexes do. Here the threads happen to come one after the other.
 * Right: take them in one order everywhere; and where a lock is meant, use a mutex, which knows
 * its owner.
 *
 * Expect: a finding, sem_A and sem_B in opposite orders by f1 and f2.
 * verdict: finding locks=sem_A,sem_B
 * step: holds=sem_A requests=sem_B in=f1
 * step: holds=sem_B requests=sem_A in=f2 */
#include <pthread.h>
#include <semaphore.h>
#include "demos/demo.h"

static sem_t sem_A, sem_B;

static void *f1(void *turn)
{
    demo_hope_for_turn(*(const int *)turn);
    sem_wait(&sem_A);
    sem_wait(&sem_B);
    printf("f1: has sem_A and sem_B\n");
    sem_post(&sem_B);
    sem_post(&sem_A);
    demo_end_turn();
    return NULL;
}

static void *f2(void *turn)
{
    demo_hope_for_turn(*(const int *)turn);
    sem_wait(&sem_B);
    sem_wait(&sem_A);
    printf("f2: has sem_B and sem_A\n");
    sem_post(&sem_A);
    sem_post(&sem_B);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    static int turns[] = {0, 1, 2};
    pthread_t threads[3];

    sem_init(&sem_A, 0, 1);
    sem_init(&sem_B, 0, 1);
    demo_must(pthread_create(&threads[0], NULL, f1, &turns[0]), "start thread 1");
    demo_must(pthread_create(&threads[1], NULL, f2, &turns[1]), "start thread 2");
    demo_must(pthread_create(&threads[2], NULL, f1, &turns[2]), "start thread 3");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("all three threads ended\n");
    return 0;
}
