/* Threads share what is global.
 *
 * Nothing wrong: all threads have the same `total`, and add to it under a lock. What lies on a
 * thread's own stack, or is declared _Thread_local, it has for itself.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t total_lock = PTHREAD_MUTEX_INITIALIZER;
static int total; /* protected by total_lock */
static _Thread_local int mine;

static void *add(void *argument)
{
    int amount = *(const int *)argument;

    mine += amount;
    pthread_mutex_lock(&total_lock);
    total += amount;
    pthread_mutex_unlock(&total_lock);
    printf("a thread added %d; its own count is %d\n", amount, mine);
    return NULL;
}

int main(void)
{
    static int amounts[] = {1, 20, 300};
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        demo_must(pthread_create(&threads[i], NULL, add, &amounts[i]), "start a thread");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("total is %d; the main thread's own count is %d\n", total, mine);
    return 0;
}
