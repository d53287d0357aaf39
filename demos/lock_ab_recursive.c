/* Two locks made one.
 *
 * Nothing wrong: f1 and f2 of lock_ab, but lock_A and lock_B have become one recursive lock. A
 * thread that has it may take it again, and no other thread gets in between.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include <unistd.h>
#include "demos/demo.h"

static pthread_mutex_t lock_AB = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static void *f1(void *name)
{
    pthread_mutex_lock(&lock_AB);
    pthread_mutex_lock(&lock_AB);
    printf("%s: has lock_AB twice\n", (const char *)name);
    pthread_mutex_unlock(&lock_AB);
    pthread_mutex_unlock(&lock_AB);
    return NULL;
}

static void *f2(void *name)
{
    pthread_mutex_lock(&lock_AB);
    usleep(100000);
    pthread_mutex_lock(&lock_AB);
    printf("%s: has lock_AB twice\n", (const char *)name);
    pthread_mutex_unlock(&lock_AB);
    pthread_mutex_unlock(&lock_AB);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];

    demo_must(pthread_create(&threads[0], NULL, f1, "thread 1 (f1)"), "start thread 1");
    demo_must(pthread_create(&threads[1], NULL, f2, "thread 2 (f2)"), "start thread 2");
    demo_must(pthread_create(&threads[2], NULL, f1, "thread 3 (f1)"), "start thread 3");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("all three threads ended\n");
    return 0;
}
