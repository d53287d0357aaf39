/* Two locks, two orders.
 *
 * Wrong: f1 takes lock_A then lock_B; f2 takes lock_B, sleeps, then takes lock_A. While f2 sleeps
 * with lock_B, a thread in f1 takes lock_A and waits for lock_B; then f2 wakes and waits for
 * lock_A. Neither ever goes on, and whoever comes next waits for both.
 * Right: take the two locks in one order everywhere.
 *
 * Expect: a finding, lock_A and lock_B in opposite orders by f1 and f2. The program hangs on nearly
 * every run: Ctrl-C ends it, and the report follows. lock_ab_lucky is the same without the hang.
 * verdict: finding locks=lock_A,lock_B
 * step: holds=lock_A requests=lock_B in=f1
 * step: holds=lock_B requests=lock_A in=f2
 * hangs: yes */
#include <pthread.h>
#include <unistd.h>
#include "demos/demo.h"

static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_B = PTHREAD_MUTEX_INITIALIZER;

static void *f1(void *name)
{
    pthread_mutex_lock(&lock_A);
    printf("%s: has lock_A, wants lock_B\n", (const char *)name);
    pthread_mutex_lock(&lock_B);
    printf("%s: has both\n", (const char *)name);
    pthread_mutex_unlock(&lock_B);
    pthread_mutex_unlock(&lock_A);
    return NULL;
}

static void *f2(void *name)
{
    pthread_mutex_lock(&lock_B);
    printf("%s: has lock_B, sleeps\n", (const char *)name);
    sleep(1);
    printf("%s: has lock_B, wants lock_A\n", (const char *)name);
    pthread_mutex_lock(&lock_A);
    printf("%s: has both\n", (const char *)name);
    pthread_mutex_unlock(&lock_A);
    pthread_mutex_unlock(&lock_B);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];

    setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed must be seen even if it hangs */
    printf("if the threads never end, press Ctrl-C\n");
    demo_must(pthread_create(&threads[0], NULL, f1, "thread 1 (f1)"), "start thread 1");
    demo_must(pthread_create(&threads[1], NULL, f2, "thread 2 (f2)"), "start thread 2");
    demo_must(pthread_create(&threads[2], NULL, f1, "thread 3 (f1)"), "start thread 3");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("all three threads ended\n");
    return 0;
}
